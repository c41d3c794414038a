"""Log records say which run they are about, and which step."""

import logging
from collections.abc import Iterator

import pytest

from segue import RunContext, gather, step, wait_for_signal, workflow
from tests.conftest import settle
from tests.contract.conftest import Runtime

log = logging.getLogger("tests.shop")


class Kept(logging.Handler):
    """What a formatter would see."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields = vars(record)
        self.lines.append((record.getMessage(), fields["run_id"], fields["path"]))


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler = Kept()
    handler.addFilter(RunContext())
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@step(name="logs.look")
async def look(what: str) -> None:
    log.info("looking at the %s", what)


@step(name="logs.weigh")
def weigh(what: str) -> None:
    log.info("weighing the %s", what)


@workflow(name="logs.flow")
async def flow() -> None:
    log.info("begun")
    await gather(look("tent"), weigh("stove"))
    await wait_for_signal("yes", bool)


async def test_what_a_steps_code_logs_carries_run_and_path_in_threads_too(runtime: Runtime, kept: Kept) -> None:
    async with runtime.engine() as engine:
        await engine.start(flow, run_id="r")
        while await engine.settled("r") != "waiting":
            pass
    log.info("outside")
    ours = [line for line in kept.lines if not line[0].startswith("Using selector")]
    assert sorted(ours) == [
        ("begun", "r", ""), ("looking at the tent", "r", "0.0.0"), ("outside", "", ""),
        ("weighing the stove", "r", "0.1.0"),
    ]  # fmt: skip


async def test_what_the_engine_logs_about_a_run_carries_its_id(runtime: Runtime, kept: Kept) -> None:
    async with runtime.engine() as engine:
        handle = await engine.start(flow, run_id="r")
        await settle()
        await engine.signal("r", "yes", "perhaps")
        await engine.signal("r", "yes", True)
        await handle.result()
    (refused,) = [line for line in kept.lines if "refused" in line[0]]
    assert refused[0].startswith("run r: signal yes was refused")
    assert refused[1:] == ("r", "1")

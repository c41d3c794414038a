"""Workflows nobody thought of: whatever they call, and wherever they are cut off, they go on to a sound end."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from segue import (
    Engine,
    RetryPolicy,
    gather,
    idempotency_key,
    map_concurrent,
    now,
    patched,
    random,
    sleep,
    step,
    uuid4,
    wait_for_signal,
    workflow,
)
from segue.errors import RunCancelled, RunFailed, RunFinished, SignalTimeout, StepFailed
from tests.conftest import FakeClock, settle
from tests.contract.conftest import Embedded

Program = list[Any]
"""A call and what it is made of, e.g. `["all", [["step"], ["sleep", 5]]]`."""

ran: list[str] = []
"""Keys of the steps that ran, since it was cleared last."""


@step(name="programs.step")
async def plain() -> str:
    ran.append(idempotency_key())
    return f"did {idempotency_key()}"


@step(name="programs.slow")
async def slow() -> str:
    ran.append(idempotency_key())
    for _ in range(7):
        await asyncio.sleep(0)
    return f"did {idempotency_key()}"


@step(name="programs.flaky", retry=RetryPolicy(max_attempts=2, initial_delay=timedelta(seconds=3)))
async def flaky() -> str:
    ran.append(idempotency_key())
    if ran.count(idempotency_key()) == 1:
        raise ConnectionError("reset")
    return f"did {idempotency_key()}"


@step(name="programs.fails", retry=RetryPolicy(max_attempts=1))
async def fails() -> str:
    ran.append(idempotency_key())
    raise ValueError("no")


@step(name="programs.once", effect="once")
async def once() -> str:
    ran.append(idempotency_key())
    await asyncio.sleep(0)
    return f"did {idempotency_key()}"


STEPS = {"step": plain, "slow": slow, "flaky": flaky, "fails": fails, "once": once}


async def execute(program: Program) -> Any:  # noqa: C901, PLR0911 (a flat table)
    match program:
        case [("step" | "slow" | "flaky" | "fails" | "once") as name]:
            return await STEPS[name]()
        case ["sleep", seconds]:
            return await sleep(timedelta(seconds=seconds))
        case ["signal", name]:
            return await wait_for_signal(name, str)
        case ["timeout", seconds]:
            try:
                return await wait_for_signal("never", timeout=timedelta(seconds=seconds))
            except SignalTimeout:
                return "too late"
        case ["draw"]:
            return [uuid4().hex, random(), now().isoformat(), patched("a-change")]
        case ["each", parts]:
            return [await execute(part) for part in parts]
        case ["all", parts]:
            return list(await gather(*map(execute, parts)))
        case ["map", limit, parts]:
            return await map_concurrent(execute, parts, limit=limit)
        case ["try", part]:
            try:
                return await execute(part)
            except StepFailed as error:
                return f"caught {error}"
        case ["finally", part]:
            try:
                return await execute(part)
            finally:
                await plain()
    raise AssertionError(program)


@workflow(name="programs.flow")
async def flow(program: Program) -> Any:
    return await execute(program)


leaves = st.sampled_from(
    [
        *([name] for name in STEPS),
        ["draw"], ["sleep", 0], ["sleep", 1], ["sleep", 60], ["signal", "a"], ["signal", "b"], ["timeout", 5],
    ]
)  # fmt: skip
programs = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.lists(parts, max_size=4).map(lambda several: ["each", several]),
        st.lists(parts, max_size=4).map(lambda several: ["all", several]),
        st.tuples(st.integers(1, 3), st.lists(parts, max_size=4)).map(lambda drawn: ["map", *drawn]),
        parts.map(lambda part: ["try", part]),
        parts.map(lambda part: ["finally", part]),
    ),
    max_leaves=10,
)


places = st.integers(0, 1000)
"""Where to cut, modulo the number of entries there are."""


@contextmanager
def database() -> Iterator[Embedded]:
    folder = tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108 (a folder of its own)
    yield Embedded(Path(folder), FakeClock())
    shutil.rmtree(folder)


async def end_of(engine: Engine, clock: FakeClock) -> str:
    """Give a run all it may wait for, and return how it ended."""
    for _ in range(10):
        for name in ("a", "b"):
            with suppress(RunFinished):
                await engine.signal("r", name, f"signal {name}")
    for _ in range(50):
        if engine.status("r") not in ("running", "waiting"):
            break
        await clock.advance(timedelta(seconds=60))
    try:
        return repr(await engine.handle("r", flow).result())
    except RunCancelled:
        return "cancelled"
    except RunFailed as failed:
        return str(failed)


async def told(runtime: Embedded, program: Program | None = None) -> tuple[str, set[str], int]:
    """Go on with a run, or begin it; returns how it ended, its settled steps and its number of entries."""
    ran.clear()
    async with runtime.engine() as engine:
        if program is not None:
            await engine.start(flow, program, run_id="r")
        end = await end_of(engine, runtime.clock)
        assert "cannot go on" not in end
        await engine.verify("r")
        entries = await engine.entries("r")
        settled = {f"r:{e.path}" for e in entries if e.kind in ("step_finished", "step_failed", "step_in_doubt")}
        return end, settled, len(entries)


async def settled_before(runtime: Embedded) -> set[str]:
    async with runtime.engine(drive=False) as engine:
        entries = await engine.entries("r")
        return {f"r:{e.path}" for e in entries if e.kind in ("step_finished", "step_failed", "step_in_doubt")}


@settings(deadline=None, max_examples=60)
@given(programs)
def test_replaying_a_whole_journal_gives_the_same_end(program: Program) -> None:
    async def check() -> None:
        with database() as runtime:
            end, _, entries = await told(runtime, program)
            again, _, _ = await told(runtime.cut("r", entries - 1))
            assert again == end
            assert ran == [], "a settled step ran again"

    asyncio.run(check())


@settings(deadline=None, max_examples=60)
@given(programs, places)
def test_cut_off_after_any_entry_it_goes_on_to_a_sound_end(program: Program, place: int) -> None:
    async def check() -> None:
        with database() as runtime:
            _, _, entries = await told(runtime, program)
            cut = runtime.cut("r", 1 + place % (entries - 1))
            before = await settled_before(cut)
            await told(cut)
            assert not before & set(ran), "a settled step ran again"

    asyncio.run(check())


@settings(deadline=None, max_examples=40)
@given(programs, st.integers(0, 60), places)
def test_cancelled_at_any_moment_it_replays_to_the_same_end(program: Program, turns: int, place: int) -> None:
    async def check() -> None:
        with database() as runtime:
            async with runtime.engine() as engine:
                await engine.start(flow, program, run_id="r")
                for _ in range(turns):
                    await asyncio.sleep(0)
                await engine.cancel("r")
                await settle()
            end, _, entries = await told(runtime)
            again, _, _ = await told(runtime.cut("r", entries - 1))
            assert again == end
            await told(runtime.cut("r", 1 + place % (entries - 1)))

    asyncio.run(check())

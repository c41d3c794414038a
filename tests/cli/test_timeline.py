"""`segue runs show`: a bar for each call, at any width."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from segue import Engine, RetryPolicy, gather, step, wait_for_signal, workflow
from segue.cli import timeline
from tests.cli.conftest import Run

failures: list[str] = []


@step(name="timeline.reserve", retry=RetryPolicy(max_attempts=2, initial_delay=timedelta(0)))
async def reserve(name: str) -> str:
    failures.append(name)
    if failures.count(name) == 1:
        raise ConnectionError("the line dropped")
    return f"{name} is reserved"


@step(name="timeline.pay", effect="once")
async def pay() -> None:
    raise RuntimeError("no answer")


@workflow(name="timeline.order")
async def order() -> None:
    await gather(reserve("tent"), wait_for_signal("weather", str))
    try:
        await pay()
    finally:
        await wait_for_signal("approval", bool)


@pytest.fixture
def told(shop: Path) -> Path:
    """A workspace with a run that has a bit of everything."""

    async def tell() -> None:
        failures.clear()
        async with Engine(f"sqlite:///{shop}/.segue/segue.db") as engine:
            await engine.start(order, run_id="order-1")
            await engine.signal("order-1", "weather", "dry")
            await engine.settled("order-1")

    asyncio.run(tell())
    return shop


def test_each_call_has_a_line_in_the_order_of_the_code(run: Run, told: Path) -> None:
    shown = run("runs", "show", "order-1", "--workspace", told).out
    rows = [re.split(r"\s{2,}", line.strip()) for line in shown.splitlines()]
    names = [(row[0], row[1]) for row in rows if re.fullmatch(r"[\d.]+", row[0])]
    assert names == [
        ("0", "2 side by side"), ("0.0.0", "timeline.reserve"), ("0.1.0", "signal weather"), ("1", "timeline.pay"),
        ("2", "signal approval"),
    ]  # fmt: skip
    assert '2 tries; "tent is reserved"' in shown
    assert "? in doubt" in shown
    assert "▸ under way" in shown


def test_the_journal_itself_is_behind_an_option(run: Run, told: Path) -> None:
    shown = run("runs", "show", "order-1", "--entries", "--workspace", told).out
    assert "attempt failed" in shown
    assert "━ at work" not in shown


@pytest.mark.parametrize("columns", [30, 44, 60, 80, 100, 120, 200])
def test_it_fits_every_terminal(run: Run, told: Path, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = run("runs", "show", "order-1", "--workspace", told).out
    _, _, lines = shown.partition("\n\n")
    assert max(map(len, lines.splitlines())) <= columns
    assert "timeline.reserve" in lines
    assert ("━" in lines.partition("━ at work")[0]) == (columns >= 44)
    assert ("tent is" in lines) == (columns >= 80)


@pytest.mark.parametrize("colours", [True, False])
def test_bars_are_coloured_on_a_terminal_unless_nobody_wants_that(told: Path, colours: bool) -> None:
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "80"} | ({} if colours else {"NO_COLOR": "1"})
    command = [sys.executable, "-m", "segue", "runs", "show", "order-1", "--workspace", str(told)]
    with subprocess.Popen(command, stdout=theirs, stdin=theirs, env=environment) as shown:
        os.close(theirs)
        text = b""
        try:
            while part := os.read(ours, 65_536):
                text += part
        except OSError:  # how a terminal says that nobody is there any more
            pass
        assert shown.wait() == 0
    os.close(ours)
    assert "━".encode() in text or "×".encode() in text
    assert (b"\x1b[32m" in text) == colours, text.decode()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 ms"), (0.0123, "12 ms"), (2.5, "2.50 s"), (61, "1 min 1 s"), (3600, "1 h 0 min"), (200_000, "2 d 7 h")],
)
def test_a_duration_has_the_two_largest_units(seconds: float, text: str) -> None:
    assert timeline.lasted(timedelta(seconds=seconds)) == text

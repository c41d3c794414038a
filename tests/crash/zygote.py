"""Tells stories: the lives of a database, each a process of its own that is ended by SIGKILL, and what must hold.

Run as a program it has imported everything and forks for each life: it has no event loop, no thread and no open
database itself. For each line of JSON on standard input, a schedule, it tells a story and answers with a line.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.checks import Checks, Violation
from tests.crash.scenario import drive, speak
from tests.crash.world import death, ledger, make_mortal

PATIENCE_S = 30.0
"""A life that takes longer is stuck."""
CHILD = {signal.SIGCHLD}


@dataclass(frozen=True, kw_only=True)
class Life:
    """When the processes of a life are killed; a place is one of `world.Death`, at the time of a number."""

    place: str | None = None
    number: int = 0
    after_s: float | None = None
    """Killed from outside, so long after it began."""
    beside_place: str | None = None
    """Where the process beside is killed; another one takes its place then."""
    beside_number: int = 0


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A story to be told."""

    folder: str
    roots: list[str]
    lives: list[Life]
    """Those that end early; the last one lives to the end."""


@dataclass
class Told:
    """What came of a story."""

    kills: Counter[str] = field(default_factory=Counter)
    """By place."""
    lives: int = 0
    runs: int = 0
    entries: int = 0
    doubts: int = 0
    passed: dict[str, int] = field(default_factory=dict)
    """How often the last life came by each place."""
    tokens: dict[str, str] = field(default_factory=dict)
    """What runs drew."""
    violation: str | None = None


def tell(schedule: Schedule) -> Told:
    """Tell a story: its lives, one after the other, each checked."""
    folder = Path(schedule.folder)
    folder.mkdir(parents=True)
    told = Told()
    checks = Checks(folder, schedule.roots)
    try:
        for number, life in enumerate([*schedule.lives, Life()]):
            told.lives += 1
            is_over = _live(folder, schedule.roots, number, life, told)
            checks.after(number)
            if is_over:
                break
        checks.at_end()
    except Violation as violation:
        told.violation = str(violation)
    told.runs, told.entries, told.doubts = len(checks.hashes), sum(map(len, checks.hashes.values())), checks.doubts
    told.tokens, told.passed = checks.tokens, checks.passed
    if told.violation is None:
        shutil.rmtree(folder)  # one that failed is left to be looked at
    return told


def _live(folder: Path, roots: list[str], number: int, life: Life, told: Told) -> bool:
    """Live once; says whether the driving process came to its end, rather than to its death."""
    driver = _fork(folder, number, life.place, life.number, lambda: _drive(folder, roots))
    beside = _fork(folder, number, life.beside_place, life.beside_number, lambda: _run(speak(folder, roots)))
    begun = time.monotonic()
    over: bool | None = None
    while over is None or beside:
        left_s = (PATIENCE_S if life.after_s is None or over is not None else life.after_s) - time.monotonic() + begun
        if left_s <= 0 or signal.sigtimedwait(CHILD, left_s) is None:
            if life.after_s is None or over is not None:
                _end(driver, beside)
                raise Violation(f"life {number} is stuck")
            os.kill(driver, signal.SIGKILL)
            told.kills["at a time"] += 1
            life = Life()
        while (ended := _reaped()) is not None:
            process, code = ended
            if code not in (0, -signal.SIGKILL):
                _end(*{driver, beside} - {process})
                raise Violation(f"life {number} failed by itself, see its error above")
            if process == driver:
                over, driver = code == 0, 0
                told.kills[life.place or "at a time"] += code != 0 and life.place is not None
            else:
                told.kills["beside"] += code != 0
                beside = _fork(folder, number, None, 0, lambda: _run(speak(folder, roots))) if code else 0
    return bool(over)


def _end(*processes: int) -> None:
    for process in filter(None, processes):
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _reaped() -> tuple[int, int] | None:
    try:
        process, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (process, os.waitstatus_to_exitcode(status)) if process else None


def _fork(folder: Path, number: int, place: str | None, at: int, live: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, CHILD)
        death.place, death.number = place, at
        ledger.open(folder, number)
        make_mortal()
        live()
    except BaseException:  # noqa: BLE001 (whatever it was, it is the end of this process)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _drive(folder: Path, roots: list[str]) -> None:
    ends = _run(drive(folder, roots))
    (folder / "end.json").write_text(json.dumps({"ends": ends, "passed": death.passed}))


def _run(main: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(main)


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, CHILD)
    gc.freeze()  # what is here now is shared with every life, and stays so
    for line in sys.stdin:
        asked = json.loads(line)
        told = tell(Schedule(**asked | {"lives": [Life(**life) for life in asked["lives"]]}))
        print(json.dumps(vars(told)), flush=True)  # noqa: T201 (the answer)


if __name__ == "__main__":
    main()

"""What lies outside of the engine: death, a ledger of what was done, and time."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import os
import re
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from segue import idempotency_key
from segue.engine.clock import Timer

IN_WRITES = ("before BEGIN", "after BEGIN", "between statements", "before COMMIT", "after COMMIT")
IN_MESSAGES = ("before a message", "after a message")
IN_DEEDS = ("before a deed", "after a deed")

_VERB = re.compile(r"\s*(?:--[^\n]*\n\s*)*(\w+)")
_READS = ("SELECT", "PRAGMA", "ROLLBACK")


class Death:
    """Kills this process when it comes to a place for the time of a number, counted from 0."""

    def __init__(self) -> None:
        self.place: str | None = None
        self.number = 0
        self.passed: Counter[str] = Counter()

    def at(self, place: str) -> None:
        """Pass here, or die."""
        if place == self.place and self.passed[place] == self.number:
            ledger.note("died", place)
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed[place] += 1


class Ledger:
    """The outside world: a file that remembers every call, every deed and every promise, whoever dies."""

    def __init__(self) -> None:
        self.file = -1
        self.life = 0
        self.path = Path()

    def open(self, folder: Path, life: int) -> None:
        self.life = life
        self.path = folder / "ledger.jsonl"
        self.file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(self, what: str, key: str) -> None:
        os.write(self.file, json.dumps({"life": self.life, "what": what, "key": key}).encode() + b"\n")
        os.fsync(self.file)

    def knows(self, what: str, key: str) -> bool:
        lines = map(json.loads, self.path.read_text().splitlines())
        return any(line["what"] == what and line["key"] == key for line in lines)

    def called(self) -> str:
        """Note that a step is under way; returns its idempotency key."""
        self.note("called", idempotency_key())
        return idempotency_key()

    def act(self) -> None:
        """Do what a step is for, with a chance to die before and after."""
        death.at("before a deed")
        self.note("acted", idempotency_key())
        death.at("after a deed")


death = Death()
ledger = Ledger()


class MortalConnection(sqlite3.Connection):
    """A connection on which one may die around every statement that writes."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        verb = _verb(sql)
        if verb in _READS:
            return super().execute(sql, parameters)
        if verb in ("BEGIN", "COMMIT"):
            before, after = f"before {verb}", f"after {verb}"
        elif self.in_transaction:
            before = after = "between statements"
        else:
            before, after = IN_MESSAGES
        death.at(before)
        result = super().execute(sql, parameters)
        death.at(after)
        return result

    def executemany(self, sql: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
        return super().executemany(sql, _between(rows))


def _between(rows: Iterable[Any]) -> Iterator[Any]:
    for row in rows:
        death.at("between statements")
        yield row


def _verb(sql: str) -> str:
    found = _VERB.match(sql)
    return found[1].upper() if found is not None else ""


def make_mortal() -> None:
    """Let every connection that this process opens from now on be one to die on."""
    connect = sqlite3.connect
    sqlite3.connect = lambda *args, **kwargs: connect(*args, **kwargs, factory=MortalConnection)  # type: ignore[assignment]


class SkippingClock:
    """The machine's time, and as much more as was skipped; each life begins without what earlier ones skipped."""

    def __init__(self) -> None:
        self._skipped = timedelta(0)
        self._bells: list[tuple[datetime, int, asyncio.Handle]] = []
        self._numbers = itertools.count()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._skipped

    def later(self, seconds: float, act: Callable[[], object]) -> Timer:
        loop = asyncio.get_running_loop()
        handle = asyncio.Handle(act, (), loop)
        heapq.heappush(self._bells, (self.now() + timedelta(seconds=seconds), next(self._numbers), handle))
        return handle

    def skip(self) -> bool:
        """Let the next timer ring now; says whether there was one."""
        while self._bells:
            due, _, handle = heapq.heappop(self._bells)
            if not handle.cancelled():
                self._skipped += max(due - self.now(), timedelta(0))
                asyncio.get_running_loop().call_soon(handle._run)
                return True
        return False

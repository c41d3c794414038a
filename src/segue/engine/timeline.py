"""What a run did when, from its journal: a span for each call, and a scale on which it can be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from segue.engine.journal import Entry, from_us

Path = tuple[int, ...]
What = Literal["step", "sleep", "signal", "child", "branches", "cancel"]
State = Literal["done", "failed", "in doubt", "timed out", "under way", "left"]
"""`left`: nobody waited for it any more, as for the other branches when one fails."""

_WHAT: dict[str, What] = {"step": "step", "attempt": "step", "sleep": "sleep", "wait": "signal", "signal": "signal",
                          "child": "child"}  # fmt: skip
_ENDS: dict[str, State] = {"step_finished": "done", "step_failed": "failed", "step_in_doubt": "in doubt",
                           "sleep_ended": "done", "signal_received": "done", "wait_timed_out": "timed out",
                           "child_ended": "done"}  # fmt: skip
_BEGINNINGS = frozenset({"step_intended", "sleep_started", "wait_started", "child_started"})
FOLD = 4
"""Time in which nothing is at work is drawn at most this part as long as all time in which something is."""


@dataclass(frozen=True)
class Stretch:
    """A part of a span."""

    kind: Literal["work", "failed", "pause", "wait"]
    """An attempt, one that failed, the time until the next, or a wait for a time, a signal or a child."""
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Span:
    """A call, from the moment it was made."""

    path: str
    """Empty for what concerns the run as a whole."""
    name: str
    what: What
    state: State
    stretches: tuple[Stretch, ...]
    """In order; one at least."""
    attempts: int
    """Of a step: begun, as far as entries tell; 0 where nothing is attempted."""
    last: Entry | None
    """Its last entry, which holds result or error; `None` for branches, which have none of their own."""

    @property
    def start(self) -> datetime:
        """When it was called: the time of the last entry of its branch before it, as `now()` is."""
        return self.stretches[0].start

    @property
    def end(self) -> datetime:
        """When it ended, or until when it is looked at."""
        return self.stretches[-1].end

    @property
    def depth(self) -> int:
        """How many branches it is in."""
        return self.path.count(".") // 2


def spans(entries: Sequence[Entry], until: datetime) -> list[Span]:
    """Return a span for each call of a run in the order of the code, branches one below the other.

    A call that has no entry yet, such as a step of effect `read` under way, is not known. A branch of
    `map_concurrent` that waited for its turn counts from the beginning of them all.

    Args:
        entries: The run's journal.
        until: Where what is under way is cut off: the present. What comes after the run's end does not count.
    """
    if not entries:
        return []
    is_over = entries[-1].kind.startswith("run_") and len(entries) > 1
    until = entries[-1].at if is_over else max(until, entries[-1].at)
    begun = _beginnings(entries)
    calls: dict[Path, list[Entry]] = {}
    for entry in entries:
        if entry.path:
            calls.setdefault(_path(entry.path), []).append(entry)
    found: dict[Path, Span] = {}
    for path, own in calls.items():
        left = _left(path, own[-1], entries) or (until if is_over else None)
        found[path] = _span(own, begun[path], until, left)
    for path in begun.keys() - calls.keys():
        found[path] = _group(path, found, begun[path])
    return list(_with_cancelling([found[path] for path in sorted(found)], entries))


def _path(text: str) -> Path:
    return tuple(map(int, text.split(".")))


def _beginnings(entries: Sequence[Entry]) -> dict[Path, datetime]:
    """Return when each call, and each group of branches, was made."""
    begun: dict[Path, datetime] = {}
    last: dict[Path, datetime] = {}
    for entry in entries:
        if entry.kind == "cancel_requested":  # every branch goes on from it
            last = dict.fromkeys([(), *last], entry.at)
        if not entry.path:
            continue
        path = _path(entry.path)
        for end in range(1, len(path) + 1, 2):  # of each call around it, and of itself
            branch = path[: end - 1]
            around = begun[path[: end - 2]] if end > 1 else entries[0].at
            begun.setdefault(path[:end], last.get(branch, around))
        for end in range(0, len(path), 2):
            last[path[:end]] = entry.at
    return begun


def _span(own: Sequence[Entry], start: datetime, until: datetime, left: datetime | None) -> Span:
    first, last = own[0], own[-1]
    what = _WHAT[first.kind.partition("_")[0]]
    state: State = _ENDS.get(last.kind, "under way" if left is None else "left")
    if state == "done" and _fields(last).get("status", "completed") != "completed":
        state = "failed"
    end = last.at if last.kind in _ENDS else min(left or until, until)
    if first.kind in _BEGINNINGS:
        start = first.at
    stretches = tuple(_attempts(own, start, end, state)) if what == "step" else (Stretch("wait", start, end),)
    return Span(
        path=first.path,
        name=first.name,
        what=what,
        state=state,
        stretches=stretches,
        attempts=max(entry.attempt for entry in own),
        last=last,
    )


def _attempts(own: Sequence[Entry], start: datetime, end: datetime, state: State) -> Iterator[Stretch]:
    """Yield attempts at a step and the time between them."""
    for entry in own:
        if entry.kind == "attempt_failed":
            again = min(from_us(_fields(entry).get("next_us", 0)), end)
            yield Stretch("failed", start, entry.at)
            start = max(again, entry.at)
            yield Stretch("pause", entry.at, start)
    if own[-1].kind != "attempt_failed" or end > start:
        yield Stretch("failed" if state in ("failed", "in doubt") else "work", start, max(start, end))


def _group(path: Path, found: dict[Path, Span], start: datetime) -> Span:
    """Return the span around the branches of a `gather` or `map_concurrent`."""
    inner = [span for other, span in found.items() if other[: len(path)] == path]
    branches = {other[: len(path) + 1] for other in found if len(other) > len(path) and other[: len(path)] == path}
    return Span(
        path=".".join(map(str, path)),
        name=f"{len(branches)} side by side" if len(branches) > 1 else "1 branch",
        what="branches",
        state="under way" if any(span.state == "under way" for span in inner) else "done",
        stretches=(Stretch("wait", start, max(span.end for span in inner)),),
        attempts=0,
        last=None,
    )


def _left(path: Path, last: Entry, entries: Sequence[Entry]) -> datetime | None:
    """Return when a call that has no end was given up: before its branch, or one around it, went on."""
    for before, entry in pairwise(entries[last.seq :]):
        if entry.path and _precedes(path, _path(entry.path)):
            return before.at
    return None


def _precedes(path: Path, other: Path) -> bool:
    """Say whether one call is over before the other begins, rather than in another branch."""
    for place, (own, its) in enumerate(zip(path, other, strict=False)):
        if own != its:
            return place % 2 == 0 and own < its
    return False


def _with_cancelling(found: Sequence[Span], entries: Sequence[Entry]) -> Iterator[Span]:
    """Yield the spans, and the wish to cancel before what followed it."""
    asked = [entry for entry in entries if entry.kind == "cancel_requested"][:1]
    for span in found:
        if asked and span.depth == 0 and span.start >= asked[0].at:
            yield _cancelling(asked.pop())
        yield span
    for entry in asked:
        yield _cancelling(entry)


def _cancelling(entry: Entry) -> Span:
    moment = (Stretch("wait", entry.at, entry.at),)
    return Span(path="", name="cancel requested", what="cancel", state="done", stretches=moment, attempts=0, last=entry)


def _fields(entry: Entry) -> dict[str, Any]:
    return entry.payload or {}


class Scale:
    """Where moments lie between the beginning of a run and its end; long times without any work are folded."""

    def __init__(self, found: Iterable[Span]) -> None:
        found = list(found)
        work = _union(
            (stretch.start, stretch.end)
            for span in found
            for stretch in span.stretches
            if stretch.kind in ("work", "failed")
        )
        start = min((span.start for span in found), default=datetime(1970, 1, 1, tzinfo=UTC))
        end = max((span.end for span in found), default=start)
        longest = sum((to - since for since, to in work), timedelta(0)) / FOLD or end - start
        self.is_folded = False
        """Whether anything is drawn shorter than it was."""
        self._marks = [(start, 0.0)]
        for since, to in [*work, (end, end)]:
            idle = since - self._marks[-1][0]
            self.is_folded = self.is_folded or idle > longest
            self._mark(since, min(idle, longest))
            self._mark(to, to - since)

    def _mark(self, moment: datetime, length: timedelta) -> None:
        self._marks.append((moment, self._marks[-1][1] + length.total_seconds()))

    def at(self, moment: datetime) -> float:
        """Return where a moment lies, from 0 to 1."""
        whole = self._marks[-1][1]
        for (since, low), (to, high) in pairwise(self._marks):
            if moment <= to:
                share = (moment - since) / (to - since) if to > since else 1.0
                return (low + max(share, 0.0) * (high - low)) / whole if whole else 0.0
        return 1.0


def _union(times: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return times without overlap, in order."""
    united: list[tuple[datetime, datetime]] = []
    for since, to in sorted(times):
        if united and since <= united[-1][1]:
            united[-1] = united[-1][0], max(to, united[-1][1])
        else:
            united.append((since, to))
    return united

"""What an engine forgets on purpose, while its record stays provable: runs that ended long ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from segue.engine.audit import check_run
from segue.engine.chain import predecessor, successor
from segue.engine.journal import to_us
from segue.engine.proof import Provable
from segue.engine.workspace import WorkspaceJournal
from segue.errors import AuditError

ROOTS = 200
"""Families of runs that are looked at before others may act."""
ENTRIES = 2_000
"""Removed in one transaction, so that nobody waits long; a run with more goes by itself."""


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What a pruning removed."""

    runs: int = 0
    entries: int = 0


class Forgetting(Provable):
    """The part of an engine that removes what nobody needs or may keep."""

    async def prune(self, *, older_than: timedelta) -> Pruned:
        """Remove runs that ended longer ago than this, with their entries; from any process, beside one that drives.

        A run goes with its children and with those that it went on as, when all of them have ended so long ago and
        no fork of one goes on. A run whose record was altered stays, with all of these: it is evidence. The workspace
        chain names what was removed, so that verification holds. Killed in between, it goes on with the next call.

        Raises:
            ValueError: The time is negative.
            StoreError: It could not be written.
        """
        if older_than < timedelta(0):
            raise ValueError(f"older_than={older_than}: only what is past can be pruned")
        at_us = to_us(self.clock.now())
        before_us = at_us - older_than // timedelta(microseconds=1)
        after, runs, entries = "", 0, 0
        while True:
            some = partial(_prune_some, after=after, before_us=before_us, at_us=at_us)
            roots, gone = await self._aside(some)
            runs += gone.runs
            entries += gone.entries
            if not roots:
                return Pruned(runs=runs, entries=entries)
            after = roots[-1]


def _prune_some(kept: WorkspaceJournal, after: str, before_us: int, at_us: int) -> tuple[list[str], Pruned]:
    """Prune the next families; returns the runs that they begin with, and what was removed."""
    roots = kept.ended_roots(before_us, after=after, limit=ROOTS)
    runs = entries = 0
    for run_ids in _portions(kept, [run for root in roots for run in _prunable(kept, root, before_us)]):
        gone = kept.prune(run_ids, before_us, at_us)
        runs += len(gone)
        entries += sum(each for _, each in gone)
    return roots, Pruned(runs=runs, entries=entries)


def _prunable(kept: WorkspaceJournal, root: str, before_us: int) -> list[str]:
    """Return the runs that go with one; none where it goes with another one, or something is in the way.

    The last come first: as long as any of them is there, so is the one from which the others are found.
    """
    before = predecessor(root)
    if before is not None and (info := kept.run(before)) is not None and info.status == "continued":
        return []
    found = list(family(kept, root))
    for run_id in found:
        info = kept.run(run_id)
        if info is None or info.ended_at is None or to_us(info.ended_at) >= before_us:
            return []
        if any((fork := kept.run(each)) is not None and fork.ended_at is None for each in kept.forks(run_id)):
            return []
        try:
            check_run(kept, run_id)
        except AuditError:
            return []
    return found[::-1]


def family(kept: WorkspaceJournal, root: str, *, forks: bool = False) -> Iterator[str]:
    """Yield a run, its children, those that they went on as, and theirs; each after the one that it came from.

    Args:
        kept: Where they are.
        root: The run.
        forks: Also those that began as a copy of one's past.
    """
    open_ = [root]
    while open_:
        run_id = open_.pop()
        info = kept.run(run_id)
        if info is None:
            continue
        yield run_id
        open_.extend(each for each in kept.children(run_id) if predecessor(each) is None)
        if info.status == "continued":
            open_.append(successor(run_id))
        if forks:
            open_.extend(kept.forks(run_id))


def _portions(kept: WorkspaceJournal, run_ids: list[str]) -> Iterator[list[str]]:
    """Cut a list of ended runs so that no part has too many entries."""
    portion: list[str] = []
    entries = 0
    for run_id in run_ids:
        noted = kept.end_of(run_id)
        size = 0 if noted is None else noted[1]
        if portion and entries + size > ENTRIES:
            yield portion
            portion, entries = [], 0
        portion.append(run_id)
        entries += size
    if portion:
        yield portion

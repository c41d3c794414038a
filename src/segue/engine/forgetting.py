"""What an engine forgets on purpose, while its record stays provable: old runs, and what runs held of a person."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from segue.engine.audit import check_run
from segue.engine.chain import predecessor, successor
from segue.engine.embedded.lock import DriverLock
from segue.engine.journal import Batch, Ending, chained, to_us
from segue.engine.proof import Provable
from segue.engine.workspace import WorkspaceJournal
from segue.errors import AuditError, EngineBusy, UsageError
from segue.store.sqlite import MEMORY

ROOTS = 200
"""Families of runs that are looked at before others may act."""
LOOK_S = 0.01
"""How often to see whether a run that was cancelled has ended."""
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

    async def cancel(self, run_id: str) -> bool:
        """Ask a run to end."""
        raise NotImplementedError

    async def stop(self, run_ids: Iterable[str], *, patience: timedelta) -> list[str]:
        """End runs with all that belongs to them, and return the ids of all of these.

        To a run belong its children, those that it went on as, and its forks. Whoever drives them cancels them. If
        nobody drives, they end where they are, as cancelled, and nothing of them runs, not even what takes steps back.

        Args:
            run_ids: They, too, that were only asked for.
            patience: Wait so long for whoever drives.

        Raises:
            UsageError: One is the child of a run that goes on and is not among them.
            EngineBusy: They have not ended in time.
        """
        wanted = list(run_ids)
        deadline = asyncio.get_running_loop().time() + patience.total_seconds()
        cancelled: set[str] = set()
        while live := self._live(wanted):
            try:
                lock = None if self.path == MEMORY else DriverLock(self.path)
            except EngineBusy:
                lock = None
            if lock is not None:
                try:
                    await self._aside(partial(_end, run_ids=live, at_us=to_us(self.clock.now())))
                finally:
                    lock.release()
                continue
            if asyncio.get_running_loop().time() > deadline:
                raise EngineBusy(
                    f"run {live[0]} was cancelled and has not ended within {patience.total_seconds():g} s: "
                    "try again, or end the process that drives it first"
                )
            for run_id in live:
                if run_id not in cancelled:
                    await self.cancel(run_id)
                    cancelled.add(run_id)
            await asyncio.sleep(LOOK_S)
        return self._belonging(wanted)

    async def erase(self, run_ids: Iterable[str], *, parts: Mapping[str, Collection[int]] | None = None) -> int:
        """Erase what runs were given, did and returned; what is left of each entry keeps the chains whole.

        To a run belong its children, those that it went on as, and its forks. The workspace chain says what was
        erased, and keeps nothing either of what it held about these runs. The bytes are gone from the files only after
        `rewrite`.

        Args:
            run_ids: All that is kept of these.
            parts: Only some entries of other runs, by number.

        Returns:
            How many entries were erased now.

        Raises:
            UsageError: One has not ended: see `stop`.
        """
        targets: dict[str, Collection[int] | None] = dict(parts or {})
        targets |= dict.fromkeys(reversed(self._belonging(run_ids)))  # that from which the others are found comes last
        for run_id in targets:
            info = self._journal.run(run_id)
            if info is not None and info.ended_at is None:
                raise UsageError(f"run {run_id} has not ended: what it did so far is needed for it to go on")
        return await self._aside(partial(_erase_all, targets=targets, at_us=to_us(self.clock.now())))

    async def rewrite(self) -> None:
        """Write the database anew, so that no byte of what was removed is left in its files.

        It needs as much space again, and others cannot write meanwhile: seconds for each gigabyte.

        Raises:
            StoreError: The disk is full, or somebody reads what was there before.
        """
        await self._aside(lambda kept: kept.rewrite())

    def _belonging(self, run_ids: Iterable[str]) -> list[str]:
        """Return runs and all that belongs to them, each once and after the one that it came from."""
        return list(dict.fromkeys(each for run in run_ids for each in family(self._journal, run, forks=True)))

    def _live(self, run_ids: Sequence[str]) -> list[str]:
        """Return those of some runs and of all that belongs to them that have not ended, or were only asked for.

        Raises:
            UsageError: One is the child of a run that goes on and is not among them.
        """
        found = self._belonging(run_ids)
        for run_id in found:
            info = self._journal.run(run_id)
            parent = None if info is None or info.parent in found or not info.parent else self._journal.run(info.parent)
            if parent is not None and parent.ended_at is None:
                raise UsageError(f"run {run_id} is the child of run {parent.run_id}, which goes on: name that one")
        asked = [run_id for run_id in run_ids if run_id not in found and self._journal.beginning(run_id) is not None]
        ended = {run_id for run_id in found if (info := self._journal.run(run_id)) and info.ended_at is not None}
        return [run_id for run_id in (*found, *asked) if run_id not in ended]


def _end(kept: WorkspaceJournal, run_ids: Iterable[str], at_us: int) -> None:
    """End runs that nobody drives: each as one that was cancelled, where it is."""
    for run_id in run_ids:
        info, last = kept.run(run_id), kept.last_record(run_id)
        if info is None or last is None:
            kept.drop_start(run_id)
            continue
        now_us = max(at_us, last.at_us)
        asked = chained(last.hash, run_id, last.seq + 1, "", "cancel_requested", "", now_us, 0, b"{}")
        end = chained(asked.hash, run_id, asked.seq + 1, "", "run_cancelled", info.workflow, now_us, 0, b"{}")
        ended = Ending(run_id, "cancelled", now_us, end.seq + 1, end.hash, None)
        kept.commit(Batch(records=[asked, end], ended={run_id: ended}))


def _erase_all(kept: WorkspaceJournal, targets: Mapping[str, Collection[int] | None], at_us: int) -> int:
    """Erase what runs that have ended hold, or some of their entries, in small transactions; returns of how many."""
    erased = 0
    for run_ids in _portions(kept, list(targets)):
        erased += sum(kept.erase({run_id: targets[run_id] for run_id in run_ids}, at_us).values())
    return erased


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

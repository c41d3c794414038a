"""Group commit: what is ready together is written together, and a run goes on once its entry is on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from segue.engine.journal import Batch, Journal, Record
from segue.engine.run import Run
from segue.errors import StoreError

Deliveries = Iterable[tuple[Run | None, Record]]
"""Entries with the run that each is for; `None` for one that begins."""


class Commits:
    """What is to be written next."""

    def __init__(
        self,
        journal: Journal,
        written: Callable[[Batch, Deliveries], None],
        lost: Callable[[Batch, Deliveries, StoreError], None],
    ) -> None:
        """Begin with nothing to write.

        Args:
            journal: Where it goes.
            written: Told of what is on disk now.
            lost: Told of what could not be written.
        """
        self.batch = Batch()
        """Not on disk yet."""
        self._journal = journal
        self._written = written
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._runs: list[Run | None] = []
        """For which the batch's entries are."""
        self._is_due = False

    def add(self, run: Run | None, record: Record) -> None:
        """Write an entry."""
        self.batch.records.append(record)
        self._runs.append(run)
        if not self._is_due:
            self.soon()

    def soon(self) -> None:
        """Write what there is when what happens now is over."""
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self.flush)

    def drop(self) -> None:
        """Let what there is not be written."""
        self.batch, self._runs = Batch(), []

    def flush(self) -> None:
        """Write what there is, all of it or nothing."""
        self._is_due = False
        if not self.batch:
            return
        batch, runs = self.batch, self._runs
        self.drop()
        try:
            self._journal.commit(batch)
        except BaseException as error:
            # after anything else, too, runs must not go on from entries that are not there
            lost = error if isinstance(error, StoreError) else StoreError(f"{type(error).__name__}: {error}")
            self._lost(batch, list(zip(runs, batch.records, strict=True)), lost)
            if lost is not error:
                raise
        else:
            self._written(batch, _let_go(runs, batch.records))


def _let_go(runs: list[Run | None], records: list[Record]) -> Deliveries:
    """Yield entries with their runs, and keep none: the memory of one is there again for what its run does next."""
    runs.reverse()
    records.reverse()
    while records:
        yield runs.pop(), records.pop()

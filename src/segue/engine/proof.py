"""What an engine offers around the proof of its record: adding to the workspace chain, and checking everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO, TypeVar, get_args

from segue.engine import export, workspace
from segue.engine.audit import Report, check_all, check_run
from segue.engine.clock import Clock
from segue.engine.codec import encode_any
from segue.engine.embedded.journal import SqliteJournal
from segue.engine.head import Head, heads, signed
from segue.engine.journal import Status, checked_name, to_us
from segue.engine.signature import PrivateKey
from segue.engine.workspace import Recorded, WorkspaceEntry, WorkspaceJournal
from segue.store.sqlite import MEMORY

T = TypeVar("T")


class Provable:
    """The part of an engine that keeps its record provable."""

    path: Path
    clock: Clock

    @property
    def _journal(self) -> WorkspaceJournal:
        raise NotImplementedError

    def status(self, run_id: str) -> Status:
        """Return what a run is doing."""
        raise NotImplementedError

    async def record(
        self, kind: Recorded, subject: str, *, detail: Mapping[str, Any] | None = None, payload: Any = None
    ) -> WorkspaceEntry:
        """Append to the workspace chain, durable on return, from any process.

        Args:
            kind: What happened.
            subject: What it is about, by an id that is nothing personal: a run, a topic, an account.
            detail: What is never erased, and so holds nothing personal; anything with a JSON form.
            payload: What may be erased, e.g. what an approver was shown; anything with a JSON form.

        Raises:
            ValueError: The kind is not one of `Recorded`.
            DefinitionError: The subject is empty, too long or holds control characters.
            CodecError: Detail or payload have no JSON form.
            StoreError: It could not be written.
        """
        if kind not in get_args(Recorded):
            raise ValueError(f"{kind!r} is nothing to record; kinds are: {', '.join(get_args(Recorded))}")
        told = encode_any(dict(detail or {})).decode()
        at_us = to_us(self.clock.now())
        return workspace.entry(
            self._journal.record(kind, checked_name(subject, "subject"), at_us, told, encode_any(payload))
        )

    async def workspace(self, *, kind: str | None = None, subject: str | None = None) -> list[WorkspaceEntry]:
        """Return the workspace chain, in order.

        Args:
            kind: Only of this kind.
            subject: Only about this.

        Raises:
            AuditError: An entry is damaged.
        """
        return [workspace.entry(record) for record in self._journal.recorded(kind, subject)]

    async def verify(self, run_id: str) -> None:
        """Check a run's hash chain from its first entry to its last.

        Raises:
            AuditError: An entry was altered or is missing; names the first bad one.
            RunNotFound: There is no such run.
        """
        if self._journal.run(run_id) is None and not self._journal.records(run_id):
            self.status(run_id)
            return
        check_run(self._journal, run_id)

    async def audit(self, *, head: str = "", key: str = "") -> Report:
        """Check the workspace chain, the runs that it names and the chain of every run, as all of it is at one moment.

        Args:
            head: Heads as they were published, one a line: everything up to the last of them is proven. Without one,
                that the record fits itself is all that is proven.
            key: The public key with which they must be signed.

        Raises:
            UsageError: The text holds something else than heads.
            ValueError: There is a head but no key.
        """
        if head and not key:
            raise ValueError("a head proves nothing without the public key of whoever signed it: give key=")
        published = heads(head) if head else []
        return await self.at_one_moment(lambda kept: check_all(kept, published, key))

    async def head(self, key: Path) -> Head:
        """Record how far every run is now, and sign the workspace chain as it then is.

        Args:
            key: File of the private key; it is made if there is none.

        Raises:
            UsageError: The file holds no such key.
            EnvironmentFault: It cannot be read or written.
            StoreError: The record cannot be written.
        """
        private = PrivateKey(key)
        return signed(self._journal.checkpoint(to_us(self.clock.now())), private)

    async def export(self, to: TextIO) -> None:
        """Write the whole record, as it is at one moment, as JSON Lines; the format is in docs/reference/audit.md.

        Raises:
            OSError: It cannot be written.
        """
        await self.at_one_moment(lambda kept: to.writelines(export.lines(kept)))

    async def at_one_moment(self, look: Callable[[WorkspaceJournal], T]) -> T:
        """Look at all that is recorded as it is now, beside the runs that go on."""

        def still(kept: WorkspaceJournal) -> T:
            with kept.snapshot():
                return look(kept)

        return await self._aside(still)

    async def _aside(self, work: Callable[[WorkspaceJournal], T]) -> T:
        """Work on the record in a thread and on a connection of its own, beside the runs that go on."""
        if self.path == MEMORY:
            return work(self._journal)
        _ = self._journal  # is it open?

        def aside() -> T:
            kept = SqliteJournal(self.path)
            try:
                return work(kept)
            finally:
                kept.close()

        return await asyncio.to_thread(aside)

"""The workspace chain: one record of which runs there are, how far they are, and what people decided and changed.

Its hashes are made as those of a run's entries are, over another header: number, kind, subject, time and detail,
joined by U+001F. The detail is JSON that is never erased, so it holds nothing personal; what may be has to be payload.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, NamedTuple, Protocol

from segue.engine.journal import GENESIS, Batch, Journal, Record, from_us, inner, new_salt
from segue.errors import AuditError

Recorded = Literal[
    "approval",  # somebody decided; the payload is what was shown to them
    "autonomy",  # what the agent may do alone
    "procedure",
    "login",
    "erasure",  # of a person's data
    "pruned",  # runs whose entries were removed on purpose
]
WorkspaceKind = Literal[
    Recorded,
    "runs",  # that began or ended in one commit
    "checkpoint",  # how far the runs are that have not ended
]


class WorkspaceRecord(NamedTuple):
    """An entry of the workspace chain as it is stored."""

    seq: int
    """From 0."""
    kind: str
    subject: str
    """What it is about: a run, a topic, an account; empty for the workspace as a whole."""
    at_us: int
    """Microseconds since 1970, UTC; never less than the entry before."""
    detail: str
    """JSON, as it is hashed."""
    salt: bytes | None
    payload: bytes | None
    """JSON; `None` once erased."""
    digest: bytes | None
    """`SHA-256(salt ‖ payload)`, kept only where both were erased."""
    hash: bytes


@dataclass(frozen=True, slots=True)
class WorkspaceEntry:
    """One line of the workspace chain."""

    seq: int
    """From 0."""
    kind: str
    """See `WorkspaceKind`."""
    subject: str
    """What it is about: a run, a topic, an account; empty for the workspace as a whole."""
    at: datetime
    """UTC."""
    detail: dict[str, Any]
    """Never erased; holds nothing personal."""
    payload: Any
    """What may be personal; `None` once erased."""
    hash: str
    """Of this entry and all before it: 64 hexadecimal digits."""


class Tip(NamedTuple):
    """Where a chain ends."""

    seq: int
    at_us: int
    hash: bytes


EMPTY = Tip(-1, 0, GENESIS)
_JSON = json.JSONEncoder(separators=(",", ":"))
_quoted = json.encoder.encode_basestring_ascii


class Mention(NamedTuple):
    """What an entry of the workspace chain says of a run."""

    run_id: str
    entries: int
    """That it has at least; exactly, once it has ended."""
    head: bytes | None
    """Hash of the last of these; `None` for a run that begins."""
    status: str | None = None
    """It ended with; `None` before that."""


class WorkspaceJournal(Journal, Protocol):
    """A journal that also keeps the workspace chain, to which several processes may append.

    `commit` appends at most one entry, of kind `runs`: of all that begin and end in its batch.
    """

    def record(self, kind: WorkspaceKind, subject: str, at_us: int, detail: str, payload: bytes) -> WorkspaceRecord:
        """Append an entry to the workspace chain and return it."""

    def checkpoint(self, at_us: int) -> WorkspaceRecord:
        """Append what runs that have not ended have come to since the last checkpoint, and return the entry."""

    def workspace(self) -> Iterator[WorkspaceRecord]:
        """Yield the workspace chain in order."""

    def recorded(self, kind: str | None, subject: str | None) -> Iterator[WorkspaceRecord]:
        """Yield the entries of a kind and about a subject, in order; `None` is any."""

    def hash_at(self, run_id: str, seq: int) -> bytes | None:
        """Return the hash of one entry of a run; `None` where there is none."""

    def all_records(self) -> Iterator[Record]:
        """Yield every entry of every run, by run id and number, without holding them all."""

    def ended_roots(self, before_us: int, *, after: str, limit: int) -> list[str]:
        """Return ids of runs without a parent that ended before a time, by id: the next ones after this one."""

    def children(self, run_id: str) -> list[str]:
        """Return the ids of the runs that a run started."""

    def forks(self, run_id: str) -> list[str]:
        """Return the ids of the runs that began as a copy of a run's past."""

    def prune(self, run_ids: Sequence[str], before_us: int, at_us: int) -> list[tuple[str, int]]:
        """Remove runs with their entries and messages, and append an entry of kind `pruned` that names them.

        Those that are gone already, did not end before that time or whose fork goes on are left out. Returns which
        were removed and how many entries each had.
        """

    def erase(self, targets: Mapping[str, Collection[int] | None], at_us: int) -> dict[str, int]:
        """Remove payloads with their salts, and append an entry of kind `erasure` that says of how many entries.

        Args:
            targets: Runs, with the numbers of their entries; `None` for all that is kept of a run: its messages, its
                error and the payloads of the workspace chain about it too.
            at_us: Now.

        Returns:
            How many entries of each run were erased now; runs without any are left out.
        """

    def drop_start(self, run_id: str) -> None:
        """Forget that a run was asked for, if it has not begun."""

    def rewrite(self) -> None:
        """Leave no byte in any file of what was removed.

        Raises:
            StoreError: Somebody reads what was there before.
        """

    def snapshot(self) -> AbstractContextManager[None]:
        """Let everything that is read inside be of one moment; nothing is written inside."""


def next_record(
    tip: Tip, kind: WorkspaceKind, subject: str, at_us: int, detail: str, payload: bytes = b"null"
) -> WorkspaceRecord:
    """Return a new entry, linked to the last one."""
    seq, at_us, salt = tip.seq + 1, max(at_us, tip.at_us), new_salt()
    hash_ = _hash(tip.hash, seq, kind, subject, at_us, detail, inner(salt, payload, None))
    return WorkspaceRecord(seq, kind, subject, at_us, detail, salt, payload, None, hash_)


def link(previous: bytes, record: WorkspaceRecord) -> bytes:
    """Return the hash that `record` must have after `previous`."""
    seq, kind, subject, at_us, detail, salt, payload, digest, _ = record
    return _hash(previous, seq, kind, subject, at_us, detail, inner(salt, payload, digest))


def _hash(previous: bytes, seq: int, kind: str, subject: str, at_us: int, detail: str, within: bytes) -> bytes:
    header = f"{seq}\x1f{kind}\x1f{subject}\x1f{at_us}\x1f{detail}".encode()
    return sha256(previous + header + within).digest()


def checked(records: Iterable[WorkspaceRecord]) -> Iterator[WorkspaceRecord]:
    """Yield the entries of the chain, each once it is seen to fit the one before.

    Raises:
        AuditError: Names the first that does not; its `run_id` is empty.
    """
    tip = EMPTY
    for record in records:
        expected = tip.seq + 1
        if record.seq != expected:
            raise _bad(expected, f"entry {expected} is missing, entry {record.seq} follows")
        if link(tip.hash, record) != record.hash:
            raise _bad(expected, "its hash does not fit its content and the entry before: altered")
        if record.at_us < tip.at_us:
            raise _bad(expected, "it is older than the entry before")
        tip = Tip(record.seq, record.at_us, record.hash)
        yield record


def commit_detail(batch: Batch) -> tuple[int, str]:
    """Return time and detail of the entry about the runs that begin and end in a batch."""
    at_us = max([begun.at_us for begun in batch.started] + [end.at_us for end in batch.ended.values()])
    started = ",".join([_quoted(begun.run_id) for begun in batch.started])
    ended = ",".join(
        [f'[{_quoted(end.run_id)},"{end.status}",{end.entries},"{end.head.hex()}"]' for end in batch.ended.values()]
    )
    named = [f'"{what}":[{runs}]' for what, runs in (("started", started), ("ended", ended)) if runs]
    return at_us, f"{{{','.join(named)}}}"  # as `as_detail` writes it, without asking for each value what it is


def as_detail(value: dict[str, Any]) -> str:
    """Return a detail as it is hashed and stored."""
    return _JSON.encode(value)


def mentions(record: WorkspaceRecord) -> list[Mention]:
    """Return what an entry says of runs.

    Raises:
        AuditError: It is not of the form that its kind has.
    """
    try:
        detail = json.loads(record.detail)
        match record.kind:
            case "runs":
                started = [Mention(run_id, 1, None) for run_id in detail.get("started", [])]
                ended = [
                    Mention(run_id, entries, bytes.fromhex(head), status)
                    for run_id, status, entries, head in detail.get("ended", [])
                ]
                return started + ended
            case "checkpoint" | "pruned":
                return [Mention(run_id, entries, bytes.fromhex(head)) for run_id, entries, head in detail["runs"]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _bad(record.seq, f"its detail cannot be read: {error}") from error
    return []


def entry(record: WorkspaceRecord) -> WorkspaceEntry:
    """Return an entry for readers.

    Raises:
        AuditError: It is damaged.
    """
    try:
        detail = json.loads(record.detail)
        payload = None if record.payload is None else json.loads(record.payload)
    except ValueError as error:
        raise _bad(record.seq, f"it is damaged, it holds no JSON: {error}") from error
    return WorkspaceEntry(
        record.seq, record.kind, record.subject, from_us(record.at_us), detail, payload, record.hash.hex()
    )


def _bad(seq: int, reason: str) -> AuditError:
    return AuditError(reason, run_id="", seq=seq)

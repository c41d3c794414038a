"""The journal: a run's append-only, hash-chained record, and the port through which it is kept.

An entry's hash is `SHA-256(previous ‖ header ‖ SHA-256(salt ‖ payload))`. The header holds no personal data:
run id, number, path, kind, name, time and attempt, joined by U+001F. Arguments, results and errors are payload,
JSON, and go together with their random salt when a person's data is erased; the digest that stays behind
keeps the chain whole.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, NamedTuple, NewType, Protocol

from segue.errors import AuditError, DefinitionError

RunId = NewType("RunId", str)
Status = Literal["running", "waiting", "completed", "failed", "cancelled", "continued"]
Kind = Literal[
    "run_started",
    "step_intended",  # a `once` step is about to act
    "attempt_failed",  # and will be tried again
    "step_finished",
    "step_failed",
    "step_in_doubt",
    "sleep_started",
    "sleep_ended",
    "wait_started",
    "signal_received",
    "signal_refused",  # it was not of the type that the workflow waits for
    "wait_timed_out",
    "child_started",
    "child_ended",
    "patched",
    "cancel_requested",
    "run_completed",
    "run_failed",
    "run_cancelled",
    "run_continued",
]
ENDED: frozenset[str] = frozenset({"completed", "failed", "cancelled", "continued"})
"""The statuses that nothing follows."""

GENESIS = bytes(32)
"""What stands for the previous hash before a run's first entry."""

_NO_CONTROL = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,200}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_US = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


class Record(NamedTuple):
    """An entry as it is stored."""

    run_id: str
    seq: int
    """From 0."""
    path: str
    """Dotted ordinals of the call tree; empty for what concerns the run as a whole."""
    kind: str
    name: str
    at_us: int
    """Microseconds since 1970, UTC; never less than the entry before."""
    attempt: int
    """From 1; 0 where nothing is attempted."""
    salt: bytes | None
    payload: bytes | None
    """JSON; `None` once erased."""
    digest: bytes | None
    """`SHA-256(salt ‖ payload)`, kept only where both were erased."""
    hash: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a run's journal."""

    seq: int
    """From 0."""
    path: str
    """Dotted ordinals of the call tree, e.g. `2.0.1`; empty for what concerns the run as a whole."""
    kind: str
    """See `Kind`."""
    name: str
    """Of the workflow, step, signal or child."""
    at: datetime
    """UTC."""
    attempt: int
    """From 1; 0 where nothing is attempted."""
    payload: dict[str, Any] | None
    """`args`, `result`, `error` and the like; `None` once erased."""
    hash: str
    """Of this entry and all before it: 64 hexadecimal digits."""


def header(record: Record) -> bytes:
    """Return the part of an entry that is never erased, as it is hashed."""
    return _header(*record[:7])


def _header(run_id: str, seq: int, path: str, kind: str, name: str, at_us: int, attempt: int) -> bytes:
    return f"{run_id}\x1f{seq}\x1f{path}\x1f{kind}\x1f{name}\x1f{at_us}\x1f{attempt}".encode()


def chained(
    previous: bytes,
    run_id: str,
    seq: int,
    path: str,
    kind: Kind,
    name: str,
    at_us: int,
    attempt: int,
    payload: bytes,
) -> Record:
    """Return a new entry, linked to the hash before it."""
    salt = _salts.pop() if _salts else new_salt()
    head = _header(run_id, seq, path, kind, name, at_us, attempt)
    digest = sha256(previous + head + sha256(salt + payload).digest()).digest()
    return _record(Record, (run_id, seq, path, kind, name, at_us, attempt, salt, payload, None, digest))


_record = tuple.__new__
"""Makes a `Record` of all its fields at half the cost of calling it."""
_salts: list[bytes] = []
"""Drawn and not used yet: to ask the system for each would cost as much as a hash."""


def new_salt() -> bytes:
    """Return 32 random bytes that nobody else gets."""
    if not _salts:
        drawn = os.urandom(32 * 256)
        _salts.extend([drawn[at : at + 32] for at in range(0, len(drawn), 32)])
    return _salts.pop()


os.register_at_fork(after_in_child=_salts.clear)  # a child's are its own


def link(previous: bytes, record: Record) -> bytes:
    """Return the hash that `record` must have after `previous`."""
    return sha256(previous + header(record) + inner(record.salt, record.payload, record.digest)).digest()


def inner(salt: bytes | None, payload: bytes | None, digest: bytes | None) -> bytes:
    """Return `SHA-256(salt ‖ payload)`, of what is there or as it was kept; nothing where neither is whole.

    Half an erasure is none: a digest beside a payload would let the payload be changed.
    """
    if salt is not None and payload is not None and digest is None:
        return sha256(salt + payload).digest()
    if salt is None and payload is None and digest is not None and len(digest) == len(GENESIS):
        return digest
    return b""


def break_in(records: Iterable[Record]) -> tuple[int, str] | None:
    """Return the number of a run's first bad entry and what is wrong with it, or `None` for a whole chain."""
    previous, expected, at_us = GENESIS, 0, 0
    for record in records:
        if record.seq != expected:
            return expected, f"entry {expected} is missing, entry {record.seq} follows"
        if link(previous, record) != record.hash:
            return expected, "its hash does not fit its content and the entry before: altered"
        if record.at_us < at_us:
            return expected, "it is older than the entry before"
        previous, expected, at_us = record.hash, expected + 1, record.at_us
    return None


def entry(record: Record) -> Entry:
    """Return an entry for readers.

    Raises:
        AuditError: Its payload is damaged.
    """
    try:
        payload = None if record.payload is None else json.loads(record.payload)
    except ValueError as error:
        reason = f"its payload is damaged, it is no JSON: {error}"
        raise AuditError(reason, run_id=record.run_id, seq=record.seq) from error
    return Entry(
        record.seq,
        record.path,
        record.kind,
        record.name,
        from_us(record.at_us),
        record.attempt,
        payload,
        record.hash.hex(),
    )


def to_us(at: datetime) -> int:
    """Return microseconds since 1970."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_us(at_us: int) -> datetime:
    """Return the UTC time of so many microseconds since 1970; what is beyond the calendar is its last moment."""
    return _EPOCH + timedelta(microseconds=min(at_us, _LAST_US))


def checked_name(name: str, what: str) -> str:
    """Return `name` if it can stand in a header.

    Raises:
        DefinitionError: It is empty, over 200 characters long, or holds control characters.
    """
    if not (len(name) <= 200 and name.isascii() and name.isprintable() and name) and not _NO_CONTROL.fullmatch(name):
        raise DefinitionError(f"{what} {name[:60]!r}: 1 to 200 characters, none of them a control character")
    return name


@dataclass(frozen=True, kw_only=True, slots=True)
class RunInfo:
    """What is known of a run without replaying it."""

    run_id: str
    workflow: str
    module: str
    """Where the workflow was defined, to tell two of one name apart."""
    status: Status
    started_at: datetime
    ended_at: datetime | None = None
    wake_at: datetime | None = None
    """When the earliest of its timers is due; `None` without one."""
    waiting_for: tuple[str, ...] = ()
    """`signal approval`, `timer`, `child t-1/3`: while it waits."""
    parent: str | None = None
    error: str | None = None
    """Why it failed, or why it cannot go on with the code at hand."""
    original: str | None = None
    """The run of which it is a fork."""


def under_way(run_id: str) -> RunInfo:
    """Return what is to be noted of a run that has something to take up."""
    return RunInfo(run_id=run_id, workflow="", module="", status="running", started_at=_EPOCH)


class Message(NamedTuple):
    """A row of the inbox: what any process asks of a run."""

    id: int
    """Rising; rows of one run are taken in this order."""
    run_id: str
    kind: Literal["start", "signal", "cancel"]
    name: str
    """Of the signal, or of the workflow to start."""
    message_id: str | None
    """Given by the sender, so that sending twice counts once."""
    payload: bytes
    at_us: int


class Beginning(NamedTuple):
    """What is noted of a run when it begins."""

    run_id: str
    workflow: str
    module: str
    """Where the workflow was defined."""
    at_us: int
    parent: str | None = None
    original: str | None = None
    """The run of which it is a fork."""


class Ending(NamedTuple):
    """What is noted of a run when it ends."""

    run_id: str
    status: Status
    at_us: int
    entries: int
    """How many it has."""
    head: bytes
    """The hash of the last."""
    error: str | None


@dataclass
class Batch:
    """What is committed together: all of it or nothing."""

    records: list[Record] = field(default_factory=list)
    started: list[Beginning] = field(default_factory=list)
    """Runs that begin."""
    changed: dict[str, RunInfo] = field(default_factory=dict)
    """Runs whose status changed, as they are now."""
    ended: dict[str, Ending] = field(default_factory=dict)
    """Runs that ended."""
    taken: list[int] = field(default_factory=list)
    """Inbox rows that are now in a journal, or settled."""
    carried: list[Message] = field(default_factory=list)
    """Messages to be put into the inbox, for the next run of a chain or for a child."""
    handed_on: list[tuple[str, str]] = field(default_factory=list)
    """The next run of a chain, and the one that ends: what nobody took of the inbox is for the next from now on."""

    def __bool__(self) -> bool:
        return bool(self.records or self.changed or self.taken)

    @property
    def is_entries_only(self) -> bool:
        """Nothing is to be written but entries of runs that are under way, and go on to be."""
        return not (self.started or self.changed or self.ended or self.taken or self.carried or self.handed_on)


class Journal(Protocol):
    """Where runs, entries and the inbox are kept. Its promise is proven by `tests/contract/test_journal.py`.

    Every method may raise `StoreError`. What `commit`, `send` and `keep_schedule` wrote is on disk
    when they return.
    """

    def commit(self, batch: Batch) -> None:
        """Write a batch, all of it or nothing."""

    def send(
        self,
        kind: Literal["start", "signal", "cancel"],
        run_id: str,
        name: str,
        message_id: str | None,
        payload: bytes,
        at_us: int,
    ) -> bool:
        """Put a message into the inbox.

        `False` if one of this kind and id was there before, or for a signal if the run went on as another.
        """

    def is_known(self, kind: Literal["start", "signal", "cancel"], run_id: str, message_id: str) -> bool:
        """Say whether a message of this id was ever sent."""

    def run(self, run_id: str) -> RunInfo | None:
        """Return what is known of a run."""

    def runs(self, *, status: str | None, workflow: str | None, limit: int) -> list[RunInfo]:
        """Return runs, the latest first."""

    def run_ids(self) -> list[str]:
        """Return the ids of all runs, those included of which only entries are left."""

    def to_resume(self) -> list[str]:
        """Return the ids of runs that were under way, oldest first; those that wait are not among them."""

    def due(self, at_us: int) -> list[str]:
        """Return the ids of waiting runs with a timer due by then."""

    def next_due(self, after_us: int) -> int | None:
        """Return when the earliest timer of a waiting run is due after that time."""

    def records(self, run_id: str) -> list[Record]:
        """Return a run's entries in order."""

    def beginning(self, run_id: str) -> tuple[str, bytes] | None:
        """Return workflow and first payload of a run that has entries, or whose start is in the inbox.

        An erased payload is empty.
        """

    def last_record(self, run_id: str) -> Record | None:
        """Return a run's last entry."""

    def messages(self, *, after: int = 0, run_id: str | None = None) -> list[Message]:
        """Return the inbox rows with a higher id that nobody took yet, in order, of one run or of all."""

    def end_of(self, run_id: str) -> tuple[str, int, bytes] | None:
        """Return status, number of entries and last hash as noted when a run ended; `None` before that."""

    def schedule(self, name: str) -> tuple[str, str, int] | None:
        """Return expression, time zone and the time up to which a schedule's ticks are dealt with."""

    def keep_schedule(self, name: str, cron: str, zone: str, done_us: int) -> None:
        """Note up to which time a schedule's ticks are dealt with."""

    def changed(self) -> bool:
        """Say whether anyone may have written since the last call: cheap, for looking often."""

    def close(self) -> None:
        """Let go of the database."""

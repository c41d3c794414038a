"""The journal on one SQLite file."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, cast

from segue.engine import workspace
from segue.engine.codec import COMPRESSED_FROM_BYTES, pack, unpack
from segue.engine.journal import Batch, Beginning, Ending, Message, Record, RunInfo, Status, from_us, inner, to_us
from segue.engine.workspace import EMPTY, Tip, WorkspaceKind, WorkspaceRecord
from segue.errors import CodecError, StoreError
from segue.store import sqlite, statements

NOTHING = 0
"""Stands for null in what is written for every run, as statements know; see `bound` on what a `None` costs."""


class SqliteJournal:
    """Runs, entries, inbox and workspace chain in one file; the promise is `workspace.WorkspaceJournal`'s."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the file; unless it is only read, it and its folder are created where they are missing.

        Raises:
            StoreError: It cannot be opened, or is from a newer Segue.
        """
        self.path = path
        self._sql = statements.load("engine")
        self._insert_entry = self._sql["insert_entry"]
        self._connection = sqlite.connect(path, read_only=True) if read_only else sqlite.open_file(path)
        # a damaged text is read, and then does not fit its hash; refused, it would have no run and no number
        self._connection.text_factory = lambda raw: raw.decode(errors="replace")
        # data_version tells of others' commits only, so a connection of its own; memory has no others
        self._watch = self._connection if read_only or path == sqlite.MEMORY else sqlite.connect(path)
        self._version = -1
        self._tip = EMPTY
        """Where the workspace chain ended when this one last looked."""

    def commit(self, batch: Batch) -> None:
        """Write a batch, all of it or nothing, durable on return."""
        if len(batch.records) == 1 and batch.is_entries_only:
            try:
                self._connection.execute(self._insert_entry, bound(batch.records[0]))  # is a transaction by itself
            except sqlite.Error as error:
                raise sqlite.failure(self.path, error) from error
            return
        writes: tuple[tuple[str, Callable[[Any], Any], Collection[Any]], ...] = (
            ("insert_run", _begun, batch.started),
            ("insert_entry", bound, batch.records),
            ("change_run", _changed, batch.changed.values()),
            ("drop_message", _only, batch.taken),
            ("take_message", _only, batch.taken),
            ("hand_on", tuple, batch.handed_on),
            ("send", _carried, batch.carried),
            ("end_run", _ended, batch.ended.values()),
        )
        with self._writing():
            for statement, row, values in writes:
                if values:
                    self._connection.executemany(self._sql[statement], map(row, values))
            if batch.started or batch.ended:
                self._append("runs", "", *workspace.commit_detail(batch))

    def send(
        self,
        kind: Literal["start", "signal", "cancel"],
        run_id: str,
        name: str,
        message_id: str | None,
        payload: bytes,
        at_us: int,
    ) -> bool:
        """Put a message into the inbox, durable on return; `False` if it is known, or the run went on as another."""
        with sqlite.reporting(self.path):
            return (
                self._connection.execute(self._sql["send"], (run_id, kind, name, message_id, payload, at_us)).rowcount
                > 0
            )

    def is_known(self, kind: Literal["start", "signal", "cancel"], run_id: str, message_id: str) -> bool:
        """Say whether a message of this id was ever sent."""
        return bool(self._rows("is_known", (run_id, kind, message_id)))

    def run(self, run_id: str) -> RunInfo | None:
        """Return what is known of a run."""
        return next(map(_info, self._rows("run", (run_id,))), None)

    def runs(self, *, status: str | None, workflow: str | None, limit: int) -> list[RunInfo]:
        """Return runs, the latest first."""
        wanted = {"status": status, "workflow": workflow, "limit": limit}
        return [_info(row) for row in self._rows("runs", wanted)]

    def run_ids(self) -> list[str]:
        """Return the ids of all runs, those included of which only entries are left."""
        return [row[0] for row in self._rows("run_ids")]

    def to_resume(self) -> list[str]:
        """Return the ids of runs that were under way, oldest first."""
        return [row[0] for row in self._rows("to_resume")]

    def due(self, at_us: int) -> list[str]:
        """Return the ids of waiting runs with a timer due by then."""
        return [row[0] for row in self._rows("due", (at_us,))]

    def next_due(self, after_us: int) -> int | None:
        """Return when the earliest timer of a waiting run is due after that time."""
        return cast("int | None", self._rows("next_due", (after_us,))[0][0])

    def records(self, run_id: str) -> list[Record]:
        """Return a run's entries in order."""
        return [_unpacked(row) for row in self._rows("records", (run_id,))]

    def beginning(self, run_id: str) -> tuple[str, bytes] | None:
        """Return workflow and first payload of a run that has entries, or whose start is in the inbox."""
        for name, payload in self._rows("beginning", (run_id,)):
            return name, b"" if payload is None else unpack(payload)
        return None

    def last_record(self, run_id: str) -> Record | None:
        """Return a run's last entry."""
        return next(map(_unpacked, self._rows("last_record", (run_id,))), None)

    def messages(self, *, after: int = 0, run_id: str | None = None) -> list[Message]:
        """Return what nobody took yet, in order, of one run or of all."""
        rows = self._rows("messages", (after,)) if run_id is None else self._rows("messages_of", (run_id,))
        return [Message(*row) for row in rows]

    def end_of(self, run_id: str) -> tuple[str, int, bytes] | None:
        """Return status, number of entries and last hash as noted when a run ended; `None` before that."""
        rows = self._rows("end_of", (run_id,))
        return rows[0] if rows and rows[0][2] is not None else None

    def record(self, kind: WorkspaceKind, subject: str, at_us: int, detail: str, payload: bytes) -> WorkspaceRecord:
        """Append an entry to the workspace chain, durable on return."""
        with self._writing():
            return self._append(kind, subject, at_us, detail, payload)

    def checkpoint(self, at_us: int) -> WorkspaceRecord:
        """Append what runs that have not ended have come to since the last checkpoint, and return the entry."""
        with self._writing():
            found = self._rows("to_note")
            self._connection.executemany(self._sql["note"], [(entries, run_id) for run_id, entries, _ in found])
            runs = [[run_id, entries, head.hex()] for run_id, entries, head in found]
            return self._append("checkpoint", "", at_us, workspace.as_detail({"runs": runs}))

    def workspace(self) -> Iterator[WorkspaceRecord]:
        """Yield the workspace chain in order."""
        for row in self._each("workspace_records"):
            yield WorkspaceRecord(*row)

    def recorded(self, kind: str | None, subject: str | None) -> Iterator[WorkspaceRecord]:
        """Yield the entries of a kind and about a subject."""
        for row in self._rows("workspace_recorded", {"kind": kind, "subject": subject}):
            yield WorkspaceRecord(*row)

    def hash_at(self, run_id: str, seq: int) -> bytes | None:
        """Return the hash of one entry of a run."""
        return next((row[0] for row in self._rows("hash_at", (run_id, seq))), None)

    def all_records(self) -> Iterator[Record]:
        """Yield every entry of every run, by run id and number."""
        return map(_unpacked, self._each("all_records"))

    def ended_roots(self, before_us: int, *, after: str, limit: int) -> list[str]:
        """Return the next ids of runs without a parent that ended before a time."""
        return [row[0] for row in self._rows("ended_roots", {"before": before_us, "after": after, "limit": limit})]

    def children(self, run_id: str) -> list[str]:
        """Return the ids of the runs that a run started."""
        return [row[0] for row in self._rows("children", (run_id,))]

    def forks(self, run_id: str) -> list[str]:
        """Return the ids of a run's forks."""
        return [row[0] for row in self._rows("forks", (run_id,))]

    def prune(self, run_ids: Sequence[str], before_us: int, at_us: int) -> list[tuple[str, int]]:
        """Remove runs, and say so in the workspace chain; returns each that was, and how many entries it had."""
        with self._writing():
            found = self._rows("to_prune", {"ids": json.dumps(run_ids), "before": before_us})
            for statement in ("prune_entries", "prune_messages", "prune_run"):
                self._connection.executemany(self._sql[statement], [(run_id,) for run_id, _, _ in found])
            if found:
                runs = [[run_id, entries, head.hex()] for run_id, entries, head in found]
                self._append("pruned", "", at_us, workspace.as_detail({"runs": runs}))
        return [(run_id, entries) for run_id, entries, _ in found]

    def erase(self, targets: Mapping[str, Collection[int] | None], at_us: int) -> dict[str, int]:
        """Remove payloads and their salts, and say so in the workspace chain; returns how many, by run."""
        whole = [(run_id,) for run_id, numbers in targets.items() if numbers is None]
        with self._writing():
            erased = {run_id: self._erase_entries(run_id, numbers) for run_id, numbers in targets.items()}
            erased = {run_id: count for run_id, count in erased.items() if count}
            self._connection.executemany(self._sql["erase_run"], whole)
            self._connection.executemany(self._sql["prune_messages"], whole)
            told = self._rows("workspace_payloads", (json.dumps([run_id for (run_id,) in whole]),))
            digests = [(inner(salt, payload, None), seq) for seq, salt, payload in told]
            self._connection.executemany(self._sql["erase_workspace_entry"], digests)
            if erased or told:
                detail = {"runs": list(erased.items()), "workspace": [seq for seq, _, _ in told]}
                self._append("erasure", "", at_us, workspace.as_detail(detail))
        return erased

    def _erase_entries(self, run_id: str, numbers: Collection[int] | None) -> int:
        found = [
            (inner(record.salt, record.payload, None), run_id, record.seq)
            for record in self.records(run_id)
            if record.payload is not None and (numbers is None or record.seq in numbers)
        ]
        self._connection.executemany(self._sql["erase_entry"], found)
        return len(found)

    def drop_start(self, run_id: str) -> None:
        """Let a start that nobody took up not be asked for any more, nor what was sent after it."""
        with sqlite.reporting(self.path):
            self._connection.execute(self._sql["drop_start"], (run_id,))

    def rewrite(self) -> None:
        """Write the file anew, so that no byte of what was removed is left in it or in its log."""
        with sqlite.reporting(self.path):
            self._connection.execute(self._sql["rewrite"])
            is_busy, _, _ = self._connection.execute(self._sql["empty_log"]).fetchone()
        if is_busy:
            raise StoreError(f"{self.path}: another process reads it, so its log cannot be emptied; try again later")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let everything that is read inside be of one moment."""
        with sqlite.reporting(self.path):
            self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def schedule(self, name: str) -> tuple[str, str, int] | None:
        """Return expression, time zone and the time up to which a schedule's ticks are dealt with."""
        return cast("tuple[str, str, int] | None", next(iter(self._rows("schedule", (name,))), None))

    def keep_schedule(self, name: str, cron: str, zone: str, done_us: int) -> None:
        """Note up to which time a schedule's ticks are dealt with, durable on return."""
        self._rows("keep_schedule", (name, cron, zone, done_us))

    def changed(self) -> bool:
        """Say whether anyone may have written since the last call."""
        with sqlite.reporting(self.path):
            version = int(self._watch.execute("PRAGMA data_version").fetchone()[0])
        changed, self._version = version != self._version, version
        return changed

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._watch.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the file's one write lock: all that is written inside is durable at the end, or none of it."""
        execute = self._connection.execute
        with sqlite.reporting(self.path):
            execute("BEGIN IMMEDIATE")
            try:
                yield
                execute("COMMIT")
            except BaseException:
                self._tip = EMPTY
                if self._connection.in_transaction:
                    execute("ROLLBACK")
                raise

    def _append(
        self, kind: WorkspaceKind, subject: str, at_us: int, detail: str, payload: bytes = b"null"
    ) -> WorkspaceRecord:
        """Append to the workspace chain while the lock is held.

        Others append too: where the next number is taken, the end that was remembered is no longer the end.
        """
        insert = self._sql["insert_workspace_entry"]
        made = workspace.next_record(self._tip, kind, subject, at_us, detail, payload)
        if not self._connection.execute(insert, _bound_for_all(made)).rowcount:
            self._tip = Tip(*self._rows("workspace_tip")[0])
            made = workspace.next_record(self._tip, kind, subject, at_us, detail, payload)
            self._connection.execute(insert, _bound_for_all(made))
        self._tip = Tip(made.seq, made.at_us, made.hash)
        return made

    def _each(self, statement: str) -> Iterator[sqlite.Row]:
        with sqlite.reporting(self.path):
            for row in self._connection.execute(self._sql[statement]):  # noqa: UP028 (left early, it asks for nothing)
                yield row

    def _rows(self, statement: str, parameters: sqlite.Parameters = ()) -> list[sqlite.Row]:
        try:
            return self._connection.execute(self._sql[statement], parameters).fetchall()
        except sqlite.Error as error:
            raise sqlite.failure(self.path, error) from error


def _begun(begun: Beginning) -> tuple[Any, ...]:
    run_id, workflow, module, at_us, parent, original = begun
    return run_id, workflow, module, at_us, parent or NOTHING, original or NOTHING


def _changed(info: RunInfo) -> tuple[Any, ...]:
    return info.status, _us(info.wake_at), json.dumps(info.waiting_for), info.error, info.run_id


def _only(value: int) -> tuple[Any, ...]:
    return (value,)


def _carried(message: Message) -> tuple[Any, ...]:
    return message.run_id, message.kind, message.name, message.message_id, message.payload, message.at_us


def _ended(end: Ending) -> tuple[Any, ...]:
    run_id, status, at_us, entries, head, error = end
    return status, at_us, entries, bytearray(head), NOTHING if error is None else error, run_id


def bound(record: Record) -> tuple[Any, ...]:
    """Return a new entry as a row, in the form that takes the least time.

    Python's SQLite reads a plain tuple directly, and one with names item by item; it looks for an adapter of each
    `bytes` and each `None`, in vain, but not of a `bytearray`. All that costs as much as the insert itself.
    """
    salt, payload, _, hash_ = record[7:]
    if salt is None or payload is None:
        raise ValueError(f"entry {record.seq} of run {record.run_id} is to be written, and is erased already")
    if len(payload) >= COMPRESSED_FROM_BYTES:
        payload = pack(payload)
    return *record[:7], bytearray(salt), bytearray(payload), bytearray(hash_)


def _bound_for_all(record: WorkspaceRecord) -> tuple[Any, ...]:
    """Return a new entry of the workspace chain as a row, as `bound` does."""
    salt, payload, _, hash_ = record[5:]
    return *record[:5], bytearray(salt or b""), bytearray(payload or b""), bytearray(hash_)


def _unpacked(row: sqlite.Row) -> Record:
    record = Record(*row)
    if record.payload is None:
        return record
    try:
        return record._replace(payload=unpack(record.payload))
    except CodecError:
        return record  # as it is, it does not fit its hash: whoever checks the chain names it


def _us(at: Any) -> int | None:
    return None if at is None else to_us(at)


def _info(row: sqlite.Row) -> RunInfo:
    run_id, workflow, module, status, started, ended, wake, waiting, parent, error, original = row
    return RunInfo(
        run_id=run_id,
        workflow=workflow,
        module=module,
        status=cast("Status", status),
        started_at=from_us(started),
        ended_at=None if ended is None else from_us(ended),
        wake_at=None if wake is None else from_us(wake),
        waiting_for=tuple(json.loads(waiting or "[]")),
        parent=parent,
        error=error,
        original=original,
    )

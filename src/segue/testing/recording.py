"""Journals of runs in a file of their own: one entry a line, to be kept beside the code that they are replayed with."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from segue.engine.audit import check_run
from segue.engine.embedded.journal import SqliteJournal
from segue.engine.embedded.url import sqlite_path
from segue.engine.journal import Record, break_in
from segue.errors import AuditError, RunNotFound

_BYTES = ("salt", "digest", "hash")
"""Fields of an entry that are written as hexadecimal digits."""


class Recorded(NamedTuple):
    """A run's journal."""

    run_id: str
    workflow: str
    module: str
    """Where its workflow was defined."""
    records: list[Record]
    """All of its entries, checked against their hash chain."""


def record(source: str | Path, *, to: str | Path, run_ids: Iterable[str] | None = None) -> int:
    """Write journals to a file, one entry a line, to be replayed against later code; return the number of runs.

    The file holds everything that the journals hold, customers' data too: record what may be kept.

    Args:
        source: A database's file or `sqlite:///` URL, which is only read; or an earlier recording.
        to: The file, `*.jsonl`; replaced.
        run_ids: Only these.

    Raises:
        StoreError: The database cannot be read.
        RunNotFound: It has no run of one of these ids.
        AuditError: A journal was altered.
    """
    recorded = read(source, run_ids)
    with Path(to).open("w", encoding="utf-8") as file:
        for run in recorded:
            file.writelines(f"{json.dumps(_written(run, entry), ensure_ascii=False)}\n" for entry in run.records)
    return len(recorded)


def read(source: str | Path, run_ids: Iterable[str] | None = None) -> list[Recorded]:
    """Return the journals of a database or a recording, in the order of their ids.

    Raises:
        StoreError: The database cannot be read.
        RunNotFound: There is no run of one of these ids.
        AuditError: A journal was altered.
        ValueError: A line of the recording is no entry.
    """
    wanted = None if run_ids is None else set(run_ids)
    path = sqlite_path(source) if isinstance(source, str) and "://" in source else Path(source)
    found = _of_recording(path, wanted) if path.suffix == ".jsonl" else _of_database(path, wanted)
    runs = sorted(found, key=lambda run: run.run_id)
    missing = sorted((wanted or set()) - {run.run_id for run in runs})
    if missing:
        raise RunNotFound(f"{path}: there is no run {', '.join(missing)}")
    return runs


def _of_database(path: Path, wanted: Collection[str] | None) -> list[Recorded]:
    with closing(SqliteJournal(path, read_only=True)) as kept:
        runs = [kept.run(run_id) for run_id in kept.run_ids() if wanted is None or run_id in wanted]
        return [Recorded(run.run_id, run.workflow, run.module, check_run(kept, run.run_id)) for run in runs if run]


def _of_recording(path: Path, wanted: Collection[str] | None) -> Iterator[Recorded]:
    with path.open(encoding="utf-8") as file:
        lines = [_read(path, number, line) for number, line in enumerate(file, 1)]
    for run_id, entries in groupby(lines, key=lambda entry: entry[0].run_id):
        if wanted is None or run_id in wanted:
            chain = list(entries)
            records = [entry for entry, _ in chain]
            bad = break_in(records)
            if bad is not None:
                raise AuditError(bad[1], run_id=run_id, seq=bad[0])
            yield Recorded(run_id, records[0].name, chain[0][1], records)


def _written(run: Recorded, entry: Record) -> dict[str, Any]:
    fields: dict[str, Any] = entry._asdict() | {"payload": entry.payload and entry.payload.decode()}
    for name in _BYTES:
        fields[name] = fields[name] and fields[name].hex()
    return fields if entry.seq else fields | {"module": run.module}


def _read(path: Path, number: int, line: str) -> tuple[Record, str]:
    try:
        fields: dict[str, Any] = json.loads(line)
        module = fields.pop("module", "")
        for name in _BYTES:
            fields[name] = None if fields[name] is None else bytes.fromhex(fields[name])
        payload = fields.pop("payload")
        return Record(payload=None if payload is None else payload.encode(), **fields), module
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{path}:{number} is no entry of a journal: {error}") from error

"""The whole record as JSON Lines, for whoever wants to check it without this program; see docs/reference/audit.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from segue.engine.journal import Record
from segue.engine.workspace import WorkspaceJournal, WorkspaceRecord

FORMAT = "segue-audit"
VERSION = 1


def lines(kept: WorkspaceJournal) -> Iterator[str]:
    """Yield the record line by line: what it is, every entry of every run, then the workspace chain.

    Args:
        kept: Must not change meanwhile: see `WorkspaceJournal.snapshot`.
    """
    yield _line({"format": FORMAT, "version": VERSION})
    for entry in kept.all_records():
        header = {
            "run_id": entry.run_id,
            "seq": entry.seq,
            "path": entry.path,
            "kind": entry.kind,
            "name": entry.name,
            "at": entry.at_us,
            "attempt": entry.attempt,
        }
        yield _line(header | _hashed(entry))
    for told in kept.workspace():
        header = {
            "seq": told.seq,
            "kind": told.kind,
            "subject": told.subject,
            "at": told.at_us,
            "detail": told.detail,
        }
        yield _line(header | _hashed(told))


def _hashed(record: Record | WorkspaceRecord) -> dict[str, str | None]:
    """Return bytes as hexadecimal digits, and the payload as the text that was hashed."""
    return {
        "salt": None if record.salt is None else record.salt.hex(),
        "payload": None if record.payload is None else record.payload.decode(errors="replace"),
        "digest": None if record.digest is None else record.digest.hex(),
        "hash": record.hash.hex(),
    }


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value) + "\n"

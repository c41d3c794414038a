"""The company's systems: `db.json` as it was handed over, and every change since in `changes.jsonl`, a line each."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from segue import idempotency_key

Table = dict[str, dict[str, Any]]
Data = dict[str, Table]
"""Records by table and id."""
Touched = list[tuple[str, str]]
"""Table and id of every record that was changed."""


class Ledger:
    """What the tools read and change; a change is on disk, under the key of its call, before the call returns."""

    def __init__(self, folder: Path) -> None:
        """Read what is there."""
        self._log = folder / "changes.jsonl"
        self._lock = threading.Lock()
        self.data = read(folder)
        self._done: dict[str, Any] = {}
        for line in self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else ():
            try:
                change = json.loads(line)
            except ValueError:
                continue  # the last one, which was cut off: its call never returned
            for table, name, record in change["records"]:
                self.data[table][name] = record
            self._done[change["key"]] = change["result"]

    def change(self, do: Callable[..., tuple[Any, Touched]], *args: Any) -> Any:
        """Make a change of this call once, however often it is asked for, and return its result."""
        key = idempotency_key()
        with self._lock:
            if key not in self._done:
                result, touched = do(self.data, *args)
                records = [[table, name, self.data[table][name]] for table, name in touched]
                with self._log.open("a", encoding="utf-8") as log:
                    log.write(json.dumps({"key": key, "records": records, "result": result}) + "\n")
                self._done[key] = result
            return self._done[key]

    def found(self, key: str) -> tuple[bool, Any]:
        """Say whether the change of a call was made, and what it gave."""
        with self._lock:
            return key in self._done, self._done.get(key)


def read(folder: Path) -> Data:
    """Return the records as they were handed over."""
    found: dict[str, Any] = json.loads((folder / "db.json").read_text(encoding="utf-8"))
    return {name: table["data"] if set(table) == {"data", "notes"} else table for name, table in found.items()}

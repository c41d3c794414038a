"""Where the real data is: beside the clone, read in place and never copied into it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def folder(name: str) -> Path:
    """Return the folder of a data set.

    Raises:
        FileNotFoundError: The shared data is not beside this clone.
    """
    found = SHARED / name
    if not found.is_dir():
        raise FileNotFoundError(f"{found}: the shared data is not beside this clone, so this is skipped")
    return found


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)

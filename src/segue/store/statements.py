"""Named SQL statements, read from the `.sql` files of this folder."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def load(room: str) -> dict[str, str]:
    """Return the statements of `<room>.sql` by name.

    A statement begins with a line `-- name: <name>`; the comment lines below it say what it is for, and
    everything up to the next name is its text.

    Raises:
        ValueError: The file names a statement twice, or has SQL before the first name.
    """
    text = (files("segue.store") / f"{room}.sql").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    head, *blocks = text.split("-- name:")
    if any(line and not line.startswith("--") for line in map(str.strip, head.splitlines())):
        raise ValueError(f"{room}.sql: SQL before the first `-- name:`")
    for block in blocks:
        name, _, body = block.partition("\n")
        lines = [line for line in body.splitlines() if not line.lstrip().startswith("--")]
        if name.strip() in found:
            raise ValueError(f"{room}.sql: the name {name.strip()} stands twice")
        found[name.strip()] = "\n".join(lines).strip().rstrip(";")
    return found


def migrations() -> list[tuple[int, str]]:
    """Return the numbered scripts of `migrations/`, lowest first, as (number, SQL)."""
    folder = files("segue.store") / "migrations"
    scripts = sorted(
        (entry.name, entry.read_text(encoding="utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql")
    )
    return [(int(name.split("_")[0]), text) for name, text in scripts]

"""Writes the reference of `segue.toml` from the table that reads it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from segue.settings.sections import LATER, SECTIONS, Key

_HEAD = """# Settings: `segue.toml`

Every section and every key may be left out. An unknown one is an error that names the nearest known one, and
`segue check` shows each mistake with its line.
"""


def reference() -> str:
    """Return the text of `docs/reference/settings.md`."""
    parts = [_HEAD, *(_section(name, section) for name, section in SECTIONS.items()), _later()]
    return "\n".join(parts)


def _section(name: str, section: type) -> str:
    about = (section.__doc__ or "").splitlines()[0]
    rows = [_row(entry.name, entry.default, entry.metadata["key"]) for entry in fields(section)]
    head = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    return "\n".join([f"## `[{name}]`", "", about, "", *head, *rows, ""])


def _row(name: str, default: Any, key: Key) -> str:
    word = f"any other name: a {name.removesuffix('s')}" if key.is_rest else f"`{name}`"
    shown = "" if key.is_rest else f"`{key.kind.show(default)}`"
    variable = f" The environment variable `{key.variable}` wins over it." if key.variable else ""
    return f"| {word} | {key.kind.expected} | {shown} | {key.about}{variable} |"


def _later() -> str:
    rows = [f"- `[{'.'.join(path)}]`: {about}" for path, about in LATER.items()]
    return "\n".join(["## Known, but not built yet", "", "A key in one of these is an error.", "", *rows, ""])

"""Writes the reference of `segue.toml` from the table that reads it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from segue.settings.keys import Key, keys
from segue.settings.sections import LATER, SECTIONS

_HEAD = """# Settings: `segue.toml`

Every section and every key may be left out. An unknown one is an error that names the nearest known one, and
`segue check` shows each mistake with its line.
"""


def reference() -> str:
    """Return the text of `docs/reference/settings.md`."""
    found: dict[type, list[str]] = {}
    for name, section in SECTIONS.items():
        _collect(name, section, found)
    return "\n".join([_HEAD, *(_section(paths, section) for section, paths in found.items()), _later()])


def _collect(path: str, section: type, found: dict[type, list[str]]) -> None:
    """Note where a section and those inside it stand, by their classes."""
    found.setdefault(section, []).append(f"`[{path}]`")
    for name, entry in keys(section).items():
        if entry.section is not None:
            _collect(f"{path}.{name}.NAME", entry.section, found)


def _section(paths: list[str], section: type) -> str:
    about = (section.__doc__ or "").splitlines()[0]
    known, defaults = keys(section), {entry.name: entry.default for entry in fields(section)}
    rows = [_row(name, defaults[name], entry) for name, entry in known.items() if entry.section is None]
    inner = [f"- `{name}.NAME`: {entry.about}" for name, entry in known.items() if entry.section is not None]
    head = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    parts = [f"## {' and '.join(paths)}", "", about, ""]
    if rows:
        parts += [*head, *rows, ""]
    if inner:
        parts += ["Sections inside:", "", *inner, ""]
    return "\n".join(parts)


def _row(name: str, default: Any, key: Key) -> str:
    word = f"any other name: a {name.removesuffix('s')}" if key.is_rest else f"`{name}`"
    shown = "" if key.is_rest else key.kind.show(default)
    shown = f"`{shown}`" if shown not in ("", '""') else ""
    variable = f" The environment variable `{key.variable}` wins over it." if key.variable else ""
    return f"| {word} | {key.kind.expected} | {shown} | {key.about}{variable} |"


def _later() -> str:
    rows = [f"- `[{'.'.join(path)}]`: {about}" for path, about in LATER.items()]
    return "\n".join(["## Known, but not built yet", "", "A key in one of these is an error.", "", *rows, ""])

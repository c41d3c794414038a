"""Where the characters of a YAML scalar are written, so that a finding can point into it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from segue.plan.plan import Place

_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_SPACE = re.compile(r"(?:[ \t\r\n\x85\u2028\u2029]|\\(?=[\r\n]))*")


def anchors(raw: str, value: str, style: str | None, place: Place) -> Iterator[tuple[int, int, int]]:
    """Yield (offset, line, column) for each character that is not written right after the one before.

    Exact for quoted and literal scalars; folded lines are matched by their words.

    Args:
        raw: The scalar as it is written, quotes or block header included.
        value: The text that YAML makes of it.
        style: YAML's style: None for plain, else a quote, `|` or `>`.
        place: Where `raw` begins.
    """
    lines = [0, *(match.end() for match in _BREAK.finditer(raw))]
    at = lines[1] if style in ("|", ">") and len(lines) > 1 else len(style or "")
    line, expected = 0, -1
    for offset, char in enumerate(value):
        at, width = _match(raw, at, char, style)
        if at >= len(raw):
            return
        while line + 1 < len(lines) and lines[line + 1] <= at:
            line, expected = line + 1, -1
        if at != expected:
            column = at - lines[line] + (place.column if line == 0 else 1)
            yield offset, place.line + line, column
        at, expected = at + width, at + 1


def _match(raw: str, at: int, char: str, style: str | None) -> tuple[int, int]:
    """Return where the next character of the text begins in `raw`, and how many characters write it."""
    if style == '"' and raw[at : at + 1] == "\\" and raw[at + 1 : at + 2] not in ("\r", "\n"):
        return at, 2 + {"x": 2, "u": 4, "U": 8}.get(raw[at + 1 : at + 2], 0)
    if style == "'" and raw[at : at + 2] == "''":
        return at, 2
    if raw[at : at + 1] == char:
        return at, 1
    space = _SPACE.match(raw, at)
    end = space.end() if space else at
    if char in " \n":  # a line break that was folded
        return at, max(1, end - at)
    if raw[end : end + 1] != char and style == '"':  # an escape behind a line break
        return _match(raw, end, char, style) if end > at else (end, 1)
    return end, 1

"""A source as a reader takes it in: blocks of text, each a region and what to leave out or replace in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

Kind = Literal["heading", "text", "item", "row", "code"]


class Edit(NamedTuple):
    """A stretch of the source that a reader sees as something else, or not at all."""

    start: int
    end: int
    replacement: str = ""


class Block(NamedTuple):
    """A heading, paragraph, list item, table row or stretch of code.

    Named tuples, since a large folder makes hundreds of thousands of them.
    """

    kind: Kind
    start: int
    """First code point of its region in the source."""
    end: int
    """End of the region, exclusive."""
    text: str
    """The region with its edits made."""
    edits: tuple[Edit, ...] = ()
    """In order, without overlap, all inside the region."""
    level: int = 0
    """Of a heading: 1 to 6."""
    head: str = ""
    """Of a row below the head of its table: what the head says."""


class Source(NamedTuple):
    """What a reader of one format finds in a file."""

    blocks: list[Block]
    """In order, without overlap, none of them blank."""
    title: str | None = None
    """The title that the file itself names."""
    language: str | None = None
    links: tuple[str, ...] = ()
    """What it points to, as it is written there."""


def block(
    kind: Kind, source: str, start: int, end: int, edits: list[Edit], *, level: int = 0, head: str = ""
) -> Block | None:
    """Return the block of that region, trimmed to what a reader sees; `None` where that is nothing.

    Args:
        kind: What it is.
        source: The whole text.
        start: Where its region begins.
        end: Where its region ends.
        edits: In any order; of two that overlap, the one that begins first counts.
        level: Of a heading.
        head: Of a row, the head of its table.
    """
    ordered = _ordered(edits) if edits else edits
    text = apply(source, start, end, ordered) if edits else source[start:end]
    if not text or text[0].isspace() or text[-1].isspace():
        start, end, ordered = _trimmed(source, start, end, ordered)
        text = apply(source, start, end, ordered)
        if not text or text.isspace():
            return None
    return Block(kind, start, end, text, tuple(ordered), level, head)


def apply(source: str, start: int, end: int, edits: Sequence[Edit]) -> str:
    """Return `source[start:end]` with the edits made."""
    parts = []
    for edit in edits:
        parts.append(source[start : edit.start])
        parts.append(edit.replacement)
        start = edit.end
    parts.append(source[start:end])
    return "".join(parts)


def origins(block: Block) -> list[int]:
    """Return for each character of the block's text where in the source it stands, and the end last."""
    found: list[int] = []
    position = block.start
    for edit in block.edits:
        found.extend(range(position, edit.start))
        found.extend([edit.start] * len(edit.replacement))
        position = edit.end
    found.extend(range(position, block.end + 1))
    return found


def _ordered(edits: list[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    position = -1
    for edit in sorted(edits):
        if edit.start >= position:
            kept.append(edit)
            position = edit.end
    return kept


def _trimmed(source: str, start: int, end: int, edits: list[Edit]) -> tuple[int, int, list[Edit]]:
    """Leave out the white space, and the edits that leave nothing, at both ends."""
    first, last = 0, len(edits)
    while first < last and not (source[start : edits[first].start] + edits[first].replacement).strip():
        start = edits[first].end
        first += 1
    while first < last and not (edits[last - 1].replacement + source[edits[last - 1].end : end]).strip():
        end = edits[last - 1].start
        last -= 1
    while start < end and source[start].isspace() and (first == last or start < edits[first].start):
        start += 1
    while start < end and source[end - 1].isspace() and (first == last or end > edits[last - 1].end):
        end -= 1
    return start, end, edits[first:last]

"""What an extractor finds, and how the text is put together that offsets count in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segue.knowledge.blocks import Block, Kind


@dataclass(frozen=True)
class Part:
    """A heading, paragraph, list item or table row."""

    kind: Kind
    text: str
    level: int = 0
    """Of a heading: 1 to 6."""
    head: str = ""
    """Of a row below the head of its table: what the head says."""


class Unreadable(Exception):
    """A file cannot be read; the code is one of `problems.RULES`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def assembled(parts: Iterable[Part]) -> tuple[str, list[Block]]:
    """Return the text of all parts, and each as a block of it: a blank line apart, rows and items on lines."""
    pieces: list[str] = []
    blocks: list[Block] = []
    position, before = 0, ""
    for part in parts:
        text = part.text.strip()
        if not text:
            continue
        gap = "" if not pieces else "\n" if part.kind == before and part.kind in ("item", "row") else "\n\n"
        pieces += [gap, text]
        position += len(gap)
        blocks.append(Block(part.kind, position, position + len(text), text, (), part.level, part.head))
        position += len(text)
        before = part.kind
    return "".join(pieces), blocks

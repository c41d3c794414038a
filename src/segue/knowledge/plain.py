"""Plain text into blocks: paragraphs between blank lines, below a title where the first line looks like one."""

from __future__ import annotations

import re

from segue.knowledge.blocks import Block, Source, block

BLANK_LINES = re.compile(r"(?>\r\n|\r|\n)[ \t]*(?>\r\n|\r|\n)\s*")
LONGEST_TITLE = 120


def read(source: str) -> Source:
    """Return the paragraphs of `source`, and its title where it has one."""
    start = len(source) - len(source.lstrip())
    title = _title(source[start : start + LONGEST_TITLE + 2])
    if title is not None:
        start += len(title)
    blocks: list[Block] = []
    for separator in [*BLANK_LINES.finditer(source, start), None]:
        end = separator.start() if separator else len(source)
        paragraph = source[start:end]
        bare = paragraph.strip()
        if bare:
            first = start + paragraph.index(bare[0])
            made = block("text", source, first, first + len(bare), [])
            blocks += [made] if made else []
        start = separator.end() if separator else end
    return Source(blocks, title.strip() if title else None)


def _title(beginning: str) -> str | None:
    """Return the first line, if it is short, does not end like a sentence and something stands below it."""
    line, _, rest = beginning.partition("\n")
    bare = line.strip()
    if not rest or not bare or len(bare) > LONGEST_TITLE or bare[-1] in ".!?:;,":
        return None
    return line

"""CSV into blocks: each row below the head of its table, quotes and separators as a reader sees a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from segue.knowledge.blocks import Block, Edit, Source, block

SEPARATORS = ",;\t|"
SAMPLE = 20
"""Lines by which the separator is found."""
LINE_END = re.compile(r"\r\n|\r|\n")


def read(source: str) -> Source:
    """Return the rows of `source`; the first one is the head of the table."""
    separator = _separator(source)
    blocks: list[Block] = []
    head = ""
    for start, end, edits in _rows(source, separator):
        made = block("row", source, start, end, [Edit(start, start, "| "), *edits, Edit(end, end, " |")], head=head)
        if made is not None and made.text.strip("| "):
            blocks.append(made)
            head = head or made.text
    return Source(blocks)


def _separator(source: str) -> str:
    """Return what stands equally often in the first lines, and most often; a comma where nothing does."""
    lines = [line for line in source[:20_000].splitlines()[:SAMPLE] if line.strip()]
    best, most = ",", 0
    for separator in SEPARATORS:
        counts = Counter(line.count(separator) for line in lines)
        number, times = counts.most_common(1)[0] if counts else (0, 0)
        if number and times * number > most:
            best, most = separator, times * number
    return best


def _rows(source: str, separator: str) -> Iterator[tuple[int, int, list[Edit]]]:
    """Yield where each row stands, and what of it a reader sees otherwise (RFC 4180)."""
    cell = re.compile(rf'"(?:[^"]|"")*+"|[^{re.escape(separator)}\r\n]*+')
    position, size = 0, len(source)
    while position < size:
        start, edits = position, list[Edit]()
        while True:
            found = cell.match(source, position)
            position = found.end() if found else position
            if found and found[0].startswith('"') and found.end() - found.start() > 1:
                edits += _unquoted(source, found.start(), found.end())
            if position < size and source[position] == separator:
                edits.append(Edit(position, position + 1, " | "))
                position += 1
            elif position < size and not LINE_END.match(source, position):
                position += 1  # text behind a closing quote
            else:
                break
        yield start, position, edits
        ended = LINE_END.match(source, position)
        position = ended.end() if ended else size


def _unquoted(source: str, start: int, end: int) -> Iterator[Edit]:
    yield Edit(start, start + 1)
    for found in re.finditer(r'""|\s*[\r\n]+\s*', source[start + 1 : end - 1]):
        where = start + 1 + found.start()
        yield Edit(where, where + len(found[0]), '"' if found[0] == '""' else " ")
    yield Edit(end - 1, end)

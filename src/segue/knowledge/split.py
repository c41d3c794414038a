"""Blocks into passages: cut where a reader would turn the page.

A passage stays under one heading and aims at `IDEAL` characters. Where the text of a section is longer, the cuts are
those with the least cost over the whole section: sizes far from the ideal cost, so does a cut inside a paragraph (at
the end of a sentence) and one between an introduction and what it introduces.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from segue.knowledge.blocks import Block, origins

IDEAL = 720
"""Characters of a good passage: about 120 words."""
LONGEST = 1080
"""No passage is longer, and a section up to this stays whole: about 180 words."""
DIVISIBLE = 360
"""A paragraph above this may be cut between its sentences, where its section is too long."""
LONGEST_HEADING = 300
"""What is longer was not meant as one; the rest of it is left out."""
SECTION_LEVEL = 3
"""Headings down to this level begin a new passage; those below are lines of one."""

SENTENCE = re.compile(
    r"""
    [.!?…\u3002\uff01\uff1f\n]  # first, so that the search for the next candidate is fast
    (?: (?<=[.!?…]) ["'\u201d\u2019)\]]* \s+ (?=[^a-z\s])
      | (?<=[a-z)\]][.!?]) (?=[A-Z][a-z])  # in a text that lost its line ends
      | (?<=[\u3002\uff01\uff1f]) \s*  # Chinese and Japanese
      | (?<=\n) [ \t]* (?= (?: [-*•] | \d{1,3}[.)] ) [ ] )  # a list in plain text
    )
    """,
    re.VERBOSE,
)
LINE_END = re.compile(r"\n+")
BLANK_LINE = re.compile(r"\n\s*\n|\r\s*\r")
WORD = re.compile(r"\S")
SHORT = 120
"""A shorter sentence is not cut from the one behind it."""
MOST_ATOMS = 64
"""No passage holds more lines or sentences."""
INTRODUCTION_COST = 1.0
"""Of a cut after a heading, or after a line that ends with a colon."""
SENTENCE_COST = 0.15
"""Of a cut inside a paragraph."""


class Piece(NamedTuple):
    """A passage to be: its place, the headings above it and what a reader sees.

    Where a table is cut, that begins with the table's head, which stands in an earlier region.
    """

    heading: str
    start: int
    end: int
    text: str


class _Atom(NamedTuple):
    """What is not cut any further: a block, or a sentence of one that is too long."""

    gap: str
    """What stands between it and the one before."""
    start: int
    end: int
    text: str
    cost: float
    """Of a cut before it."""
    head: str = ""
    """Of a row below the head of its table: what the head says."""


def split(source: str, blocks: list[Block], *, title: str = "") -> Iterator[Piece]:
    """Yield the passages of a document in order.

    Args:
        source: The whole text.
        blocks: What a reader of its format found in it.
        title: Left out of the headings, where it stands among them.
    """
    above: list[tuple[int, str]] = []
    section: list[Block] = []
    for block in blocks:
        if block.kind == "heading" and block.level <= SECTION_LEVEL:
            yield from _pieces(source, section, _path(above, title))
            section = []
            above = [entry for entry in above if entry[0] < block.level]
            above.append((block.level, " ".join(block.text.split())[:LONGEST_HEADING]))
        else:
            section.append(block)
    yield from _pieces(source, section, _path(above, title))


def _path(above: list[tuple[int, str]], title: str) -> str:
    return " > ".join(text for _, text in above if text != title)


def _pieces(source: str, section: list[Block], heading: str) -> Iterator[Piece]:
    atoms = list(_atoms(source, section))
    for start, end in _cuts(atoms):
        chosen = atoms[start:end]
        rest = "".join([part for atom in chosen[1:] for part in (atom.gap, atom.text)])
        above = f"{chosen[0].head}\n" if chosen[0].head else ""
        yield Piece(heading, chosen[0].start, chosen[-1].end, above + chosen[0].text + rest)


def _atoms(source: str, section: list[Block]) -> Iterator[_Atom]:
    before: Block | None = None
    is_long = sum(len(block.text) for block in section) > LONGEST
    for block in section:
        gap = source[before.end : block.start] if before else ""
        if before and not gap.isspace():
            gap = "\n\n" if BLANK_LINE.search(gap) else "\n"
        cost = INTRODUCTION_COST if before and _introduces(before, block) else 0.0
        if len(block.text) > (DIVISIBLE if is_long and block.kind == "text" else LONGEST):
            yield from _parts(source, block, gap, cost)
        else:
            yield _Atom(gap, block.start, block.end, block.text, cost, block.head)
        before = block


def _introduces(before: Block, block: Block) -> bool:
    """Say whether a block leads to the one behind it; the head of a table does to its first row."""
    return before.kind == "heading" or before.text.endswith(":") or bool(block.head and not before.head)


def _parts(source: str, block: Block, gap: str, cost: float) -> Iterator[_Atom]:
    """Yield the sentences of a block that is too long, or the lines of long code."""
    where = origins(block)
    text_start, start = 0, block.start
    for text_end, following in _breaks(block.text, LINE_END if block.kind == "code" else SENTENCE):
        end = where[text_end]
        yield _Atom(gap, start, end, block.text[text_start:text_end], cost)
        cost = INTRODUCTION_COST if block.text[text_end - 1] == ":" else SENTENCE_COST
        gap, text_start, start = block.text[text_end:following], following, end
        while start < where[following] and source[start].isspace():
            start += 1


def _breaks(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield where each part of `text` ends and the next one begins; no part is longer than `LONGEST`."""
    start = 0
    ends = [(found.start() + len(found[0].rstrip()), found.end()) for found in pattern.finditer(text)]
    for end, following in [*ends, (len(text), len(text))]:
        while end - start > LONGEST:
            word_end = max(text.rfind(" ", start + 1, start + IDEAL), text.rfind("\n", start + 1, start + IDEAL))
            cut = start + (len(text[start:word_end].rstrip()) or 1 if word_end > 0 else IDEAL)
            word = WORD.search(text, cut, end)
            start = word.start() if word else end
            yield cut, start
        if end - start >= SHORT or end == len(text) > start:
            yield end, following
            start = following


def _cuts(atoms: list[_Atom]) -> list[tuple[int, int]]:
    """Return the runs of atoms, as first and one past the last, that make the passages of least total cost."""
    size = [0, *accumulate(len(atom.gap) + len(atom.text) for atom in atoms)]
    if size[-1] <= LONGEST:
        return [(0, len(atoms))] if atoms else []
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(atoms) + 1):
        least, first = math.inf, end - 1
        for start in range(end - 1, max(end - 1 - MOST_ATOMS, -1), -1):
            length = size[end] - size[start]
            if length > LONGEST and start < end - 1:
                break
            deviation = length / IDEAL - 1
            cost = best[start][0] + deviation * deviation + atoms[start].cost
            if cost < least:
                least, first = cost, start
        best.append((least, first))
    return _traced(best)


def _traced(best: list[tuple[float, int]]) -> list[tuple[int, int]]:
    runs = []
    end = len(best) - 1
    while end > 0:
        start = best[end][1]
        runs.append((start, end))
        end = start
    return runs[::-1]

"""A long question taken apart into what it asks for, decided on plain text."""

from __future__ import annotations

import re
from typing import NamedTuple

SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)*\]]*\s+|\n+")
BLANK_LINE = re.compile(r"\n\s*\n|\n(?=\s*(?:\d{1,3}[.)]|[-*•])\s)")
MARKS = re.compile(r"[*_#`\"“”|>]+")
NUMBER = re.compile(r"^(?:\d{1,3}[.)]|[-•])\s*")
FEWEST_WORDS = 3
"""Of a need; what is shorter asks for nothing."""
MOST_SENTENCES, MOST_PARAGRAPHS = 64, 24
"""What is beyond is left out, so that no question takes for ever."""
LONGEST = 1_000
"""Characters of one need; the encoder reads no more."""


class Needs(NamedTuple):
    """What a question asks for, in its order and without repetition."""

    sentences: tuple[str, ...]
    paragraphs: tuple[str, ...]
    """Each one or more sentences that belong together; of a question of one paragraph, the question."""


def needs(question: str) -> Needs:
    """Return what a question asks for; empty for an empty one."""
    sentences = _plain(SENTENCE_END.split(question))[:MOST_SENTENCES]
    paragraphs = _plain(BLANK_LINE.split(question))[:MOST_PARAGRAPHS]
    whole = _plain([question])
    return Needs(tuple(sentences or whole), tuple(paragraphs or whole))


def _plain(parts: list[str]) -> list[str]:
    """Return the parts that say something, without marks of layout."""
    bare = (NUMBER.sub("", " ".join(MARKS.sub("", part).split())) for part in parts)
    return list(dict.fromkeys(part[:LONGEST] for part in bare if len(part.split()) >= FEWEST_WORDS))

"""Articles of made-up words that follow Zipf's law, and vectors that need no encoder: the same with every run."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from segue.knowledge.vectors import Vectors

SEED = 20260520
WORDS = 30_000
PASSAGE_WORDS = 120
SECTIONS = 4
"""Of an article; each becomes one passage."""
DIMS = 384


class Corpus:
    """Words in random order, some of them common and most of them rare."""

    def __init__(self, seed: int = SEED) -> None:
        self._chance = np.random.default_rng(seed)
        letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
        self._words = np.array(
            ["".join(self._chance.choice(letters, length)) for length in self._chance.integers(3, 11, WORDS)]
        )
        weights = 1 / np.arange(1, WORDS + 1)
        self._sums = np.cumsum(weights / weights.sum())

    def text(self, words: int) -> str:
        """Return so many words."""
        return " ".join(self._words[np.searchsorted(self._sums, self._chance.random(words))])

    def sections(self) -> list[tuple[str, str]]:
        """Return the headings and texts of an article."""
        return [(self.text(3), self.text(PASSAGE_WORDS)) for _ in range(SECTIONS)]

    def articles(self, number: int) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield articles: a title, and sections."""
        for _ in range(number):
            yield self.text(4), self.sections()


class Instant:
    """An encoder that takes no time: a vector by a text's sum."""

    name = "instant"
    dims = DIMS

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n_texts, dims), rows of length 1."""
        sums = np.array([zlib.crc32(text.encode()) for text in texts], np.uint32)
        table = np.random.default_rng(SEED).standard_normal((4096, DIMS)).astype(np.float32)
        vectors = table[sums % 4096] + 0.5 * table[(sums >> 12) % 4096]
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


class Embedded:
    """Questions that are embedded already."""

    name = Instant.name
    dims = DIMS

    def __init__(self, questions: Sequence[str]) -> None:
        self._known = dict(zip(questions, Instant().encode(questions), strict=True))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n_texts, dims), rows of length 1."""
        return np.stack([self._known[text] for text in texts])

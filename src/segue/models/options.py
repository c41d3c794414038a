"""Which of a few declared options a text speaks for, with no training: the nearest one, or an honest "unsure"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from segue.models.neighbours import Encode
from segue.models.words import Rarity, Words

LEAST, GAP = 0.4, 0.1
"""How near, by meaning, the nearest option must be, and how much nearer than the second.

On past tickets of the sample company with topics as options, three of three examples each: it was sure of 64 % of 250,
and 96 % of these were right; of tickets that belong to none of the three, it was sure of 1 %.
"""
LEAST_BY_WORDS, GAP_BY_WORDS = 0.2, 0.08
"""The same where only words are compared: it was sure of 46 % of 200, 99 % right; of others, of 4 %."""
NAMED = 0.35
"""How much nearer an option is whose name stands in the text, if it is the only one; then it is near at least."""

_WORD = re.compile(r"\w+")


class Option(Protocol):
    """One of them."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def description(self) -> str:
        """What speaks for it; may be empty."""

    @property
    def examples(self) -> Sequence[str]:
        """Texts for which it is the right one."""


class Nearest:
    """Compares a text with names, descriptions and examples."""

    def __init__(self, encode: Encode | None = None) -> None:
        """Compare by meaning, or without an encoder by words."""
        self._encode = encode

    def choose(self, text: str, options: Sequence[Option]) -> str | None:
        """Return the name of the option that is nearest; `None` where none is near, or two are as near.

        Args:
            text: What speaks for one of them.
            options: Two at least.
        """
        own = [_texts(option) for option in options]
        said = set(_WORD.findall(text.casefold()))
        named = [set(_WORD.findall(texts[0].casefold())) <= said for texts in own]
        if sum(named) > 1:
            return None
        cosines = iter(self._cosines(text, [each for texts in own for each in texts]))
        least, gap = (LEAST, GAP) if self._encode is not None else (LEAST_BY_WORDS, GAP_BY_WORDS)
        nearness = []
        for option, texts, is_named in zip(options, own, named, strict=True):
            nearest = max(float(next(cosines)) for _ in texts)
            nearness.append((max(nearest, least) + NAMED if is_named else nearest, option.name))
        nearness.sort()
        (second, _), (first, name) = nearness[-2:]
        return name if first >= least and first - second >= gap else None

    def _cosines(self, text: str, texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """Return float32 (n_texts,): how near each is to a text."""
        if self._encode is not None:
            vectors = np.asarray(self._encode([*texts, text]), np.float32)
            found: np.ndarray[tuple[int], np.dtype[np.float32]] = vectors[:-1] @ vectors[-1]
            return found
        words = Words(texts)
        counts = words.counts(texts)
        rarity = Rarity(counts)
        share = np.sqrt(words.shares([text]))[0]  # so that one known word makes nothing near
        row = rarity.rows(words.counts([text]))
        return np.asarray((rarity.rows(counts) @ row.T).toarray()[:, 0] * share, np.float32)


def _texts(option: Option) -> list[str]:
    """Return everything that says what an option is, its name in words first."""
    return [
        " ".join(_WORD.findall(option.name.replace("_", " "))),
        *filter(None, (option.description, *option.examples)),
    ]

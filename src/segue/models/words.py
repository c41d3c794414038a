"""Topics by words: TF-IDF of words and of parts of words, and a linear support vector machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]  # publishes no types
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

Array = np.ndarray[Any, Any]
Counts = tuple[Any, ...]
"""Sparse (n_texts, n_words) of words and pairs of them, and the same of parts of words."""

SEED = 20260520
MANY = 300
"""With so many examples a word that stands in only one of them is left out: it says little and costs time."""

_ALWAYS = ("word", "word")
"""So that there is a vocabulary even where no example holds a word."""


class Words:
    """Counts words and parts of words."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Learn which there are."""
        rarest = 2 if len(texts) >= MANY else 1
        self._counters = (
            CountVectorizer(ngram_range=(1, 2), strip_accents="unicode", min_df=rarest),
            CountVectorizer(analyzer="char_wb", ngram_range=(3, 5), strip_accents="unicode", min_df=rarest),
        )
        for counter in self._counters:
            counter.fit([*texts, *_ALWAYS])

    def counts(self, texts: Sequence[str]) -> Counts:
        """Return how often each stands in each text."""
        return tuple(counter.transform(texts) for counter in self._counters)

    def shares(self, texts: Sequence[str]) -> Array:
        """Return float (n_texts,): how much of each text is known, by its parts of words."""
        known, split = self._counters[1].vocabulary_, self._counters[1].build_analyzer()
        parts = (split(text) for text in texts)
        return np.array([sum(part in known for part in found) / max(len(found), 1) for found in parts])


class Rarity:
    """Turns counts into sparse rows of length 1 in which a rare word weighs more (TF-IDF)."""

    def __init__(self, counts: Counts) -> None:
        """Learn how rare each word is; one that stands in none of the texts is left out."""
        self._there = [_columns(part) for part in counts]
        self._weights = [
            TfidfTransformer(sublinear_tf=True).fit(part[:, there])
            for part, there in zip(counts, self._there, strict=True)
        ]

    def rows(self, counts: Counts) -> Any:
        """Return float32 (n_texts, n_words); a text without any known word gives zeros."""
        parts = [
            weights.transform(part[:, there])
            for part, there, weights in zip(counts, self._there, self._weights, strict=True)
        ]
        return normalize(sparse.hstack(parts).tocsr()).astype(np.float32)


class WordModel:
    """Which topic a text's words speak for."""

    def __init__(self, counts: Counts, topics: Array, count: int) -> None:
        """Learn from examples, each with the number of its topic; two topics at least."""
        self.rarity = Rarity(counts)
        self._count = count
        self._model = LinearSVC(C=0.5, tol=0.01, class_weight="balanced", random_state=SEED)
        self._model.fit(self.rarity.rows(counts), topics)

    def votes(self, counts: Counts) -> Array:
        """Return float (n_texts, n_topics): above 0 for a topic, below 0 against it."""
        found = np.asarray(self._model.decision_function(self.rarity.rows(counts)), dtype=float)
        votes = np.full((len(found), self._count), -1.0)
        votes[:, self._model.classes_] = np.stack([-found, found], axis=1) if found.ndim == 1 else found
        return votes


def of(counts: Counts, rows: Array) -> Counts:
    """Return the counts of some texts."""
    return tuple(part[rows] for part in counts)


def _columns(part: Any) -> Array:
    """Return the columns that hold anything; the first one where none does."""
    there = np.flatnonzero(part.getnnz(axis=0))
    return there if len(there) else np.zeros(1, int)

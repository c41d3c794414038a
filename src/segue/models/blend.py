"""Likeness and words together: weights under which the right topics of held-out examples are likeliest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]  # publishes no types

Array = np.ndarray[Any, Any]

ENOUGH = 5_000
"""Held-out examples that are looked at, at most."""
CAUTION = 5.0
"""The weights set out from `START`, and that counts as much as so many examples."""
START = (6.0, 1.0)
SEED = 20260520


@dataclass(frozen=True)
class Blend:
    """How much each of the two counts; together also how sure they are."""

    likeness: float = START[0]
    words: float = START[1]

    def of(self, likeness: Array, words: Array) -> Array:
        """Return the probability of each topic, given that it is one of them, from votes (n_texts, n_topics)."""
        return softmax(self.likeness * likeness + self.words * words)


def learn(likeness: Array, words: Array, topics: Array) -> Blend:
    """Learn from votes on held-out examples (n_examples, n_topics) and their right columns.

    One factor for each kind of vote, as in temperature scaling (Guo and others, ICML 2017).
    """
    if len(topics) > ENOUGH:
        drawn = np.random.default_rng(SEED).choice(len(topics), ENOUGH, replace=False)
        likeness, words, topics = likeness[drawn], words[drawn], topics[drawn]
    votes = np.stack([likeness, words])
    right = votes[:, np.arange(len(topics)), topics]

    def surprise(factors: Array) -> tuple[float, Array]:
        probabilities = softmax(np.tensordot(factors, votes, axes=1))
        away = (factors - START) / np.array(START)
        loss = -np.log(probabilities[np.arange(len(topics)), topics] + 1e-12).sum() + CAUTION * (away @ away) / 2
        slope = (votes * probabilities).sum(axis=(1, 2)) - right.sum(axis=1) + CAUTION * away / START
        return float(loss), slope

    found = minimize(surprise, np.array(START), jac=True, method="L-BFGS-B", bounds=[(0, None)] * 2)
    return Blend(float(found.x[0]), float(found.x[1]))


def softmax(scores: Array) -> Array:
    """Return scores (n_texts, n_topics) as probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    normed: Array = shifted / shifted.sum(axis=1, keepdims=True)
    return normed

"""Several views of a text together: weights under which the right topics of held-out examples are likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]  # publishes no types

Array = np.ndarray[Any, Any]

CAUTION = 5.0
"""The weights set out from `START`, and that counts as much as so many examples."""
START = (6.0, 1.0, 0.5)
"""For likeness, words and directions, while nothing is known."""


@dataclass(frozen=True)
class Blend:
    """How much each kind of vote counts; together also how sure they are."""

    factors: tuple[float, ...] = START

    def of(self, votes: Sequence[Array]) -> Array:
        """Return the probability of each topic, given that it is one of them, from votes (n_texts, n_topics)."""
        return softmax(np.tensordot(self.factors, np.stack(votes), axes=1))


def learn(votes: Sequence[Array], topics: Array) -> Blend:
    """Learn from each view's votes on held-out examples (n_examples, n_topics) and their right columns.

    One factor for each kind of vote, as in temperature scaling (Guo and others, ICML 2017).
    """
    together = np.stack(votes)
    start = np.array(START[: len(together)])
    right = together[:, np.arange(len(topics)), topics]

    def surprise(factors: Array) -> tuple[float, Array]:
        probabilities = softmax(np.tensordot(factors, together, axes=1))
        away = (factors - start) / start
        loss = -np.log(probabilities[np.arange(len(topics)), topics] + 1e-12).sum() + CAUTION * (away @ away) / 2
        slope = (together * probabilities).sum(axis=(1, 2)) - right.sum(axis=1) + CAUTION * away / start
        return float(loss), slope

    found = minimize(surprise, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start))
    return Blend(tuple(map(float, found.x)))


def softmax(scores: Array) -> Array:
    """Return scores (n_texts, n_topics) as probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    normed: Array = shifted / shifted.sum(axis=1, keepdims=True)
    return normed

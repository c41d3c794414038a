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
TOLERANCE = 0.35
"""Towards examples whose topic is wrong: at 0 one of them counts like many others, at 1 only being right does."""
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

    First how much the views count beside each other, in a way that examples with a wrong topic hardly touch
    (generalised cross-entropy: Zhang and Sabuncu, NeurIPS 2018); then how sure all of them together are, by the
    likelihood (temperature scaling: Guo and others, ICML 2017).
    """
    together = np.stack(votes)
    start = np.array(START[: len(together)])
    found = minimize(
        lambda factors: _surprise(factors, together, topics, start, TOLERANCE),
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * len(start),
    )
    joined = np.tensordot(found.x, together, axes=1)[None]
    scale = minimize(
        lambda factor: _surprise(factor, joined, topics, np.ones(1), 0.0),
        np.ones(1),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)],
    )
    return Blend(tuple(map(float, found.x * scale.x)))


def _surprise(factors: Array, votes: Array, topics: Array, start: Array, tolerance: float) -> tuple[float, Array]:
    """Return how surprising the right topics are, and the slope; the more tolerant, the less the very surprising count.

    (1 - p ^ tolerance) / tolerance, summed over the examples; -log p where that is 0.
    """
    rows = np.arange(len(topics))
    shares = softmax(np.tensordot(factors, votes, axes=1))
    right = shares[rows, topics] + 1e-12
    heed = right**tolerance
    away = (factors - start) / start
    loss = (-np.log(right) if tolerance == 0 else (1 - heed) / tolerance).sum() + CAUTION * (away @ away) / 2
    slope = ((votes * shares).sum(axis=2) - votes[:, rows, topics]) @ heed
    return float(loss), slope + CAUTION * away / start


def softmax(scores: Array) -> Array:
    """Return scores (n_texts, n_topics) as probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    normed: Array = shifted / shifted.sum(axis=1, keepdims=True)
    return normed

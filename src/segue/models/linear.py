"""Topics by directions: softmax regression on vectors of texts, which knows best how sure it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]  # publishes no types

Array = np.ndarray[Any, Any]

RIDGE = 0.05
"""Of the squared weights, against the sum of the surprises of all examples."""
ROUNDS = 40
"""Of the search for the best weights; more change no answer."""


@dataclass(frozen=True)
class Linear:
    """A weight of each direction for each topic."""

    weights: Array
    """Float32 (n_dims + 1, n_topics); the last row is what each topic has in advance."""

    def votes(self, vectors: Array) -> Array:
        """Return float (n_texts, n_topics): how much likelier each topic is, as a logarithm."""
        found: Array = (vectors @ self.weights[:-1] + self.weights[-1]).astype(float)
        return found


def learn(vectors: Array, topics: Array, count: int) -> Linear:
    """Learn from examples: vectors, float32 (n_examples, n_dims), and the number of each one's topic."""
    known = np.concatenate([vectors, np.ones((len(vectors), 1), np.float32)], axis=1)
    targets = np.zeros((len(topics), count), np.float32)
    targets[np.arange(len(topics)), topics] = 1

    def surprise(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(known.shape[1], count).astype(np.float32)
        scores = known @ weights
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        total = shares.sum(axis=1, keepdims=True)
        loss = -(targets * (scores - np.log(total))).sum(dtype=float) + RIDGE / 2 * float((weights**2).sum())
        slope = known.T @ (shares / total - targets) + RIDGE * weights
        return loss, slope.ravel().astype(float)

    start = np.zeros(known.shape[1] * count)
    found = minimize(surprise, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return Linear(found.x.reshape(known.shape[1], count).astype(np.float32))

"""Topics by likeness: kernel ridge regression on vectors of texts, with what it would say had it not seen an example.

Every text votes for its topic with the closeness of its vector. The inverse of the matrix of closeness also gives, with
no second training, the votes on each example as if it, or its whole topic, had never been seen (Rasmussen and Williams,
Gaussian Processes for Machine Learning, 2006, 5.4.2). Far from all examples every vote goes to zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import lapack  # type: ignore[import-untyped]  # publishes no types
from threadpoolctl import threadpool_limits

Array = np.ndarray[Any, Any]
Rows = Any
"""Rows of length 1, one a text: float32 (n_texts, n_dims), or a sparse matrix of the same shape."""

SHARPNESS = 2.0
"""How fast closeness falls with distance: exp(sharpness × (cosine - 1))."""
SMOOTHING = 0.1
"""The ridge: how little one example alone counts."""
LIMIT = 12_000
"""Examples at most, 1.2 gigabytes while learning; of more, so many are drawn, no topic before the others."""
ROWS = 1_000
"""Compared at once."""
SEED = 20260520


@dataclass(frozen=True)
class Likeness:
    """How near texts are to each topic, and to anything at all."""

    votes: Array
    """Float (n_texts, n_topics); about 1 amid the examples of a topic, 0 far from all."""
    nearest: Array
    """Float (n_texts,): cosine with the closest example."""

    def where(self, rows: Array) -> Likeness:
        """Return that of some texts."""
        return Likeness(self.votes[rows], self.nearest[rows])


@dataclass(frozen=True)
class Similarity:
    """What was learned: a weight of each example for each topic."""

    examples: Rows
    weights: Array

    def of(self, vectors: Rows) -> Likeness:
        """Return the likeness of texts."""
        votes, nearest = [], []
        for first in range(0, vectors.shape[0], ROWS):
            cosines = _cosines(vectors[first : first + ROWS], self.examples)
            nearest.append(cosines.max(axis=1))
            votes.append(_closeness(cosines) @ self.weights)
        return Likeness(np.concatenate(votes).astype(float), np.concatenate(nearest).astype(float))


@dataclass(frozen=True)
class Learned:
    """What was learned, and what would be said of the examples had they not been seen."""

    similarity: Similarity
    rows: Array
    """Of all examples, those that were learned from; the two others are in their order."""
    unseen: Likeness
    """Of each, had it alone not been seen."""
    strange: Likeness
    """Of each, had no example of its topic been seen."""


def learn(vectors: Rows, topics: Array, count: int) -> Learned:
    """Learn from examples.

    Args:
        vectors: One a text.
        topics: The number of each one's topic.
        count: How many topics there are.
    """
    rows = _drawn(topics)
    vectors, topics = vectors[rows], topics[rows]
    closeness, nearest, nearest_stranger = _compared(vectors, topics)
    targets = np.zeros((len(topics), count), np.float32)
    targets[np.arange(len(topics)), topics] = 1
    weights, inverse = _solved(closeness, targets)
    unseen = targets - weights / np.diag(inverse)[:, None]
    strange = np.empty_like(targets)
    for topic in np.unique(topics):
        own = np.flatnonzero(topics == topic)
        strange[own] = targets[own] - np.linalg.solve(_block(inverse, own), weights[own])
    return Learned(Similarity(vectors, weights), rows, Likeness(unseen, nearest), Likeness(strange, nearest_stranger))


def _drawn(topics: Array) -> Array:
    """Return the rows to learn from: all, or `LIMIT` of them, taken from each topic in turn."""
    if len(topics) <= LIMIT:
        return np.arange(len(topics))
    order = np.random.default_rng(SEED).permutation(len(topics))
    turn = np.empty(len(topics), int)
    for topic in np.unique(topics):
        own = order[topics[order] == topic]
        turn[own] = np.arange(len(own))
    return np.sort(order[np.argsort(turn[order], kind="stable")[:LIMIT]])


def _compared(vectors: Rows, topics: Array) -> tuple[Array, Array, Array]:
    """Return closeness (n, n), and the cosine with the nearest other example, of any topic and of another topic."""
    size = len(topics)
    closeness = np.empty((size, size), np.float32, order="F")
    nearest, nearest_stranger = np.zeros(size), np.zeros(size)
    for first in range(0, size, ROWS):
        here = np.arange(first, min(first + ROWS, size))
        cosines = _cosines(vectors[here], vectors)
        closeness[here] = _closeness(cosines)
        cosines[np.arange(len(here)), here] = -1
        nearest[here] = cosines.max(axis=1)
        cosines[topics[here][:, None] == topics[None, :]] = -1
        nearest_stranger[here] = cosines.max(axis=1)
    return closeness, np.maximum(nearest, 0), np.maximum(nearest_stranger, 0)


def _solved(closeness: Array, targets: Array) -> tuple[Array, Array]:
    """Return (closeness + ridge)⁻¹ × targets, and that inverse, its lower half; `closeness` is overwritten."""
    closeness[np.diag_indices(len(closeness))] += SMOOTHING
    with threadpool_limits(1, user_api="blas"):  # its threads wait spinning: on busy cores two took ten times as long
        factor, _ = lapack.spotrf(closeness, lower=1, overwrite_a=1)
        weights, _ = lapack.spotrs(factor, targets, lower=1)
        inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    return weights, inverse


def _block(lower: Array, rows: Array) -> Array:
    """Return a symmetric matrix's part for some rows and columns, in rising order, from its lower half."""
    part = np.tril(lower[np.ix_(rows, rows)])
    whole: Array = part + np.tril(part, -1).T
    return whole


def _cosines(some: Rows, others: Rows) -> Array:
    found = some @ others.T
    return np.asarray(found if isinstance(found, np.ndarray) else found.toarray(), dtype=np.float32)


def _closeness(cosines: Array) -> Array:
    closeness: Array = np.exp(SHARPNESS * (cosines - 1))
    return closeness

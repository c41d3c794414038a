"""The directions in which a company's texts differ: many examples are compared in these alone, which is faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Rows = Any
"""Rows of length 1, one a text: float32 (n_texts, n_dims), or a sparse matrix of the same shape."""

DIRECTIONS = 384
"""That are kept: of three layers' 1,152 they hold more than nineteen parts in twenty."""
MANY = 2_000
"""With fewer examples all directions are kept: a new text may differ in one that no example showed."""


@dataclass(frozen=True)
class Space:
    """Texts' vectors seen from those directions; what lies in no such direction makes them shorter, not closer."""

    axes: Array | None
    """Float32 (n_dims, `DIRECTIONS`); `None` keeps all."""

    def of(self, vectors: Rows) -> Rows:
        """Return rows of length 1 at most."""
        return vectors if self.axes is None else vectors @ self.axes


def learn(vectors: Rows) -> Space:
    """Learn the directions from examples (principal components about zero)."""
    if not isinstance(vectors, np.ndarray) or len(vectors) < MANY or vectors.shape[1] <= DIRECTIONS:
        return Space(None)
    _, axes = np.linalg.eigh((vectors.T @ vectors).astype(float))
    return Space(np.ascontiguousarray(axes[:, : -DIRECTIONS - 1 : -1], dtype=np.float32))

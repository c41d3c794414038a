"""Texts that ask for the same, put together: average linkage on the cosines of their vectors.

Two groups are joined as long as the texts of one are on average so close to those of the other (Sokal and Michener,
1958). So one text between two groups does not pull them together, as it does where the closest pair decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]  # publishes no types

from segue.models.words import Rarity, Words

Array = np.ndarray[Any, Any]
Encode = Callable[[Sequence[str]], Array]
"""Texts to float32 (n_texts, n_dims), rows of length 1."""

LIKE, LIKE_BY_WORDS = 0.5, 0.12
"""Average cosine of a group, at least: of meaning, and of words where nothing compares meaning."""


def grouped(texts: Sequence[str], encode: Encode | None, *, least: float | None = None) -> list[list[int]]:
    """Return the places of texts in groups, the largest first; in each, the one nearest to all of it first.

    Args:
        texts: At most some thousands: each is compared with each.
        encode: Makes their vectors; without it words are compared.
        least: See `LIKE`.
    """
    if not texts:
        return []
    cosines = _cosines(texts, encode)
    if least is None:
        least = LIKE if encode is not None else LIKE_BY_WORDS
    labels = np.ones(1, int)
    if len(texts) > 1:
        above = np.triu_indices(len(texts), 1)
        labels = fcluster(linkage(1 - cosines[above], method="average"), 1 - least, criterion="distance")
    found = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    ordered = sorted(found, key=lambda rows: (-len(rows), rows[0]))
    return [[int(row) for row in rows[np.argsort(-_nearness(cosines, rows), kind="stable")]] for rows in ordered]


def _cosines(texts: Sequence[str], encode: Encode | None) -> Array:
    if encode is not None:
        rows = encode(texts)
        return np.asarray(np.clip(rows @ rows.T, 0, 1), dtype=float)
    words = Words(texts)
    counts = words.counts(texts)
    sparse = Rarity(counts).rows(counts)
    return np.asarray(np.clip((sparse @ sparse.T).toarray(), 0, 1), dtype=float)


def _nearness(cosines: Array, rows: Array) -> Array:
    near: Array = cosines[np.ix_(rows, rows)].sum(axis=1)
    return near

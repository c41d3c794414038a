"""Which examples are held out, so that what is learned from the others can be judged on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold

Array = np.ndarray[Any, Any]
Votes = Callable[[Array, Array], Array]
"""Learns from some rows of the examples and votes on others: float (n_others, n_topics)."""

ENOUGH = 5_000
"""Held-out examples that a few numbers are learned from, at most about."""
FOLDS = 5
FEWER = 3
"""Parts of more than `ENOUGH` examples."""
SEED = 20260520


def parts(topics: Array, count: int) -> Iterator[tuple[Array, Array]]:
    """Yield rows to learn from and rows that are held out, each row held out once at most.

    Topics with too few examples to hold any out are only learned from.
    """
    sizes = np.bincount(topics, minlength=count)
    folds = min(FEWER if len(topics) > ENOUGH else FOLDS, int(sizes.max()))
    if folds < 2 or np.count_nonzero(sizes) < 2:
        return
    common, rare = np.flatnonzero(sizes[topics] >= folds), np.flatnonzero(sizes[topics] < folds)
    given = 0
    for learned, left in StratifiedKFold(folds, shuffle=True, random_state=SEED).split(common, topics[common]):
        if given >= ENOUGH:
            return
        yield np.concatenate([common[learned], rare]), common[left]
        given += len(left)


def votes(topics: Array, count: int, *views: Votes) -> tuple[Array, list[Array]]:
    """Return rows of examples in rising order, and for each view the votes on them by what was learned without them."""
    rows: list[Array] = [np.empty(0, int)]
    found: list[list[Array]] = [[np.empty((0, count))] for _ in views]
    for learned, left in parts(topics, count):
        rows.append(left)
        for given, view in zip(found, views, strict=True):
            given.append(view(learned, left))
    held_out = np.concatenate(rows)
    order = np.argsort(held_out)
    return held_out[order], [np.concatenate(given)[order] for given in found]

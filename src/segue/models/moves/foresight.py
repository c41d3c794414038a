"""Which move comes next: what people did in conversations that stood like this one, with a probability for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # publishes no types

from segue.models.moves import network, signs
from segue.models.moves.course import Course
from segue.models.moves.network import Network, Progress
from segue.models.moves.signs import Signs

VERSION = 2
"""Of what is learned and how; another one is not read."""
RARE = 30
"""Signs that fewer examples show are not learned: by chance they go with any move."""
FEW = 3_000
"""Of fewer examples, one in this many divided by `RARE` is rare."""
DIMS = (384, 128, 128, 192)
"""Of meaning: of the customer's last message, the one before, our last one, and the mean of all of theirs."""
WORD = 0.17
"""How much a word counts beside an event, by the logarithm of how rare it is."""

DOUBT = 1.12
"""By which votes are divided: of customers whom it has not seen the network is too sure (Guo et al. 2017).

Chosen on STAR, where 1.1 to 1.2 was best for each of the groups of customers that were looked at."""

Array = np.ndarray[Any, Any]
Encode = Callable[[Sequence[str]], Array]
"""Texts to float32 (n_texts, n_dims), rows of length 1."""


@dataclass(frozen=True)
class Foresight:
    """What was learned, with what it takes to see a conversation as it was learned from."""

    moves: tuple[str, ...]
    known: dict[str, int]
    """The column of each sign."""
    weights: Array
    """Float32 (n_signs,)."""
    axes: Array
    """Float32 (n_dims, n_kept): the directions in which messages differ, the most telling first; (0, 0) without."""
    network: Network
    encode: Encode | None

    def next(self, course: Course) -> list[tuple[str, float]]:
        """Return every move with the probability that it comes next, the likeliest first."""
        shares = self.shares([signs.after(course)])[0]
        return [(self.moves[n], float(shares[n])) for n in np.argsort(-shares, kind="stable")]

    def shares(self, seen: Sequence[Signs]) -> Array:
        """Return float32 (n_seen, n_moves): the probability of each move after each conversation so far."""
        votes = self.network.votes(self._meaning(seen), _marks(seen, self.known, self.weights))
        votes = np.exp((votes - votes.max(axis=1, keepdims=True)) / DOUBT)
        shares: Array = votes / votes.sum(axis=1, keepdims=True)
        return shares

    def _meaning(self, seen: Sequence[Signs]) -> Array:
        return _meaning(seen, self.axes, self.encode)


def learn(courses: Iterable[Course], encode: Encode | None = None, on_progress: Progress | None = None) -> Foresight:
    """Learn from conversations that people had.

    Args:
        courses: Each from its beginning to its end.
        encode: Vectors of texts by their meaning; without it only words and events are compared.
        on_progress: As for `network.learn`.

    Raises:
        ValueError: They hold fewer than two different moves.
    """
    return learn_from([example for course in courses for example in signs.before_moves(course)], encode, on_progress)


def learn_from(
    examples: Sequence[tuple[Signs, str]], encode: Encode | None = None, on_progress: Progress | None = None
) -> Foresight:
    """Learn from moves, each with what was to be seen before it; the rest is as with `learn`."""
    moves = tuple(sorted({move for _, move in examples}))
    if len(moves) < 2:
        raise ValueError("there is nothing to learn from fewer than two different moves")
    seen = [before for before, _ in examples]
    known, weights = _known(seen)
    axes = _axes(seen, encode)
    numbers = np.searchsorted(moves, [move for _, move in examples])
    seen_as = _meaning(seen, axes, encode), _marks(seen, known, weights)
    learned = network.learn(*seen_as, numbers, len(moves), on_progress)
    return Foresight(moves, known, weights, axes, learned, encode)


def _known(seen: Sequence[Signs]) -> tuple[dict[str, int], Array]:
    """Return the signs that are not rare, and what each counts."""
    least = max(2, min(RARE, len(seen) * RARE // FEW))
    events = Counter(sign for each in seen for sign in each.events)
    words = Counter(sign for each in seen for sign in each.words)
    counts = [1.0 for n in events.values() if n >= least]
    counts += [WORD * min(log(len(seen) / n), 6.0) for n in words.values() if n >= least]
    names = [sign for found in (events, words) for sign, n in found.items() if n >= least]
    return {sign: column for column, sign in enumerate(names)}, np.array(counts, np.float32)


def _marks(seen: Sequence[Signs], known: dict[str, int], weights: Array) -> Any:
    columns, ends = [], [0]
    for each in seen:
        columns += [known[sign] for sign in (*each.events, *each.words) if sign in known]
        ends.append(len(columns))
    places = np.array(columns, np.int32)
    return csr_matrix((weights[places], places, ends), (len(seen), len(known)), dtype=np.float32)


def _axes(seen: Sequence[Signs], encode: Encode | None) -> Array:
    """Return the directions in which messages differ (principal components about zero), at the scale of one."""
    if encode is None:
        return np.zeros((0, 0), np.float32)
    texts = sorted({text for each in seen for text in (*each.said, each.written) if text})
    vectors = np.asarray(encode(texts), np.float32)
    values, axes = np.linalg.eigh((vectors.T @ vectors).astype(float) / len(texts))
    kept = min(DIMS[0], axes.shape[1])
    return np.ascontiguousarray(axes[:, : -kept - 1 : -1] / np.sqrt(values[-kept:].sum()), dtype=np.float32)


def _meaning(seen: Sequence[Signs], axes: Array, encode: Encode | None) -> Array:
    """Return float32 (n_seen, sum of `DIMS`): the last messages' places, and the middle of all the customer's."""
    if encode is None or not axes.size:
        return np.zeros((len(seen), 0), np.float32)
    texts = sorted({text for each in seen for text in (*each.said, each.written) if text})
    places = {text: number for number, text in enumerate(texts)}
    vectors = np.asarray(encode(texts), np.float32) @ axes if texts else np.zeros((0, axes.shape[1]), np.float32)
    found = np.zeros((len(seen), 4, axes.shape[1]), np.float32)
    for row, each in enumerate(seen):
        said = [places[text] for text in each.said if text]
        for part, place in enumerate((*said[:-3:-1], *[-1] * (2 - len(said)))):
            if place >= 0:
                found[row, part] = vectors[place]
        if each.written:
            found[row, 2] = vectors[places[each.written]]
        if said:
            found[row, 3] = vectors[said].mean(axis=0)
    return np.concatenate([found[:, part, :kept] for part, kept in enumerate(DIMS)], axis=1)

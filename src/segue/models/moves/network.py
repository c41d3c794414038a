"""One hidden layer between what is seen and what comes next: it learns which signs count together.

Weights are found by stochastic gradient descent (Kingma and Ba 2015), with units and signs left out by chance on the
way (Srivastava et al. 2014) so that no move rests on one of them. The same examples give the same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # publishes no types
from threadpoolctl import threadpool_limits

Array = np.ndarray[Any, Any]
Marks = Any
"""Sparse float32 (n_examples, n_signs)."""
Progress = Callable[[int, int], None]
"""Told how many steps are done, and of how many; what it raises ends the learning."""

UNITS = 256
ROUNDS = 8
"""Times that all examples are seen; more teach it the examples rather than what they have in common."""
TOGETHER = (16, 512)
"""Examples of a small step, at least and at most: a hundredth of all, so that few examples are enough steps too."""
PACE = 2e-3
"""Length of the first steps; the last ones are near zero."""
LEFT_OUT_SEEN, LEFT_OUT_UNITS = 0.2, 0.5
"""Shares that are left out at each step."""
BLOCK = 65_536
"""Weights that are moved at once: so many, their slopes and their memory stay in the processor's own memory."""
SEED = 20260520


@dataclass(frozen=True)
class Network:
    """What was learned."""

    by_meaning: Array
    """Float32 (n_dims, n_units)."""
    by_sign: Array
    """Float32 (n_signs, n_units)."""
    unit_bias: Array
    by_unit: Array
    """Float32 (n_units, n_moves)."""
    move_bias: Array

    def votes(self, meaning: Array, marks: Marks) -> Array:
        """Return float32 (n_examples, n_moves): how much likelier each move is, as a logarithm."""
        units = np.maximum(meaning @ self.by_meaning + marks @ self.by_sign + self.unit_bias, 0)
        found: Array = units @ self.by_unit + self.move_bias
        return found


def learn(meaning: Array, marks: Marks, moves: Array, count: int, on_progress: Progress | None = None) -> Network:
    """Learn from examples, on one processor.

    Args:
        meaning: Float32 (n_examples, n_dims); n_dims may be 0.
        marks: Of the same examples.
        moves: The number of each one's move.
        count: Of moves.
        on_progress: Called after each step.
    """
    chance = np.random.default_rng(SEED)
    dims, signs = meaning.shape[1], marks.shape[1]
    per_row = max(1.0, marks.nnz / max(1, marks.shape[0]))
    weights = [
        _drawn(chance, (dims, UNITS), max(1, dims)),
        _drawn(chance, (signs, UNITS), 2 * per_row),
        np.zeros(UNITS, np.float32),
        _drawn(chance, (UNITS, count), UNITS),
        np.zeros(count, np.float32),
    ]
    batches = list(_batches(chance, len(moves)))
    steps = _Steps(weights, len(batches))
    with threadpool_limits(1, "blas"):  # of two threads on matrices this small, each mostly waits for the other
        for number, rows in enumerate(batches, start=1):
            seen = _thinned(chance, meaning[rows]), _thinned_marks(chance, marks[rows])
            steps.take(_slopes(chance, weights, *seen, moves[rows]))
            if on_progress is not None:
                on_progress(number, len(batches))
    return Network(*weights)


def _drawn(chance: np.random.Generator, shape: tuple[int, int], spread: float) -> Array:
    drawn: Array = chance.standard_normal(shape, dtype=np.float32) / np.float32(np.sqrt(spread))
    return drawn


def _batches(chance: np.random.Generator, count: int) -> Iterator[Array]:
    together = min(max(count // 100, TOGETHER[0]), TOGETHER[1])
    for _ in range(ROUNDS):
        order = chance.permutation(count)
        for first in range(0, count, together):
            yield order[first : first + together]


def _thinned(chance: np.random.Generator, rows: Array) -> Array:
    kept = chance.random(rows.shape, dtype=np.float32) >= LEFT_OUT_SEEN
    thinned: Array = rows * kept / np.float32(1 - LEFT_OUT_SEEN)
    return thinned


def _thinned_marks(chance: np.random.Generator, rows: Marks) -> Marks:
    kept = _thinned(chance, rows.data)
    return csr_matrix((kept, rows.indices, rows.indptr), rows.shape)


def _slopes(
    chance: np.random.Generator, weights: list[Array], meaning: Array, marks: Marks, moves: Array
) -> list[Array]:
    """Return the slope of the mean surprise for each of the weights."""
    by_meaning, by_sign, unit_bias, by_unit, move_bias = weights
    units = np.maximum(meaning @ by_meaning + marks @ by_sign + unit_bias, 0)
    left = (chance.random(units.shape, dtype=np.float32) >= LEFT_OUT_UNITS) / np.float32(1 - LEFT_OUT_UNITS)
    kept = units * left
    error = kept @ by_unit + move_bias
    error -= error.max(axis=1, keepdims=True)
    np.exp(error, out=error)
    error /= error.sum(axis=1, keepdims=True)
    error[np.arange(len(moves)), moves] -= 1
    error /= len(moves)
    back = (error @ by_unit.T) * left * (units > 0)
    return [meaning.T @ back, np.asarray(marks.T @ back), back.sum(axis=0), kept.T @ error, error.sum(axis=0)]


class _Steps:
    """Moves weights against their slopes, in place; memory of earlier slopes makes the steps even."""

    def __init__(self, weights: list[Array], count: int) -> None:
        self._weights = [[_Block(each) for each in _blocks(weight)] for weight in weights]
        self._done, self._count = 0, count

    def take(self, slopes: list[Array]) -> None:
        pace = PACE * (1 - self._done / self._count)
        self._done += 1
        length = pace * np.sqrt(1 - 0.999**self._done) / (1 - 0.9**self._done)
        for blocks, slope in zip(self._weights, slopes, strict=True):
            for block, own in zip(blocks, _blocks(slope), strict=True):
                block.step(own, np.float32(length))


def _blocks(array: Array) -> list[Array]:
    """Return an array's numbers, `BLOCK` at a time; views, so that who changes them changes it."""
    flat = array.reshape(-1)
    return [flat[first : first + BLOCK] for first in range(0, len(flat), BLOCK)]


class _Block:
    """Some weights, with the mean of their slopes and of the squares of these."""

    def __init__(self, value: Array) -> None:
        self._value, self._mean, self._square = value, np.zeros_like(value), np.zeros_like(value)
        self._room = np.empty_like(value)

    def step(self, slope: Array, length: np.float32) -> None:
        room = self._room
        self._mean *= np.float32(0.9)
        self._mean += np.multiply(slope, np.float32(0.1), out=room)
        self._square *= np.float32(0.999)
        np.multiply(slope, slope, out=room)
        self._square += np.multiply(room, np.float32(0.001), out=room)
        np.sqrt(self._square, out=room)
        room += np.float32(1e-8)
        np.divide(self._mean, room, out=room)
        room *= length
        self._value -= room

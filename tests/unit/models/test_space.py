"""The directions that are kept: of few examples all, of many those in which they differ."""

import numpy as np
import pytest
from scipy import sparse

from segue.models import space

CHANCE = np.random.default_rng(11)


def vectors(count: int, rank: int, dims: int) -> np.ndarray:
    drawn = CHANCE.normal(size=(count, rank)) @ CHANCE.normal(size=(rank, dims))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def test_few_examples_short_vectors_and_counts_of_words_are_kept_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "MANY", 50)
    for rows in (vectors(49, 20, 800), vectors(60, 20, space.DIRECTIONS), sparse.eye(60, 800, format="csr")):
        assert space.learn(rows).of(rows) is rows


def test_among_many_examples_the_kept_directions_hold_their_cosines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "MANY", 50)
    rows = vectors(500, 100, 800)
    seen = space.learn(rows).of(rows)
    assert seen.shape == (500, space.DIRECTIONS)
    assert seen.dtype == np.float32
    assert np.allclose(seen @ seen.T, rows @ rows.T, atol=1e-4)


def test_what_lies_in_no_kept_direction_comes_close_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "MANY", 50)
    rows = np.concatenate([vectors(500, 100, 400), np.zeros((500, 400), np.float32)], axis=1)
    stranger = np.concatenate([np.zeros((1, 400), np.float32), vectors(1, 100, 400)], axis=1)
    learned = space.learn(rows)
    assert np.linalg.norm(learned.of(stranger)) <= 1 + 1e-5
    assert np.abs(learned.of(stranger) @ learned.of(rows).T).max() < 1e-3

"""Votes by likeness: what the shortcut says of an example unseen is what a second training would say."""

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from segue.models import similarity

DIMS = 12


def vectors(count: int, seed: int = 7) -> Any:
    drawn = np.random.default_rng(seed).normal(size=(count, DIMS)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


TOPICS = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 1])


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_votes_on_an_example_unseen_are_those_of_a_training_without_it(form: Any) -> None:
    rows = form(vectors(len(TOPICS)))
    learned = similarity.learn(rows, TOPICS, 3)
    for number in range(len(TOPICS)):
        others = np.arange(len(TOPICS)) != number
        without = similarity.learn(rows[others], TOPICS[others], 3).similarity.of(rows[[number]])
        assert learned.unseen.votes[number] == pytest.approx(without.votes[0], abs=1e-3)
        assert learned.unseen.nearest[number] == pytest.approx(max(0, without.nearest[0]), abs=1e-5)


def test_votes_on_a_strange_example_are_those_of_a_training_without_its_topic() -> None:
    rows = vectors(len(TOPICS))
    learned = similarity.learn(rows, TOPICS, 3)
    for number, topic in enumerate(TOPICS):
        others = topic != TOPICS
        without = similarity.learn(rows[others], TOPICS[others], 3).similarity.of(rows[[number]])
        assert learned.strange.votes[number] == pytest.approx(without.votes[0], abs=1e-3)
        assert learned.strange.nearest[number] == pytest.approx(max(0, without.nearest[0]), abs=1e-5)


def test_an_example_has_the_votes_of_its_topic_and_what_is_like_nothing_has_none() -> None:
    rows = np.eye(DIMS, dtype=np.float32)[:4]
    learned = similarity.learn(rows, np.array([0, 0, 1, 1]), 2).similarity
    assert learned.of(rows).votes.argmax(axis=1).tolist() == [0, 0, 1, 1]
    opposite = learned.of(-rows)
    assert np.abs(opposite.votes).max() < 0.3
    assert opposite.nearest.max() <= 0


def test_of_too_many_examples_some_of_each_topic_are_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "LIMIT", 20)
    topics = np.array([0] * 90 + [1] * 6 + [2] * 4)
    learned = similarity.learn(vectors(100), topics, 3)
    assert np.bincount(topics[learned.rows]).tolist() == [10, 6, 4]
    assert learned.unseen.votes.shape == (20, 3)

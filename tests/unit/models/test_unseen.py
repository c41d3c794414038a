"""What is held out: each example once at most, never from what is learned then."""

import numpy as np
import pytest

from segue.models import unseen


def test_each_example_is_held_out_once_and_never_learned_from_then() -> None:
    topics = np.array([0] * 20 + [1] * 15 + [2] * 2)
    seen: list[int] = []
    for learned, left in unseen.parts(topics, 3):
        assert not set(learned) & set(left)
        assert {35, 36} <= set(learned)  # too few to hold any out
        assert len(learned) + len(left) == len(topics)
        seen.extend(left)
    assert sorted(seen) == list(range(35))


def test_of_many_examples_no_more_are_held_out_than_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unseen, "ENOUGH", 100)
    topics = np.arange(400) % 4
    (only,) = unseen.parts(topics, 4)
    assert 100 <= len(only[1]) <= 134


def test_votes_come_in_the_order_of_the_rows_and_from_what_was_learned_without_them() -> None:
    topics = np.arange(40) % 2

    def view(learned: np.ndarray, left: np.ndarray) -> np.ndarray:
        assert not set(learned) & set(left)
        return np.stack([left, -left], axis=1)

    rows, (first, second) = unseen.votes(topics, 2, view, view)
    assert rows.tolist() == list(range(40))
    assert first[:, 0].tolist() == second[:, 0].tolist() == rows.tolist()


@pytest.mark.parametrize("topics", [[0, 1, 2], [0, 0, 0, 0]])
def test_where_nothing_can_be_held_out_there_are_no_votes(topics: list[int]) -> None:
    rows, (votes,) = unseen.votes(np.array(topics), 3, lambda _, left: np.zeros((len(left), 3)))
    assert (rows.shape, votes.shape) == ((0,), (0, 3))

"""The weights of several views of a text."""

import numpy as np
import pytest

from segue.models import blend

CHANCE = np.random.default_rng(3)
TOPICS = CHANCE.integers(0, 4, 2_000)
RIGHT = np.eye(4)[TOPICS]


def noise(size: float) -> np.ndarray:
    return CHANCE.normal(scale=size, size=RIGHT.shape)


def test_the_votes_that_say_more_count_more() -> None:
    clear, murky = RIGHT + noise(0.3), RIGHT + noise(3.0)
    first, second = blend.learn([clear, murky], TOPICS).factors
    assert first > 5 * second
    first, second = blend.learn([murky, clear], TOPICS).factors
    assert second > 5 * first


@pytest.mark.parametrize("views", [2, 3])
def test_together_they_are_as_sure_as_they_are_right(views: int) -> None:
    votes = [RIGHT + noise(0.6 + 0.3 * number) for number in range(views)]
    found = blend.learn([each[:1000] for each in votes], TOPICS[:1000])
    shares = found.of([each[1000:] for each in votes])
    right = (shares.argmax(axis=1) == TOPICS[1000:]).mean()
    assert shares.max(axis=1).mean() == pytest.approx(right, abs=0.03)


@pytest.mark.parametrize("views", [2, 3])
def test_without_a_held_out_example_the_weights_are_those_it_set_out_from(views: int) -> None:
    found = blend.learn([np.empty((0, 4))] * views, np.empty(0, int))
    assert found.factors == pytest.approx(blend.START[:views])


def test_one_topic_alone_is_certain() -> None:
    assert blend.Blend((1.0, 1.0)).of([np.array([[0.1]]), np.array([[-3.0]])]).tolist() == [[1.0]]

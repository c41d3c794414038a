"""The weights of likeness and words."""

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
    assert blend.learn(clear, murky, TOPICS).likeness > 5 * blend.learn(clear, murky, TOPICS).words
    assert blend.learn(murky, clear, TOPICS).words > 5 * blend.learn(murky, clear, TOPICS).likeness


def test_both_together_are_as_sure_as_they_are_right() -> None:
    likeness, words = RIGHT + noise(0.6), RIGHT + noise(0.9)
    found = blend.learn(likeness[:1000], words[:1000], TOPICS[:1000])
    shares = found.of(likeness[1000:], words[1000:])
    right = (shares.argmax(axis=1) == TOPICS[1000:]).mean()
    assert shares.max(axis=1).mean() == pytest.approx(right, abs=0.03)


def test_without_a_held_out_example_the_weights_are_those_it_set_out_from() -> None:
    nothing = np.empty((0, 4))
    found = blend.learn(nothing, nothing, np.empty(0, int))
    assert (found.likeness, found.words) == pytest.approx(blend.START)


def test_one_topic_alone_is_certain() -> None:
    assert blend.Blend().of(np.array([[0.1]]), np.array([[-3.0]])).tolist() == [[1.0]]

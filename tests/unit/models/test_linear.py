"""Softmax regression: it finds what tells topics apart, and knows what is frequent in advance."""

import numpy as np
import pytest

from segue.models import linear
from segue.models.blend import softmax

CHANCE = np.random.default_rng(5)


def clouds(sizes: list[int], spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Return points around the axes, and of which axis each is."""
    topics = np.repeat(np.arange(len(sizes)), sizes)
    points = np.eye(6)[topics] + CHANCE.normal(scale=spread, size=(len(topics), 6))
    return points.astype(np.float32), topics


def test_it_tells_apart_what_lies_in_different_directions() -> None:
    points, topics = clouds([200] * 4, 0.2)
    learned = linear.learn(points[::2], topics[::2], 4)
    assert (learned.votes(points[1::2]).argmax(axis=1) == topics[1::2]).mean() > 0.97


def test_its_votes_are_logarithms_of_honest_probabilities_where_examples_are_many() -> None:
    points, topics = clouds([1500] * 4, 0.6)
    learned = linear.learn(points[::2], topics[::2], 4)
    shares = softmax(learned.votes(points[1::2]))
    right = (shares.argmax(axis=1) == topics[1::2]).mean()
    assert 0.7 < right < 0.95
    assert shares.max(axis=1).mean() == pytest.approx(right, abs=0.03)


def test_what_says_nothing_is_of_the_most_frequent_topic() -> None:
    points, topics = clouds([900, 100], 0.1)
    shares = softmax(linear.learn(points * 0, topics, 2).votes(points[:1] * 0))
    assert shares[0].tolist() == pytest.approx([0.9, 0.1], abs=0.01)


def test_a_topic_without_an_example_is_unlikely_and_stops_nothing() -> None:
    points, topics = clouds([50, 50], 0.1)
    learned = linear.learn(points, topics, 3)
    assert learned.votes(points).argmax(axis=1).tolist() == topics.tolist()

"""How familiar a text is: from what is known, what is strange, and small talk."""

import numpy as np

from segue.models import unknown
from segue.models.similarity import Likeness


def texts(best: float, nearest: float, count: int, none: float = 0.0) -> Likeness:
    """Return texts that look alike; the first column is that of what belongs to no topic."""
    spread = np.linspace(-0.1, 0.1, count)
    votes = np.stack([np.full(count, none), best + spread, np.zeros(count)], axis=1)
    return Likeness(votes, nearest + spread)


NOBODY = texts(0, 0, 0)
KNOWN, STRANGE, TALK = texts(0.7, 0.7, 200), texts(0.35, 0.5, 200), texts(0.1, 0.2, 30)


def known(best: float, nearest: float, none: float = 0.0, given: Likeness = NOBODY) -> float:
    learned = unknown.learn(KNOWN, given, STRANGE, TALK, 0)
    return float(learned.of(texts(best, nearest, 1, none).where(np.array([0])), 0)[0])


def test_the_less_a_text_is_like_any_example_the_less_it_is_known() -> None:
    assert known(0.8, 0.8) > 0.95
    assert known(0.8, 0.8) > known(0.5, 0.6) > known(0.25, 0.35) > known(0.15, 0.2)
    assert known(0.15, 0.2) < 0.5


def test_what_is_like_examples_of_no_topic_is_unknown() -> None:
    given = texts(0.3, 0.7, 40, none=0.6)
    assert known(0.3, 0.7, none=0.7, given=given) < 0.3
    assert known(0.7, 0.7, none=0.0, given=given) > 0.9


def test_what_is_like_no_example_at_all_is_unknown_whatever_was_learned() -> None:
    learned = unknown.Familiarity(np.zeros(3), bias=10.0)
    assert learned.of(Likeness(np.zeros((1, 3)), np.array([0.0])), None).tolist() == [0.0]

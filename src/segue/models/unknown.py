"""How sure it is that a text belongs to any known topic at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from segue.models.similarity import Likeness

Array = np.ndarray[Any, Any]

EXPECTED = 0.01
"""Share of texts that belong to no topic, where no example says how many do."""
LEAST = 2.0
"""So many examples that share is worth at least: who knows little must expect more of the unknown."""
SMALL_TALK = (
    "hello",
    "hi there",
    "good morning",
    "hey, anyone here?",
    "thanks",
    "thank you so much!",
    "ok great, thank you",
    "bye, have a nice day",
    "yes",
    "no",
    "ok",
    "sure, why not",
    "please",
    "hm",
    "test",
    "asdf qwer",
    "lkjh sdfkj wqe",
    "???",
    "12345",
    "I have a question",
    "can you help me?",
    "I need help with something",
    "who are you?",
    "are you a robot?",
    "tell me a joke",
    "how is the weather today?",
    "what is the capital of France?",
    "how do I cook rice?",
    "the match last night was great",
    "we sell cheap office furniture",
)
"""What no company has a topic for; those that one does have a topic for are left out where they are close to it."""
TOO_CLOSE = 0.6
"""Cosine with the nearest example from which small talk is what the company handles."""

_CERTAIN = np.array([[0.9, 0.9, 0.0], [0.0, 0.0, 0.0], [0.0, 0.9, 0.9]])
"""Best vote, nearest cosine and vote for none of texts that are certain: known, like nothing, like what is unknown."""
_CERTAIN_LABELS = [1, 0, 0]


@dataclass(frozen=True)
class Familiarity:
    """The probability that a text is of a known topic: a logistic function of how like the examples it is."""

    weights: Array
    bias: float

    def of(self, likeness: Likeness, nothing: int | None) -> Array:
        """Return float (n_texts,); `nothing` is the column of the examples that belong to no topic."""
        with np.errstate(over="ignore"):
            known: Array = 1 / (1 + np.exp(-(_features(likeness, nothing) @ self.weights + self.bias)))
        return np.where(likeness.nearest > 0, known, 0.0)  # like no example at all


def learn(known: Likeness, unknown: Likeness, strange: Likeness, talk: Likeness, nothing: int | None) -> Familiarity:
    """Learn from texts as they look unseen.

    Args:
        known: Of known topics.
        unknown: Of none, given as examples.
        strange: Of a known topic that was hidden: the most difficult of what may come. All together count as much
            as `EXPECTED` of the known ones, less half of the given ones, but as `LEAST` at least.
        talk: Small talk; counts as much again.
        nothing: The column of the examples that belong to no topic.
    """
    parts = [_features(part, nothing) for part in (known, unknown, strange, talk)]
    sizes = [len(part) for part in parts]
    share = max(EXPECTED * sizes[0] - sizes[1] / 2, LEAST)
    each = [1.0, 1.0, share / max(sizes[2], 1), share / max(sizes[3], 1)]
    model = LogisticRegression(C=100.0)
    model.fit(
        np.concatenate([*parts, _CERTAIN]),
        [*np.repeat([1, 0, 0, 0], sizes), *_CERTAIN_LABELS],
        [*np.repeat(each, sizes), *np.ones(len(_CERTAIN))],
    )
    return Familiarity(model.coef_[0], float(model.intercept_[0]))


def _features(likeness: Likeness, nothing: int | None) -> Array:
    votes = likeness.votes
    none = votes[:, nothing] if nothing is not None else np.zeros(len(votes))
    topics = np.delete(votes, nothing, axis=1) if nothing is not None else votes
    best = topics.max(axis=1, initial=0.0)
    features: Array = np.stack([best, likeness.nearest, none], axis=1)
    return features

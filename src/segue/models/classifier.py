"""The local brain's sense of topics: three views together, with honest probabilities and an honest "unknown"."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn import __version__ as sklearn_version

from segue.models import blend, linear, similarity, space, unknown, unseen, words
from segue.models.blend import Blend
from segue.models.similarity import Learned, Rows
from segue.models.unknown import Familiarity
from segue.models.words import Counts

VERSION = 4
"""Of what is learned and how; another one is not read."""
NOTHING = ""
"""The label of what belongs to no topic."""
MOST = 0.5
"""More than all topics together."""

_WORD = re.compile(r"\w+")

Array = np.ndarray[Any, Any]
Encode = Callable[[Sequence[str]], Array]
"""Texts to float32 (n_texts, n_dims), rows of length 1."""


class TopicClassifier:
    """Which topic a text is about; `None` stands for none of them."""

    def __init__(
        self, examples: Sequence[tuple[str, str | None]], encode: Encode | None = None, encoder_name: str = ""
    ) -> None:
        """Learn from examples.

        Args:
            examples: (text, topic), of two topics at least, `None` counted as one.
            encode: Vectors of texts by their meaning; without it only words are compared.
            encoder_name: Of the weights and of all that is done with them.

        Raises:
            ValueError: There are fewer than two topics.
        """
        examples = list(dict.fromkeys(examples))  # a text that stands twice would seem to be known unseen
        texts = [text for text, _ in examples]
        given = [topic or NOTHING for _, topic in examples]
        self._labels = sorted(set(given))
        if len(self._labels) < 2:
            raise ValueError("a classifier needs examples of two topics at least")
        topics = np.searchsorted(self._labels, given)
        self.encoder_name = encoder_name
        self.encode = encode
        self._small_talk = {_plain(text) for text in unknown.SMALL_TALK} - {_plain(text) for text in texts}
        self._nothing = None if self._labels[0] != NOTHING else 0
        self._words = words.Words(texts)
        counts = self._words.counts(texts)
        self._word_model = words.WordModel(counts, topics, len(self._labels))
        vectors = self._vectors(texts)
        self._space = space.learn(vectors)
        seen = self._space.of(vectors)
        self._linear = linear.learn(seen, topics, len(self._labels)) if encode else None
        learned = similarity.learn(seen, topics, len(self._labels))
        self._similarity = learned.similarity
        self._blend = self._learned_blend(counts, seen, topics, learned)
        self._familiarity = self._learned_familiarity(topics[learned.rows], learned)

    def classify(self, texts: Sequence[str]) -> list[list[tuple[str | None, float]]]:
        """Return, for each text, every topic and `None` with their probabilities, the likeliest topic first.

        `None` comes first where it is likelier than all topics together, and never else: a text that is about one of
        two topics, nobody knows which, is not about nothing.
        """
        if not texts:
            return []
        seen = self._space.of(self._vectors(texts))
        likeness = self._similarity.of(seen)
        known = self._familiarity.of(likeness, self._nothing)
        known[[_plain(text) in self._small_talk for text in texts]] = 0.0
        votes = [likeness.votes, self._word_model.votes(self._words.counts(texts))]
        if self._linear is not None:
            votes.append(self._linear.votes(seen))
        topics = self._blend.of([self._real(each) for each in votes])
        labels = [label for label in self._labels if label]
        return [
            _ranked(labels, row, 1 - float(share)) for row, share in zip(topics * known[:, None], known, strict=True)
        ]

    def _learned_blend(self, counts: Counts, seen: Rows, topics: Array, learned: Learned) -> Blend:
        count = len(self._labels)

        def by_words(known: Array, new: Array) -> Array:
            return words.WordModel(words.of(counts, known), topics[known], count).votes(words.of(counts, new))

        def by_direction(known: Array, new: Array) -> Array:
            return linear.learn(seen[known], topics[known], count).votes(seen[new])

        views = [by_words] if self._linear is None else [by_words, by_direction]
        rows, votes = unseen.votes(topics, count, *views)
        both, at, in_rows = np.intersect1d(learned.rows, rows, return_indices=True)
        is_topic = topics[both] != self._nothing if self._nothing is not None else np.full(len(both), True)
        columns = topics[both][is_topic] - (self._nothing is not None)
        held_out = [learned.unseen.votes[at], *(each[in_rows] for each in votes)]
        return blend.learn([self._real(each[is_topic]) for each in held_out], columns)

    def _learned_familiarity(self, topics: Array, learned: Learned) -> Familiarity:
        is_none = topics == self._nothing if self._nothing is not None else np.full(len(topics), False)
        talk = self._similarity.of(self._space.of(self._vectors(unknown.SMALL_TALK)))
        return unknown.learn(
            learned.unseen.where(~is_none),
            learned.unseen.where(is_none),
            learned.strange.where(~is_none),
            talk.where(talk.nearest < unknown.TOO_CLOSE),
            self._nothing,
        )

    def _real(self, votes: Array) -> Array:
        """Return the columns of the topics, without that of what belongs to none."""
        return votes if self._nothing is None else votes[:, 1:]

    def _vectors(self, texts: Sequence[str]) -> Rows:
        if self.encode is None:
            rows = self._word_model.rarity.rows(self._words.counts(texts))
            # shorter the more of a text is unknown, so that one known word makes nothing familiar
            return rows.multiply(np.sqrt(self._words.shares(texts))[:, None]).tocsr().astype(np.float32)
        return np.asarray(self.encode(texts), np.float32)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the encoder out: it is no part of what was learned."""
        return {**vars(self), "encode": None}


def trained(
    examples: Sequence[tuple[str, str | None]], folder: Path, encode: Encode | None = None, encoder_name: str = ""
) -> TopicClassifier:
    """Return a classifier for examples, from `folder` where the same ones were learned before with that encoder.

    Raises:
        ValueError: There are fewer than two topics.
    """
    learned_from = sorted((text, topic or NOTHING) for text, topic in examples)
    known = json.dumps([VERSION, sklearn_version, encoder_name, learned_from])
    path = folder / f"topics-{sha256(known.encode()).hexdigest()[:32]}.joblib"
    try:
        kept = joblib.load(path)
    except Exception:  # noqa: BLE001 (missing, or of a broken write: it is derived, and made again)
        kept = None
    if isinstance(kept, TopicClassifier) and kept.encoder_name == encoder_name:
        kept.encode = encode
        return kept
    classifier = TopicClassifier(examples, encode, encoder_name)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    joblib.dump(classifier, unfinished)
    unfinished.replace(path)
    return classifier


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _ranked(labels: Sequence[str], shares: Array, nothing: float) -> list[tuple[str | None, float]]:
    found: list[tuple[str | None, float]] = sorted(zip(labels, map(float, shares), strict=True), key=_falling)
    after = sum(share >= nothing for _, share in found)
    found.insert(0 if nothing > MOST else max(after, 1), (None, nothing))
    return found


def _falling(entry: tuple[str | None, float]) -> tuple[float, str]:
    return (-entry[1], entry[0] or "")

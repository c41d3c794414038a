"""The local brain's sense of topics: TF-IDF and logistic regression over examples, with honest probabilities."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn import __version__ as sklearn_version
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline, make_union

VERSION = 2
"""Of what is learned and how; another one is not read."""
FOLDS = 5
SEED = 20260520
NOTHING = ""
"""The label of what belongs to no topic."""

_SHARPNESS = np.geomspace(0.1, 20, 60)


class TopicClassifier:
    """Which topic a text is about; `None` stands for none of them."""

    def __init__(self, examples: Sequence[tuple[str, str | None]]) -> None:
        """Learn from examples.

        Args:
            examples: (text, topic), of two topics at least, `None` counted as one.

        Raises:
            ValueError: There are fewer than two topics.
        """
        texts = [text for text, _ in examples]
        labels = np.array([NOTHING if topic is None else topic for _, topic in examples])
        if len(set(labels)) < 2:
            raise ValueError("a classifier needs examples of two topics at least")
        self._model = _model().fit(texts, labels)
        self._labels: list[str] = [str(label) for label in self._model.classes_]
        self._sharpness = self._calibrated(texts, labels)

    def classify(self, texts: Sequence[str]) -> list[list[tuple[str | None, float]]]:
        """Return, for each text, every topic with its probability, the likeliest first."""
        if not texts:
            return []
        scores = _columns(self._model.decision_function(texts)) * self._sharpness
        probabilities = _softmax(scores)
        return [
            sorted(((label or None, float(p)) for label, p in zip(self._labels, row, strict=True)), key=_falling)
            for row in probabilities
        ]

    def _calibrated(self, texts: Sequence[str], labels: np.ndarray[Any, Any]) -> float:
        """Return the factor on scores under which held-out examples are likeliest (temperature scaling, Guo 2017).

        The vocabulary is learned without them too, or they would seem more familiar than a new text ever is. Topics
        with too few examples to hold any out are only learned from, so that one stray label changes little.
        """
        counts = Counter(labels.tolist())
        folds = min(FOLDS, max(counts.values()))
        if folds < 2:
            return 1.0
        words = np.array(texts, dtype=object)
        is_common = np.array([counts[label] >= folds for label in labels])
        common, rare = np.flatnonzero(is_common), np.flatnonzero(~is_common)
        scores, columns = [], []
        parts = StratifiedKFold(folds, shuffle=True, random_state=SEED)
        for learned, held_out in parts.split(common, labels[common]):
            examples = np.concatenate([common[learned], rare])
            model = _model().fit(words[examples], labels[examples])
            scores.append(_columns(model.decision_function(words[common[held_out]])))
            columns.append(np.searchsorted(self._labels, labels[common[held_out]]))
        return _sharpness(np.concatenate(scores), np.concatenate(columns))


def trained(examples: Sequence[tuple[str, str | None]], folder: Path) -> TopicClassifier:
    """Return a classifier for examples, from `folder` where the same ones were learned before.

    Raises:
        ValueError: There are fewer than two topics.
    """
    known = json.dumps([VERSION, sklearn_version, sorted((text, topic or NOTHING) for text, topic in examples)])
    path = folder / f"topics-{sha256(known.encode()).hexdigest()[:32]}.joblib"
    try:
        kept = joblib.load(path)
    except Exception:  # noqa: BLE001 (missing, or of a broken write: it is derived, and made again)
        kept = None
    if isinstance(kept, TopicClassifier):
        return kept
    classifier = TopicClassifier(examples)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    joblib.dump(classifier, unfinished)
    unfinished.replace(path)
    return classifier


def _features() -> FeatureUnion:
    union: FeatureUnion = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode"),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, strip_accents="unicode"),
    )
    return union


def _model() -> Pipeline:
    return make_pipeline(_features(), LogisticRegression(C=10, solver="newton-cg", class_weight="balanced"))


def _sharpness(scores: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> float:
    """Return the factor under which the right topics, columns of scores (n_texts, n_topics), are likeliest."""
    rows = np.arange(len(right))

    def surprise(sharpness: float) -> float:
        return float(-np.log(_softmax(scores * sharpness)[rows, right] + 1e-12).mean())

    return float(min(_SHARPNESS, key=surprise))


def _columns(scores: Any) -> np.ndarray[Any, Any]:
    """Return float64 (n_texts, n_topics) also for two topics, where scikit-learn gives the second's score only."""
    found = np.asarray(scores, dtype=float)
    return np.stack([-found / 2, found / 2], axis=1) if found.ndim == 1 else found


def _softmax(scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    normed: np.ndarray[Any, Any] = shifted / shifted.sum(axis=1, keepdims=True)
    return normed


def _falling(entry: tuple[str | None, float]) -> tuple[float, str]:
    return (-entry[1], entry[0] or "")

"""Topics: `python -m benchmarks.quality.topics` learns them on three data sets and says how often it is right.

Nothing is tested that was learned from: BANKING77 in five parts, each unseen once; CLINC150 on its validation set, with
requests that are out of scope; STAR in five parts by customer. Vectors are kept in the system's temporary folder.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedKFold

from benchmarks import data, measure
from benchmarks.quality.study import Missing, Row
from segue.backtest.bound import Sample, lowest_proven, pooled
from segue.knowledge.vectors import VectorCache
from segue.models.classifier import TopicClassifier
from segue.models.encoder import DeepMiniLM, is_installed

SEED = 20260520
PARTS = 5
TURNS = 3
BINS = 15
DRAWS = 1_000
SPLITS = 200
ALPHA = DELTA = 0.05
FEWEST = 60
"""That are answered alone, for a threshold to be tried: fewer prove nothing even without a mistake."""
STEPS = 200
"""Thresholds that are tried, from the strictest down."""
MANY_OUTSIDE = 0.18
"""Share of requests out of scope in the set on which CLINC150 is usually tested; in its validation set it is .03."""

Array = np.ndarray[Any, Any]
Encode = Callable[[Sequence[str]], Array]
Examples = list[tuple[str, str | None]]
Result = dict[str, float | list[float]]
Parts = Iterator[tuple[Examples, Examples]]


@dataclass(frozen=True)
class Answer:
    """What was said of one unseen text."""

    topic: str | None
    """The right one."""
    said: str | None
    """The likeliest, none included."""
    confidence: float
    best: str
    """The likeliest of the topics alone."""
    known: float
    """The probability that it is one of them."""
    sure: float
    """The probability that it is of the likeliest topic: what is compared with a threshold."""


def banking77() -> Parts:
    """Yield what is learned and what is unseen, five times."""
    examples: Examples = [
        (line["text"], line["intent"]) for line in data.lines(data.folder("banking77") / "train.jsonl")
    ]
    split = StratifiedKFold(PARTS, shuffle=True, random_state=SEED)
    for learned, unseen in split.split(examples, [topic for _, topic in examples]):
        yield [examples[n] for n in learned], [examples[n] for n in unseen]


def clinc150() -> Parts:
    """Yield the training and the validation set, both with requests out of scope."""
    source = data.folder("clinc150")
    parts: list[Examples] = [
        [
            (line["text"], None if line["intent"] == "oos" else line["intent"])
            for name in names
            for line in data.lines(source / f"{name}.jsonl")
        ]
        for names in (("train", "oos_train"), ("val", "oos_val"))
    ]
    yield parts[0], parts[1]


def star() -> Parts:
    """Yield the first three turns of single-task chats, of customers who are learned from and of others.

    Chats that ended before the third turn are left out: most of them say no more than "hello".
    """
    chats = [
        (turns[:TURNS], chat["tasks"][0], chat["customer_id"])
        for chat in data.lines(data.folder("star") / "tickets.jsonl")
        if chat["tasks"] and not chat["multi_task"] and len(turns := _turns(chat)) >= TURNS
    ]
    examples: Examples = [("\n\n".join(turns), task) for turns, task, _ in chats]
    for learned, unseen in GroupKFold(PARTS).split(examples, groups=[customer for _, _, customer in chats]):
        yield [examples[n] for n in learned], [examples[n] for n in unseen]


def _turns(chat: dict[str, Any]) -> list[str]:
    return [message["text"] for message in chat["messages"] if message["role"] == "customer"]


def measured(parts: Parts, encode: Encode, *, with_baseline: bool) -> Result:
    """Learn, answer what was not seen, and return the figures; shares with 95 % intervals as [value, low, high]."""
    answers: list[Answer] = []
    baseline: list[bool] = []
    seconds: list[float] = []
    for learned, unseen in parts:
        encode([text for text, _ in learned])  # so that learning alone is timed
        began = time.perf_counter()
        classifier = TopicClassifier(learned, encode, DeepMiniLM.name)
        seconds.append(time.perf_counter() - began)
        answers += _answers(classifier, unseen)
        if with_baseline:
            baseline += _baseline(learned, unseen, encode)
    result: Result = {**_figures(answers), "seconds_to_learn": float(np.median(seconds))}
    return result | ({"baseline_accuracy": share(baseline)} if baseline else {})


def _answers(classifier: TopicClassifier, unseen: Examples) -> Iterator[Answer]:
    ranked = classifier.classify([text for text, _ in unseen])
    for (_, topic), found in zip(unseen, ranked, strict=True):
        said, confidence = found[0]
        best, sure = next(entry for entry in found if entry[0] is not None)
        assert best is not None
        yield Answer(topic, said, confidence, best, 1 - dict(found)[None], sure)


def _baseline(learned: Examples, unseen: Examples, encode: Encode) -> list[bool]:
    """Return whether logistic regression on the same vectors is right, for each text in scope."""
    known = [(text, topic) for text, topic in learned if topic is not None]
    asked = [(text, topic) for text, topic in unseen if topic is not None]
    model = LogisticRegression(C=10, max_iter=300).fit(
        encode([text for text, _ in known]), [topic for _, topic in known]
    )
    said = model.predict(encode([text for text, _ in asked]))
    return [bool(topic == right) for topic, (_, right) in zip(said, asked, strict=True)]


def _figures(answers: Sequence[Answer]) -> Result:
    inside = [answer for answer in answers if answer.topic is not None]
    figures: Result = {
        "texts": len(answers),
        "accuracy": share([answer.best == answer.topic for answer in inside]),
        "accuracy_with_none": share([answer.said == answer.topic for answer in inside]),
        "calibration_error": _calibration_error(answers),
        **_coverage(answers),
    }
    if len(inside) < len(answers):
        figures["none_recognised"] = share([answer.said is None for answer in answers if answer.topic is None])
        figures["auroc"] = _auroc(answers)
        figures["coverage_with_many_outside"] = _coverage_with_many_outside(answers)
    return figures


def share(right: Sequence[bool]) -> list[float]:
    """Return a share with its 95 % interval (Wilson 1927)."""
    n, share, z = len(right), sum(right) / len(right), 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return [share, middle - reach, middle + reach]


def _auroc(answers: Sequence[Answer]) -> list[float]:
    """Return how surely a text in scope looks more known than one that is not, with its 95 % interval by bootstrap."""
    known = np.array([answer.known for answer in answers])
    inside = np.array([answer.topic is not None for answer in answers])
    chance = np.random.default_rng(SEED)
    drawn = []
    for _ in range(DRAWS):
        rows = np.concatenate(
            [chance.choice(part, len(part)) for part in (np.flatnonzero(inside), np.flatnonzero(~inside))]
        )
        drawn.append(roc_auc_score(inside[rows], known[rows]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return [float(roc_auc_score(inside, known)), float(low), float(high)]


def _calibration_error(answers: Sequence[Answer]) -> float:
    """Return how far confidence is from being right, on average (expected calibration error)."""
    confidence = np.array([answer.confidence for answer in answers])
    right = np.array([answer.said == answer.topic for answer in answers])
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return float(sum(abs((confidence - right)[bins == number].sum()) for number in range(BINS)) / len(answers))


def _coverage(answers: Sequence[Answer]) -> Result:
    """Return the share answered alone at a proven error, averaged over random halves, and what came of the promise.

    The threshold is the lowest, from the strictest down, at which one half still proves an error of at most `ALPHA`
    with confidence 1 - `DELTA` (exact binomial, fixed sequence); coverage and error are those of the other half.
    """
    sure = np.array([answer.sure for answer in answers])
    wrong = np.array([answer.best != answer.topic for answer in answers])
    chance = np.random.default_rng(SEED)
    found = []
    for _ in range(SPLITS):
        order = chance.permutation(len(answers))
        learned, unseen = order[::2], order[1::2]
        alone = sure[unseen] >= _proven(sure[learned], wrong[learned])
        found.append((alone.mean(), wrong[unseen][alone].mean() if alone.any() else 0.0))
    coverage, error = np.array(found).T
    return {
        "coverage_at_5": float(coverage.mean()),
        "its_error": float(error.mean()),
        "its_share_of_splits_over_5": float((error > ALPHA).mean()),
    }


def _proven(sure: Array, wrong: Array) -> float:
    """Return the lowest threshold that is proven, infinite without one; tried by rank, so fixed without `wrong`."""
    half = Sample(confidence=sure.tolist(), wrong=wrong.tolist())
    ranked = np.quantile(sure, np.linspace(1, 0, STEPS + 1)[1:]).tolist()
    tried = [threshold for threshold in ranked if half.alone(threshold) >= FEWEST]
    lowest = lowest_proven(tried, pooled(half, DELTA), ALPHA)
    return np.inf if lowest is None else lowest


def _coverage_with_many_outside(answers: Sequence[Answer]) -> float:
    """Return the largest share answered alone at a realised error of 5 %, as if `MANY_OUTSIDE` were out of scope."""
    outside = np.array([answer.topic is None for answer in answers])
    weights = np.where(outside, MANY_OUTSIDE / outside.mean(), (1 - MANY_OUTSIDE) / (1 - outside.mean()))
    order = np.argsort([-answer.sure for answer in answers], kind="stable")
    wrong = np.array([answer.best != answer.topic for answer in answers])[order]
    alone = np.cumsum(weights[order])
    error = np.cumsum(weights[order] * wrong) / alone
    return float(alone[error <= ALPHA].max(initial=0.0) / weights.sum())


STUDIES: dict[str, tuple[str, Callable[[], Parts], str]] = {
    "Q1": ("BANKING77", banking77, "94 % of the test set, where logistic regression on vectors has 92.9 %"),
    "Q2": ("CLINC150", clinc150, "96.5 % and AUROC .985, where the same has 95.3 % and .977"),
    "Q6": ("STAR", star, "98.5 %, where the same has 97.7 %"),
}


GOALS: tuple[tuple[str, str, str, float | None, float], ...] = (
    ("Q1", "accuracy", "topic of an unseen message, BANKING77", 0.929, 0.94),
    ("Q2", "accuracy", "topic in scope, CLINC150", 0.953, 0.965),
    ("Q2", "auroc", "in scope or not, CLINC150 (AUROC)", 0.977, 0.985),
    ("Q4", "coverage_at_5", "answered alone at a proven error of 5 %, CLINC150", None, 0.82),
    ("Q6", "accuracy", "procedure from the first three turns, STAR", 0.977, 0.985),
)
"""Row, figure of its study, what it is, what a simple way reached when the goals were set, the goal. Q4 is of Q2's."""


def rows() -> list[Row]:
    """Return the figures that have goals."""
    if not is_installed():
        raise Missing("the extra `embeddings` is not installed")
    found = {name: measured(parts(), _encoder(), with_baseline=False) for name, (_, parts, _) in STUDIES.items()}
    return [row for goal in GOALS for row in _rows(goal, found["Q2" if goal[0] == "Q4" else goal[0]])]


def _rows(goal: tuple[str, str, str, float | None, float], found: Result) -> Iterator[Row]:
    name, figure, what, baseline, least = goal
    value = found[figure]
    share, low, high = value if isinstance(value, list) else (value, None, None)
    note = f"calibration error {found['calibration_error']:.3f}" if figure == "accuracy" else ""
    if name == "Q4":
        note = f"at a realised error of {found['its_error']:.3f}; with {MANY_OUTSIDE:.0%} out of scope, unproven"
        note += f", {found['coverage_with_many_outside']:.3f}"
    yield Row(row=name, what=what, value=share, baseline=baseline, goal=least, low=low, high=high, note=note)


def _encoder() -> Encode:
    """Return the encoder; vectors are kept in the system's temporary folder."""
    vectors = VectorCache(Path(tempfile.gettempdir()) / "segue-bench-vectors", DeepMiniLM())
    return lambda texts: np.asarray(vectors.of(texts))


def main() -> None:
    """Measure, print a table and write the figures to `benchmarks/results`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.topics", description=__doc__)
    parser.add_argument("studies", nargs="*", choices=[*STUDIES, []], help="which; all where none is named")
    parser.add_argument("--no-baseline", action="store_true", help="leave logistic regression on the vectors out")
    options = parser.parse_args()
    results: dict[str, Any] = {}
    table = [("study", "data", "figure", "value", "95 % interval")]
    for name in options.studies or STUDIES:
        title, parts, goal = STUDIES[name]
        found = measured(parts(), _encoder(), with_baseline=not options.no_baseline)
        results[f"{name} {title}"] = {**found, "goal": goal}
        for figure, value in found.items():
            shown = value if isinstance(value, list) else [value]
            interval = f"{shown[1]:.4f} to {shown[2]:.4f}" if len(shown) > 1 else ""
            table.append((name, title, figure, f"{shown[0]:.4f}", interval))
        measure.keep("topics", results)
    measure.table(table)


if __name__ == "__main__":
    main()

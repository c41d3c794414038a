"""The proof: `python -m benchmarks.quality.bound` proves thresholds again and again and counts how often they hold.

A threshold is proven on a few tickets. In simulations its true risk is known; on data it is that of a part at least ten
times as large. Beside it stands what is easily done instead: the lowest threshold at which the tickets themselves show
no more mistakes than are allowed, and, where the share out of scope is another one later, a proof that does not know
of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from benchmarks import data, measure
from benchmarks.quality.study import HEAD, Row
from segue.backtest.bound import Bound, Sample, lowest_proven, mixed, pooled, sequence
from segue.backtest.report import Share

SEED = 20260521
ALPHA = DELTA = 0.05
RUNS = 200
MOST_OVER = 16
"""Of them: more would be a surprise (2.4 %) if each failed with probability `DELTA`."""
LATER = 0.18
"""Share out of scope that is declared: as in the set on which CLINC150 is usually tested."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Tickets:
    """Those in scope, with how sure the agent is and whether it is wrong, and how sure it is of the others."""

    sure: Array
    wrong: Array
    outside: Array

    def inside(self) -> Sample:
        """Return those in scope."""
        return Sample(confidence=self.sure.tolist(), wrong=self.wrong.tolist())

    def all(self) -> Sample:
        """Return all as they come; every one out of scope is wrong."""
        others = self.outside.tolist()
        return Sample(confidence=[*self.sure.tolist(), *others], wrong=[*self.wrong.tolist(), *[True] * len(others)])

    def times(self, inside: int, outside: int) -> Tickets:
        """Return the tickets that many times over."""
        return Tickets(np.tile(self.sure, inside), np.tile(self.wrong, inside), np.tile(self.outside, outside))

    def bound(self, share: float | None) -> Bound:
        """Return the bound with a declared share out of scope; with none, for tickets mixed as these."""
        return pooled(self.all(), DELTA) if share is None else mixed(self.inside(), self.outside.tolist(), share, DELTA)


Truth = Callable[[float], tuple[float, float]]
"""Gives the true risk and coverage of a threshold."""


@dataclass(frozen=True)
class Trial:
    """Tickets to choose what is tried, tickets to prove it on, and what is true."""

    tune: Tickets
    calibrate: Tickets
    truth: Truth


@dataclass(frozen=True)
class Study:
    """Trials, and the share out of scope that they declare; `None` where later tickets are mixed as these."""

    what: str
    trials: Callable[[], Iterator[Trial]]
    share: float | None


@dataclass(frozen=True)
class World:
    """A known distribution: confidence in scope is even between 0 and 1, the rest follows from it."""

    wrong: Callable[[Array], Array]
    """Probability of a mistake, given how sure."""
    error: Callable[[float], float]
    """Its mean above a threshold."""
    outside: Callable[[Array], Array]
    """Confidence out of scope, from an even number between 0 and 1."""
    outside_alone: Callable[[float], float]
    """Share of it above a threshold."""

    def trials(self, share: float, later: float, tune: int, calibrate: int) -> Iterator[Trial]:
        """Yield trials in which a share is out of scope, and another one later."""
        chance = np.random.default_rng(SEED)
        for _ in range(RUNS):
            chosen, proving = (self._draw(chance, share, number) for number in (tune, calibrate))
            yield Trial(chosen, proving, self._truth(later))

    def _draw(self, chance: np.random.Generator, share: float, number: int) -> Tickets:
        outside = round(share * number)
        sure = chance.random(number - outside)
        return Tickets(sure, chance.random(len(sure)) < self.wrong(sure), self.outside(chance.random(outside)))

    def _truth(self, share: float) -> Truth:
        def truth(threshold: float) -> tuple[float, float]:
            inside, outside = (1 - share) * (1 - threshold), share * self.outside_alone(threshold)
            return (inside * self.error(threshold) + outside) / (inside + outside), inside + outside

        return truth


def falling(lowest: float, sharpness: int) -> World:
    """Return a world in which mistakes become rare with confidence: at least so right, and as sharp out of scope."""
    return World(
        wrong=lambda sure: 3 * lowest * (1 - sure) ** 2,
        error=lambda threshold: lowest * (1 - threshold) ** 2,
        outside=lambda even: 1 - even ** (1 / sharpness),
        outside_alone=lambda threshold: (1 - threshold) ** sharpness,
    )


def level(error: float, outside: float) -> World:
    """Return a world in which confidence tells nothing: every threshold has the same risk.

    Args:
        error: In scope.
        outside: Share out of scope that is as sure as what is in scope; of the others the agent is not sure at all.
    """
    return World(
        wrong=lambda sure: np.full(len(sure), error),
        error=lambda threshold: error,
        outside=lambda even: np.where(even < outside, even / outside if outside else 0.0, -1.0),
        outside_alone=lambda threshold: outside * (1 - threshold),
    )


JUST_ABOVE = 0.0501
"""A risk that must not be proven: whoever passes it does so by chance."""
RIGHT_INSIDE = 0.03
AS_SURE_OUTSIDE = (1 - LATER) * (JUST_ABOVE - RIGHT_INSIDE) / (LATER * (1 - JUST_ABOVE))
"""So that `LATER` out of scope makes `JUST_ABOVE` of it."""


@dataclass(frozen=True)
class Sizes:
    """How many tickets choose what is tried and prove it, in scope and not."""

    tune: tuple[int, int]
    calibrate: tuple[int, int]


def on_data(name: str, files: Sequence[str], topics: int, learned: int, sizes: Sizes) -> Iterator[Trial]:
    """Yield trials of one plain classifier on texts that it has not learned: a linear SVM on words and pairs.

    Args:
        name: Of the data set.
        files: Of it, without ending.
        topics: So many are in scope, of all that there are.
        learned: Texts of each that are learned.
        sizes: Of the parts; all others tell what is true.
    """
    found, outside = _answers(name, files, topics, learned)
    chance = np.random.default_rng(SEED)
    for _ in range(RUNS):
        inner, outer = chance.permutation(len(found)), chance.permutation(len(outside))
        parts = []
        for number, other in (sizes.tune, sizes.calibrate):
            (mine, inner), (others, outer) = np.split(inner, [number]), np.split(outer, [other])
            parts.append(Tickets(found[mine, 0], found[mine, 1] > 0, outside[others]))
        assert len(inner) >= 10 * sizes.calibrate[0]
        assert len(outer) >= 10 * sizes.calibrate[1]
        report = Tickets(found[inner, 0], found[inner, 1] > 0, outside[outer])
        yield Trial(parts[0], parts[1], _seen(report, LATER if len(outside) else 0.0))


def _answers(name: str, files: Sequence[str], topics: int, learned: int) -> tuple[Array, Array]:
    """Return (n, 2): how sure, and whether wrong, of each unseen text in scope; and how sure of each that is not."""
    source, chance = data.folder(name), np.random.default_rng(SEED)
    lines = [(line["text"], line["intent"]) for file in files for line in data.lines(source / f"{file}.jsonl")]
    lines = [lines[n] for n in chance.permutation(len(lines))]
    known = set(chance.permutation(sorted({topic for _, topic in lines}))[:topics].tolist())
    texts = [text for text, topic in lines if topic not in known]
    seen: list[tuple[str, str]] = []
    unseen: list[tuple[str, str]] = []
    count = dict.fromkeys(known, 0)
    for text, topic in lines:
        if topic in known:
            count[topic] += 1
            (seen if count[topic] <= learned else unseen).append((text, topic))
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    learnable = words.fit_transform([text for text, _ in seen])
    model = LinearSVC().fit(learnable, [topic for _, topic in seen])
    said = model.decision_function(words.transform([text for text, _ in unseen]))
    wrong = model.classes_[said.argmax(axis=1)] != np.array([topic for _, topic in unseen])
    outside = model.decision_function(words.transform(texts)).max(axis=1) if texts else np.empty(0)
    return np.column_stack([said.max(axis=1), wrong]), outside


def _seen(report: Tickets, share: float) -> Truth:
    """Return risk and coverage of a part, weighted so that a share of it is out of scope."""

    def truth(threshold: float) -> tuple[float, float]:
        alone = report.sure >= threshold
        outside = share * float((report.outside >= threshold).mean()) if share else 0.0
        wrong, covered = (1 - share) * float((alone & report.wrong).mean()), (1 - share) * float(alone.mean())
        return (wrong + outside) / max(covered + outside, 1e-12), covered + outside

    return truth


def _simulated(world: World, share: float, later: float, calibrate: int) -> Callable[[], Iterator[Trial]]:
    return lambda: world.trials(share, later, calibrate * 2 // 5, calibrate)


def _clinc(topics: int, learned: int, sizes: Sizes) -> Callable[[], Iterator[Trial]]:
    return lambda: on_data("clinc150", ("train", "val"), topics, learned, sizes)


STUDIES = (
    Study("simulated, surer is righter", _simulated(falling(0.15, 1), 0, 0, 500), None),
    Study("simulated, all just above", _simulated(level(JUST_ABOVE, 0), 0, 0, 500), None),
    Study("simulated, 10 % out of scope, 18 % declared", _simulated(falling(0.1, 6), 0.1, LATER, 2000), LATER),
    Study(
        "the same, all just above",
        _simulated(level(RIGHT_INSIDE, AS_SURE_OUTSIDE), 0.1, LATER, 2000),
        LATER,
    ),
    Study(
        "BANKING77, plain classifier",
        lambda: on_data("banking77", ("train",), 77, 40, Sizes((200, 0), (600, 0))),
        None,
    ),
    Study("CLINC150, plain classifier", _clinc(150, 20, Sizes((400, 0), (1000, 0))), None),
    Study("CLINC150, 50 topics out of scope, 18 % declared", _clinc(100, 40, Sizes((300, 200), (690, 500))), LATER),
)


@dataclass(frozen=True)
class Found:
    """What came of the thresholds of a study: (runs, 2), risk and coverage; both 0 where there was none."""

    proven: Array
    easy: Array
    """Without a proof, or with one that does not know the share."""

    def held(self) -> Share:
        """Return in how many the risk is no more than allowed."""
        return Share(part=int((self.proven[:, 0] <= ALPHA).sum()), whole=len(self.proven))


def found(study: Study) -> Found:
    """Prove a threshold in each trial and look what is true of it."""
    proven, easy = [], []
    for trial in study.trials():
        ours = _proven(trial, study.share)
        proven.append((0.0, 0.0) if ours is None else trial.truth(ours))
        other = _naive(trial.calibrate) if study.share is None else _proven(trial, None)
        easy.append((0.0, 0.0) if other is None else trial.truth(other))
    return Found(np.array(proven), np.array(easy))


def _proven(trial: Trial, share: float | None) -> float | None:
    tune, calibrate = trial.tune, trial.calibrate
    larger = round(len(calibrate.sure) / len(tune.sure)), round(len(calibrate.outside) / max(len(tune.outside), 1))
    thresholds = sequence(tune.sure.tolist(), tune.times(*larger).bound(share))
    return lowest_proven(thresholds, calibrate.bound(share), ALPHA)


def _naive(tickets: Tickets) -> float | None:
    """Return the lowest threshold at which the tickets themselves have no more mistakes than are allowed."""
    sample = tickets.all()
    fine = (
        threshold for threshold in sample.confidence if sample.wrong_alone(threshold) <= ALPHA * sample.alone(threshold)
    )
    return min(fine, default=None)


def rows() -> list[Row]:
    """Return in what share of runs the bound holds."""
    return [_row(study, found(study)) for study in STUDIES]


def _row(study: Study, result: Found) -> Row:
    held = result.held()
    low, high = held.interval
    other = "naive" if study.share is None else "without the share"
    note = f"over in {held.whole - held.part}; {_told(result.proven)}; {other}: {_told(result.easy)}"
    return Row(row="Q3", what=f"the bound holds: {study.what}", value=held.value,
               baseline=float((result.easy[:, 0] <= ALPHA).mean()), goal=1 - MOST_OVER / RUNS,
               low=low, high=high, note=note)  # fmt: skip


def _told(outcomes: Array) -> str:
    """Return in words in how many runs there was a threshold, the mean coverage of all, and the mean risk of those."""
    some = outcomes[outcomes[:, 1] > 0]
    risk = f", risk {some[:, 0].mean():.3f} where found" if len(some) else ""
    return f"found in {len(some)}, coverage {outcomes[:, 1].mean():.3f}{risk}"


def main() -> None:
    """Measure, print a table and write the figures to `benchmarks/results`."""
    argparse.ArgumentParser(prog="python -m benchmarks.quality.bound", description=__doc__).parse_args()
    kept = rows()
    measure.table([HEAD, *(row.cells() for row in kept)])
    measure.keep("bound", {row.what: {"value": row.value, "baseline": row.baseline, "note": row.note} for row in kept})


if __name__ == "__main__":
    main()

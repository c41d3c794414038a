"""Confidence: whether the agent is right as often as it says: `python -m benchmarks.quality.confidence`.

The sample company's last two months are replayed, each ticket as of its own time, by an agent that acts however
unsure it is; so for each ticket with which it went on alone there is a confidence and a verdict. Reported is the last
month, as it is, and with what the month before would have taught: for answers and for procedures, two numbers each
(Platt 1999).
"""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks import measure
from benchmarks.quality.study import Row
from segue import wiring
from segue.support import sample
from segue.support.interpret import QUESTION

TICKETS = 6500
MONTH = timedelta(days=30)
BINS = 10

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Told:
    """A ticket with which the agent went on alone."""

    confidence: float
    is_right: bool
    is_answer: bool
    """It was answered from articles; otherwise by a procedure."""


def rehearsed() -> tuple[list[Told], list[Told]]:
    """Return what was told in the last month but one, and in the last."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = sample.copy(Path(folder) / "sample")
        sample.grow(workspace, TICKETS)
        settings = workspace.root / "segue.toml"
        bold = re.sub(r"(?m)^threshold = .*$", "threshold = 0.0", settings.read_text(encoding="utf-8"))
        settings.write_text(re.sub(r'(?m)^\w+ = "(?:draft|off)".*$', "", bold), encoding="utf-8")
        house = wiring.House(workspace)
        newest = max(past.ticket.created_at for past in house.experience.history)
        past = [each for each in house.experience.history if each.ticket.created_at > newest - 2 * MONTH]
        house.read()
        house.experience.encode(past)
        report = asyncio.run(house.rehearsal().run(past))
        house.close()
    found: tuple[list[Told], list[Told]] = [], []
    for result in report.results:
        if result.is_alone:
            is_answer = result.played.topic in (None, QUESTION)
            told = Told(result.played.confidence, result.verdict.correct, is_answer)
            found[result.case.at > newest - MONTH].append(told)
    return found


def rows() -> list[Row]:
    """Return how far confidence is from being right, and how well it tells right from wrong."""
    return [row for _, row in _measured(*rehearsed())]


def _measured(before: Sequence[Told], last: Sequence[Told]) -> list[tuple[str, Row]]:
    right = np.array([each.is_right for each in last])
    said = np.array([each.confidence for each in last])
    learned = _taught(before, last)
    by_kind = ", ".join(
        f"{name} {error(said[kind], right[kind]):.3f} of {kind.sum()}"
        for name, kind in (("answers", _answers(last)), ("procedures", ~_answers(last)))
    )
    note = f"of {len(last)}, right {right.mean():.3f}; {by_kind}; two numbers a kind, learned the month before, beside"
    auc = float(roc_auc_score(right, said))
    return [
        ("error", Row(row="G4", what="expected calibration error of confidence (less is better)",
                      value=error(said, right), baseline=error(learned, right), note=note)),
        ("auc", Row(row="G4", what="confidence tells right from wrong (AUC)", value=auc,
                    baseline=float(roc_auc_score(right, learned)))),
    ]  # fmt: skip


def error(said: Array, right: Array) -> float:
    """Return how far confidence is from the share that is right, on average over `BINS` bins."""
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    return float(sum(abs((said - right)[bins == number].sum()) for number in range(BINS)) / max(len(said), 1))


def _answers(told: Sequence[Told]) -> Array:
    return np.array([each.is_answer for each in told])


def _taught(before: Sequence[Told], last: Sequence[Told]) -> Array:
    """Return the confidence that the month before would have given."""
    found = np.array([each.confidence for each in last])
    for is_answer in (True, False):
        then = [each for each in before if each.is_answer == is_answer]
        now = _answers(last) == is_answer
        if len({each.is_right for each in then}) == 2 and now.any():
            model = LogisticRegression().fit(
                _odds([each.confidence for each in then]), [each.is_right for each in then]
            )
            found[now] = model.predict_proba(_odds(found[now]))[:, 1]
    return found


def _odds(confidence: Sequence[float] | Array) -> Array:
    clipped = np.clip(np.asarray(confidence, dtype=float), 0.005, 0.995)
    return np.asarray(np.log(clipped / (1 - clipped)))[:, None]


def _curve(told: Sequence[Told]) -> list[dict[str, float]]:
    """Return the reliability curve: for each bin how many, the mean confidence and the share that is right."""
    said, right = np.array([each.confidence for each in told]), np.array([each.is_right for each in told])
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    return [
        {"n": int((bins == n).sum()), "said": float(said[bins == n].mean()), "right": float(right[bins == n].mean())}
        for n in np.unique(bins)
    ]


def main() -> None:
    """Measure, print the curve and write the figures to `benchmarks/results`."""
    argparse.ArgumentParser(prog="python -m benchmarks.quality.confidence", description=__doc__).parse_args()
    before, last = rehearsed()
    curves = {
        name: _curve([each for each in last if each.is_answer == is_answer])
        for name, is_answer in (("answers", True), ("procedures", False))
    }
    table: list[tuple[str, ...]] = [("", "tickets", "said", "right")]
    for name, curve in curves.items():
        table += [(name, str(part["n"]), f"{part['said']:.3f}", f"{part['right']:.3f}") for part in curve]
    measure.table(table)
    figures = {
        name: {"value": row.value, "learned": row.baseline, "note": row.note} for name, row in _measured(before, last)
    }
    measure.table(
        [("", "as it is", "learned"), *((n, f"{f['value']:.3f}", f"{f['learned']:.3f}") for n, f in figures.items())]
    )
    measure.keep("confidence", {**figures, "curves": curves})


if __name__ == "__main__":
    main()

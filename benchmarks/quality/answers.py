"""Answers: what past questions are worth for the next one: `python -m benchmarks.quality.answers`.

Questions of the sample company are answered from its articles, each as of its own time: by the question alone, and led
by what people had answered to questions like it. An answer is right where it holds half of the figures that people gave
(of their words, where they gave none), as in a backtest. Reported are the last month, and a month in phrasings that the
history has nowhere. The curves of `segue.support.answer.evidence` are fitted to the months before, and to WixQA's
questions where nobody knows what people answered.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks import measure
from benchmarks.quality.retrieval import Questions
from benchmarks.quality.study import Missing, Row
from benchmarks.quality.vectors import remembered
from segue.backtest.score import COVERED, coverage
from segue.knowledge.library import Library
from segue.support import answer, sample
from segue.support.interpret import QUESTION
from segue.support.past_answers import PastAnswers, question_of
from segue.support.ticket import PastTicket, parse_past_ticket
from segue.support.workspace import Workspace
from segue.wiring import House

TICKETS = 6500
MONTH = timedelta(days=30)
FITTED = 4
"""Months before the last one, to which the curves are fitted."""
SURE, MIN_MATCH = 0.7, 0.5
"""The sample's thresholds, which are those of a new workspace."""


@dataclass(frozen=True)
class Tried:
    """A question, and the answer that was made for it."""

    match: float
    """Of the best passage; 0 where none is evidence at all."""
    is_led: bool | None
    """People had answered questions like it; `None` where nobody knows."""
    is_right: bool

    @property
    def is_sent(self) -> bool:
        """Whether the agent is sure enough to send it."""
        return answer.evidence(self.match, is_led=self.is_led) >= SURE


def rows() -> list[Row]:
    """Return the shares of questions that are answered, and rightly, led by past answers and by the question alone."""
    with tempfile.TemporaryDirectory() as folder:
        last, unheard, _ = measured(Path(folder))
    found = []
    for what, (led, alone) in (("last month", last), ("phrasings that the history has nowhere", unheard)):
        sent = [sum(each.is_sent for each in tried) for tried in (led, alone)]
        note = (
            f"of {len(led)}; sent {sent[0]}, of these right {_right(led):.3f}; alone {sent[1]} and {_right(alone):.3f}"
        )
        found.append(
            Row(
                row="G5", what=f"questions answered rightly, {what}", value=_done(led), baseline=_done(alone), note=note
            )
        )
    return found


Pair = tuple[list[Tried], list[Tried]]
"""Of the same questions: led by past answers, and by the question alone."""


def measured(folder: Path) -> tuple[Pair, Pair, Pair]:
    """Return the last month, a month of unheard phrasings, and the months before, which curves are fitted to.

    Raises:
        Missing: Nothing compares meaning here.
    """
    workspace = sample.copy(folder / "sample")
    sample.grow(workspace, TICKETS)
    house = House(workspace)
    house.read()
    house.experience.encode([])
    known = house.experience.past_answers
    if known is None:
        house.close()
        raise Missing("the extra `embeddings` is not installed")
    newest = max(past.ticket.created_at for past in house.experience.history)
    begin = newest - MONTH
    questions = list(filter(_is_question, house.experience.history))
    earlier = [each for each in questions if begin - FITTED * MONTH < each.ticket.created_at <= begin]
    parts = [[each for each in questions if each.ticket.created_at > begin], _unheard(workspace, folder), earlier]
    last, unheard, before = (_both(house, known, part) for part in parts)
    house.close()
    return last, unheard, before


def _unheard(workspace: Workspace, folder: Path) -> list[PastTicket]:
    """Return the questions of a month whose phrasings the sample's generator holds out of its year."""
    file = folder / "unheard.jsonl"
    subprocess.run([sys.executable, str(workspace.root / "year.py"), "--held-out", str(file)], check=True)
    lines = file.read_text(encoding="utf-8").splitlines()
    return list(filter(_is_question, [parse_past_ticket(json.loads(line), datetime.now(UTC)) for line in lines]))


def _is_question(past: PastTicket) -> bool:
    said = any(message.role == "agent" for message in past.ticket.messages)
    return past.topic == QUESTION and said and not past.actions and past.outcome != "escalated"


def _both(house: House, known: PastAnswers, questions: Sequence[PastTicket]) -> Pair:
    return [_tried(house, past, known) for past in questions], [_tried(house, past, None) for past in questions]


def _tried(house: House, past: PastTicket, known: PastAnswers | None) -> Tried:
    asked, at = question_of(past), past.ticket.created_at
    said = (known and known.to(asked, at)) or []
    hits = house.library.find(asked, as_of=at, audience="public", like=[(each.text, each.weight) for each in said])
    hits = [hit for hit in hits if hit.match >= MIN_MATCH]
    made = answer.compose(asked, hits, [each.text for each in said])
    told = [message.text for message in past.ticket.messages if message.role == "agent"]
    is_right = made is not None and coverage(told, made.text) >= COVERED
    return Tried(hits[0].match if hits else 0.0, bool(said), is_right)


def wixqa() -> list[Tried]:
    """Return what becomes of the questions of a real help center, whose people's answers nobody knows.

    An answer is right where it quotes an article that the experts used; there are no figures to compare.

    Raises:
        FileNotFoundError: The data is not there.
    """
    with tempfile.TemporaryDirectory() as folder:
        questions = Questions(Path(folder))
        library = questions.library(remembered())
        found = [_cited(library, *pair) for pair in zip(questions.asked, questions.right, strict=True)]
        library.close()
    return found


def _cited(library: Library, text: str, right: set[str]) -> Tried:
    asked = answer.question_in(text)
    hits = [hit for hit in library.find(asked, audience="public") if hit.match >= MIN_MATCH]
    made = answer.compose(asked, hits)
    is_right = made is not None and not right.isdisjoint(each.document for each in made.citations)
    return Tried(hits[0].match if hits else 0.0, None, is_right)


def _done(tried: Sequence[Tried]) -> float:
    """Return the share of questions that are answered rightly, and surely enough to be sent."""
    return sum(each.is_sent and each.is_right for each in tried) / max(len(tried), 1)


def _right(tried: Sequence[Tried]) -> float:
    """Return the share that is right of what is sent."""
    sent = [each.is_right for each in tried if each.is_sent]
    return sum(sent) / max(len(sent), 1)


def curves(led: Sequence[Tried], alone: Sequence[Tried], unknown: Sequence[Tried]) -> dict[str, tuple[float, float]]:
    """Return what the curves of evidence would be, fitted to these: what a match counts, and the rest."""
    fitted = {}
    parts = {"led": [each for each in led if each.is_led], "alone": alone, "nobody knows": unknown}
    for name, tried in parts.items():
        found = [each for each in tried if each.match]
        model = LogisticRegression(C=np.inf).fit([[each.match] for each in found], [each.is_right for each in found])
        fitted[name] = float(model.coef_[0][0]), float(model.intercept_[0])
    return fitted


def main() -> None:
    """Measure, print also what the curves would be, and write the figures to `benchmarks/results`."""
    argparse.ArgumentParser(prog="python -m benchmarks.quality.answers", description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        last, unheard, before = measured(Path(folder))
    strangers = wixqa()
    figures = {}
    table: list[tuple[str, ...]] = [("questions", "", "n", "sent", "right of these", "rightly answered")]
    sets = {
        ("last month", "led"): last[0],
        ("last month", "alone"): last[1],
        ("unheard phrasings", "led"): unheard[0],
        ("unheard phrasings", "alone"): unheard[1],
        ("WixQA", "nobody knows"): strangers,
    }
    for (name, way), tried in sets.items():
        sent = sum(each.is_sent for each in tried)
        figures[f"{name}, {way}"] = {"n": len(tried), "sent": sent, "right": _right(tried), "done": _done(tried)}
        table.append((name, way, str(len(tried)), str(sent), f"{_right(tried):.3f}", f"{_done(tried):.3f}"))
    measure.table(table)
    found = curves(*before, strangers)
    for name, (match, rest) in found.items():
        sys.stdout.write(f"{name}: {match:.1f} match {rest:+.1f}\n")
    measure.keep("answers", {**figures, "curves": found})


if __name__ == "__main__":
    main()

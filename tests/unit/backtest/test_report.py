"""What a backtest tells: everything adds up, the surest mistakes come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from segue.backtest.case import Case, Played
from segue.backtest.report import Report, Result, Share
from segue.backtest.score import Verdict

RIGHT, WRONG = Verdict(correct=True), Verdict(correct=False, why="action")


def result(name: str, outcome: str, verdict: Verdict, confidence: float = 0.9, topic: str | None = "refund") -> Result:
    case = Case(id=name, at=datetime(2026, 4, 1, tzinfo=UTC), topic=topic, has_topic=True)
    return Result(case=case, played=Played(topic="refund", confidence=confidence, outcome=outcome), verdict=verdict)


MIXED = Report(
    results=(
        result("a", "resolved", RIGHT),
        result("b", "resolved", WRONG, 0.8),
        result("c", "resolved", WRONG, 0.99),
        result("d", "escalated", replace(WRONG, why="needless"), 1.0),
        result("e", "escalated", RIGHT, topic=None),
    ),
    seconds=2.0,
    threshold=0.7,
)


def test_outcomes_add_up_to_one() -> None:
    assert sum(MIXED.outcomes.values()) == pytest.approx(1)
    assert MIXED.outcomes["resolved"] == pytest.approx(3 / 5)


def test_the_error_rate_is_of_what_it_did_alone_and_the_accuracy_of_all_topics() -> None:
    overall = MIXED.document()["overall"]
    assert overall["coverage"] == pytest.approx(3 / 5)
    assert overall["error_rate"] == pytest.approx(2 / 3)
    assert overall["correct"] == pytest.approx(2 / 5)
    assert overall["accuracy"] == pytest.approx(4 / 5)


def test_the_surest_mistakes_come_first_and_needless_handoffs_last() -> None:
    assert [each.case.id for each in MIXED.worst(9)] == ["c", "b", "d"]
    assert [each.case.id for each in MIXED.worst(1)] == ["c"]


def test_every_case_is_told_once_with_its_topic() -> None:
    document = MIXED.document()
    assert [case["id"] for case in document["cases"]] == ["a", "b", "c", "d", "e"]
    assert [(row["topic"], row["n"]) for row in document["topics"]] == [("refund", 4), (None, 1)]


def test_nothing_replayed_is_reported_without_a_division_by_zero() -> None:
    empty = Report(results=(), seconds=0.0, threshold=0.7).document()
    assert (empty["n"], empty["overall"]["error_rate"], empty["forecast"]["high"]) == (0, 0.0, 1.0)


def test_an_interval_holds_its_share_and_narrows_with_more_cases() -> None:
    few, many = Share(part=9, whole=10), Share(part=900, whole=1000)
    assert few.interval[0] < 0.9 < few.interval[1]
    assert few.interval[1] - few.interval[0] > 5 * (many.interval[1] - many.interval[0])
    assert few.interval == (pytest.approx(0.5958, abs=1e-3), pytest.approx(0.9821, abs=1e-3))  # Wilson's, by a table

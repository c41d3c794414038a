"""Whether a replayed case was right: decided by what people did, never by what the agent said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from segue.backtest.case import Call, Case, Played
from segue.backtest.score import coverage, judge

REFUND = Call(tool="pay.refund", args={"order": "1"}, effect="once")
LOOKUP = Call(tool="orders.lookup", args={"order": "1"}, effect="read")
CASE = Case(
    id="h-1",
    at=datetime(2026, 4, 1, tzinfo=UTC),
    topic="refund",
    has_topic=True,
    calls=(LOOKUP, REFUND),
    replies=("Done: £64.00 in 5 days.",),
)
PLAYED = Played(topic="refund", confidence=0.9, outcome="resolved", calls=(LOOKUP, REFUND), reply="It is done.")


def verdict_of(case: Case, played: Played, *, from_articles: bool = False) -> str | None:
    verdict = judge(case, played, same=lambda left, right: left == right, is_answered_from_articles=from_articles)
    assert verdict.correct == (verdict.why is None)
    return verdict.why


def test_the_same_topic_with_the_same_actions_is_right_whatever_else_was_looked_up() -> None:
    assert verdict_of(CASE, PLAYED) is None
    assert verdict_of(CASE, replace(PLAYED, calls=(REFUND,))) is None
    assert verdict_of(replace(CASE, calls=(LOOKUP,)), replace(PLAYED, calls=())) is None


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ((), "nothing was done where people acted"),
        ((REFUND, REFUND), "the action was taken twice"),
        ((replace(REFUND, args={"order": "2"}),), "the action was taken on something else"),
        ((REFUND, Call(tool="orders.cancel", args={"order": "1"}, effect="once")), "something more was done"),
    ],
)
def test_any_difference_in_the_actions_is_wrong(calls: tuple[Call, ...], said: str) -> None:
    assert verdict_of(CASE, replace(PLAYED, calls=calls)) == "action", said


def test_an_action_where_people_took_none_is_wrong() -> None:
    assert verdict_of(replace(CASE, calls=(LOOKUP,)), PLAYED) == "action"


def test_the_right_actions_under_a_wrong_topic_are_no_merit() -> None:
    assert verdict_of(CASE, replace(PLAYED, topic="exchange")) == "topic"


def test_what_people_handed_over_may_not_be_dealt_with_alone() -> None:
    assert verdict_of(replace(CASE, escalated=True), PLAYED) == "was_escalated"
    assert verdict_of(replace(CASE, topic=None, escalated=True), PLAYED) == "not_ours"


def test_handing_over_is_right_where_people_did_and_else_needless() -> None:
    handed = replace(PLAYED, outcome="escalated", calls=())
    assert verdict_of(replace(CASE, escalated=True), handed) is None
    assert verdict_of(CASE, handed) == "needless"


def test_a_question_is_right_where_people_got_no_answer_either() -> None:
    waited = replace(PLAYED, outcome="waiting_expired", calls=())
    assert verdict_of(replace(CASE, unanswered=True), waited) is None
    assert verdict_of(CASE, waited) == "unanswered"


@pytest.mark.parametrize("outcome", ["resolved", "drafted", "escalated", "waiting_expired"])
def test_what_nobody_recorded_is_never_counted_as_right(outcome: str) -> None:
    assert verdict_of(CASE, replace(PLAYED, outcome=outcome, unrecorded=("orders.lookup(order='2')",))) == "unrecorded"


def test_who_handed_over_as_people_did_needed_no_call_that_nobody_made() -> None:
    handed = replace(PLAYED, outcome="escalated", calls=(), unrecorded=("orders.lookup(order='2')",))
    assert verdict_of(replace(CASE, escalated=True), handed) is None


def test_a_defect_is_wrong_even_where_handing_over_was_right() -> None:
    assert verdict_of(replace(CASE, escalated=True), replace(PLAYED, outcome="failed")) == "failed"


def test_a_draft_is_judged_like_a_reply() -> None:
    assert verdict_of(CASE, replace(PLAYED, outcome="drafted")) is None
    assert verdict_of(CASE, replace(PLAYED, outcome="drafted", calls=())) == "action"


def test_where_nothing_but_the_topic_is_known_only_the_topic_counts() -> None:
    bare = replace(CASE, calls=(), replies=())
    assert verdict_of(bare, replace(PLAYED, outcome="escalated")) is None
    assert verdict_of(bare, replace(PLAYED, topic="exchange", outcome="escalated")) == "topic"
    stranger = replace(bare, topic=None, escalated=True)
    assert verdict_of(stranger, replace(PLAYED, topic=None, outcome="escalated")) is None
    assert verdict_of(stranger, PLAYED) == "not_ours"


def test_an_answer_from_articles_must_hold_what_people_said() -> None:
    question = replace(CASE, topic="question", calls=(), replies=("To Norway it is £19, in 6 to 10 days.",))
    answer = replace(PLAYED, topic="question", calls=())
    assert verdict_of(question, replace(answer, reply="Norway: £19.00, 6–10 days"), from_articles=True) is None
    assert verdict_of(question, replace(answer, reply="Ireland: £9.00, 3–5 days"), from_articles=True) == "reply"
    assert verdict_of(question, replace(answer, reply="Ireland: £9.00, 3–5 days"), from_articles=False) is None


@pytest.mark.parametrize(
    ("said", "reply", "expected"),
    [
        ("It costs £64.00.", "You pay 64 pounds", 1.0),
        ("It costs £1,250.50.", "That is 1250.5", 1.0),
        ("£64 within 5 days", "£64", 0.5),
        ("Wash it by hand with soap", "Washing by hand is best, with little soapy water", 1.0),
        ("Wash it by hand with soap", "We are closed", 0.0),
        ("", "anything", 1.0),
    ],
)
def test_figures_are_compared_where_there_are_some_and_else_words(said: str, reply: str, expected: float) -> None:
    assert min(1.0, coverage([said], reply)) == pytest.approx(expected)

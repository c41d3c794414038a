"""Whose word counts, and for what: never the proposer's, never the customer's, and for exactly one call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.plan.approval import ApprovalRequest, Decision, refusal, request
from segue.plan.origin import Level, Origin


def asked(**changes: Any) -> ApprovalRequest:
    about = {
        "run": "ticket-1",
        "step": "refund/pay",
        "tool": "payments.refund",
        "args": {"order_id": "1", "amount": "20.00"},
        "origins": {"order_id": Origin(Level.SYSTEM, ("tool:orders.lookup",))},
        "why": "it is a lot",
    }
    return request(**{**about, **changes})


def test_the_same_question_has_the_same_id_whyever_it_is_asked() -> None:
    assert asked().id == asked(why="other", origins={}).id == asked(args={"amount": "20.00", "order_id": "1"}).id
    assert len(asked().id) == 16


@pytest.mark.parametrize(
    "changes",
    [
        {"run": "ticket-1.2"},
        {"step": "refund/pay[1]"},
        {"tool": "payments.adjust"},
        {"args": {"order_id": "1", "amount": "20.01"}},
        {"args": {"order_id": 1, "amount": "20.00"}},
        {"args": {"order_id": "1", "amount": "20.00", "note": ""}},
        {"args": {}},
    ],
)
def test_anything_else_is_another_question(changes: dict[str, Any]) -> None:
    assert asked(**changes).id != asked().id


JSONS = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=4), lambda i: st.lists(i, max_size=3))


@given(
    one=st.dictionaries(st.text(max_size=4), JSONS, max_size=3),
    other=st.dictionaries(st.text(max_size=4), JSONS, max_size=3),
)
def test_two_calls_share_an_id_only_if_they_are_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    is_same = repr(sorted(one.items())) == repr(sorted(other.items()))
    assert (asked(args=one).id == asked(args=other).id) == is_same


def decided(**says: Any) -> Decision:
    return Decision(**{"approved": True, "by": "Ada", **says})


def test_a_person_s_word_counts_for_the_open_request() -> None:
    assert refusal(decided(), asked(), "c-1", "a@b.example") == ""
    assert refusal(decided(request=asked().id), asked()) == ""
    assert refusal(decided(by=""), asked(), "", "") == ""
    assert refusal(decided(approved=False), asked()) == ""


def test_a_word_about_another_request_does_not() -> None:
    other = asked(args={"order_id": "1", "amount": "900.00"})
    why = refusal(decided(request=other.id), asked())
    assert why == f"it is about request {other.id}, and {asked().id} is open"


@pytest.mark.parametrize(
    "by",
    [
        "segue",
        "Segue",
        " SEGUE ",
        "agent",
        "The Agent",
        "AI",
        "bot",
        "segue_agent",
        "ai-agent",
        "the AI/assistant (bot)",
    ],
)
def test_nor_does_the_agent_s_whatever_it_calls_itself(by: str) -> None:
    assert refusal(decided(by=by), asked()) == "who proposes an action does not approve it"


def test_nor_that_of_whoever_proposed_it() -> None:
    proposed = replace(asked(), proposer="Planner 9")
    assert refusal(decided(by="planner_9"), proposed)
    assert refusal(decided(by="planner 10"), proposed) == ""


@pytest.mark.parametrize("by", ["c-7", "C-7 ", "kim@mail.example", "Kim@Mail.Example", "Kim Lee <kim@mail.example>"])
def test_nor_that_of_the_ticket_s_customer(by: str) -> None:
    assert (
        refusal(decided(by=by), asked(), "c-7", "kim@mail.example") == "the ticket's customer does not decide about it"
    )


@pytest.mark.parametrize("by", ["c-77", "kim@other.example", "Kim", "Ada", "Ai Tanaka", "agent@shop.example", ""])
def test_whose_name_is_only_like_theirs_may_decide(by: str) -> None:
    assert refusal(decided(by=by), asked(), "c-7", "kim@mail.example") == ""
    assert refusal(decided(by=by), asked(), "", "") == ""

"""Asking a model in the middle of a plan: its answer is typed, never trusted, and its failure a step's failure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from segue.errors import Finding, PermanentError
from segue.plan.catalogue import Catalogue
from segue.plan.procedure import parse
from segue.plan.verify import verify
from tests.unit.support.company import Office, Scripted, Shop, ticket

COLOUR = """
topic: x
steps:
  - {{id: rules, search: "colours"}}
  - id: wish
    model:
      task: "Say which colour is meant"
      input: {{text: "${{ticket.text}}", known: [red, blue]}}
      output:
        type: object
        properties: {{colour: {{enum: [red, blue]}}, sure: {{type: boolean}}}}
        required: [colour]
    {more}
  - {{id: end, reply: "${{has(wish) ? wish.colour : 'unknown'}}"}}
"""


def procedure(more: str = "") -> str:
    return COLOUR.format(more=more)


async def test_a_model_is_shown_the_input_and_its_answer_is_a_value(office: Office) -> None:
    office.model = Scripted({"colour": "blue", "sure": True})
    office.procedure(procedure())
    async with office:
        assert (await office.resolve(ticket("the one like the sky"))).reply == "blue"
    assert office.model.asked == [
        ("Say which colour is meant", {"text": "the one like the sky", "known": ["red", "blue"]})
    ]


@pytest.mark.parametrize(
    "answer", [{"colour": "green"}, {"sure": True}, "blue", None, [], {"colour": "red", "sure": "yes"}]
)
async def test_an_answer_of_another_type_is_a_failure(office: Office, answer: Any) -> None:
    office.model = Scripted(answer)
    office.procedure(procedure())
    async with office:
        resolution = await office.resolve(ticket())
    assert (resolution.outcome, resolution.reason) == ("escalated", "tool_failed")
    assert office.said() == []


async def test_a_failure_takes_the_declared_way(office: Office) -> None:
    office.model = Scripted(PermanentError("refused"))
    office.procedure(procedure('on_error: {then: [{search: "x"}]}'))
    async with office:
        assert (await office.resolve(ticket())).reply == "unknown"


async def test_it_is_asked_again_as_often_as_the_plan_says(office: Office) -> None:
    office.model = Scripted(*[ConnectionError("busy")] * 4, {"colour": "red"})
    office.procedure(procedure("on_error: {retry: 4}"))
    async with office:
        assert (await office.resolve(ticket())).reply == "red"
    assert len(office.model.asked) == 5


async def test_an_answer_that_is_off_is_not_what_was_expected(office: Office) -> None:
    office.model = Scripted({"colour": "red", "sure": False})
    office.procedure(
        procedure('expect: "has(wish.sure) && wish.sure"\n    on_error: {reply: "Please say which colour."}')
    )
    async with office:
        assert (await office.resolve(ticket())).reply == "Please say which colour."


async def test_without_a_model_the_step_fails_as_a_tool_would(office: Office) -> None:
    office.procedure(procedure())
    async with office:
        resolution = await office.resolve(ticket())
    assert (resolution.outcome, resolution.reason) == ("escalated", "tool_failed")
    assert resolution.handoff is not None
    assert "no model is configured" in resolution.handoff.tried[-1].result


async def test_independent_questions_are_asked_side_by_side_and_each_once(office: Office) -> None:
    office.model = Scripted("left", "right")
    office.procedure("""
    topic: x
    steps:
      - {id: rules, search: "x"}
      - {id: a, model: {task: First, output: {type: string}}}
      - {id: b, model: {task: Second, output: {type: string}}}
      - {id: end, reply: "${a} ${b}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "left right"
        cost = [
            entry.payload["result"]["cost_usd"]
            for entry in await office.entries()
            if entry.name == "model" and entry.payload
        ]
    assert cost == ["0.01", "0.01"]


async def test_no_answer_of_a_model_becomes_a_trusted_argument(office: Office, shop: Shop) -> None:
    def findings(amount: str, approve: str = "") -> list[Finding]:
        plan, faults = parse(
            f"""
        topic: x
        steps:
          - {{id: order, tool: orders.lookup, args: {{order_id: "100001"}}}}
          - {{id: m, model: {{task: Price it, input: "${{order.total}}", output: {{type: string, format: decimal}}}}}}
          - {{id: pay, tool: payments.refund, args: {{order_id: "${{order.id}}", amount: "{amount}"}}{approve}}}
          - {{id: end, reply: ok}}
        """,
            "p.yaml",
        )
        assert plan is not None, faults
        return verify(plan, Catalogue.of(office.tools))

    assert [finding.code for finding in findings("${m}")] == ["P225"]
    assert "content, from a model that read orders.lookup" in str(findings("${m}")[0])
    assert findings("${money.min(m, order.total)}") == []
    assert findings("${m}", ', approve: "true"') == []


async def test_a_model_may_lower_a_refund_and_never_raise_it(office: Office, shop: Shop) -> None:
    office.model = Scripted("30.00", "9000", "-5")
    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: m, model: {task: Price it, input: "${order.total}", output: {type: string, format: decimal}}}
      - {id: pay, tool: payments.refund, args: {order_id: "${order.id}", amount: "${money.min(m, order.total)}"}}
      - {id: end, reply: ok}
    """)
    async with office:
        for number in (1, 2, 3):
            resolution = await office.resolve(ticket(id=f"t-{number}"))
    assert (resolution.outcome, resolution.reason) == ("escalated", "policy")
    assert [Decimal(act[2]) for act in shop.acts()] == [Decimal("30.00"), Decimal("40.10")]

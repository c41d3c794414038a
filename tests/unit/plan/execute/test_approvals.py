"""A person's yes is about exactly one action: what was shown is recorded, and no click strays to another one."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from segue import Trusted
from segue.engine.workspace import WorkspaceEntry
from segue.plan.approval import ApprovalRequest, Decision
from segue.support.records import Chain
from segue.support.ticket import TicketId
from tests.unit.support.company import Office, Shop, ticket

HOUR = timedelta(hours=1)
REFUND = """
topic: refund
inputs: {order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
  - {id: paid, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}, approve: "true"}
  - {id: end, reply: "We paid ${paid.amount}."}
"""
TWICE = """
topic: refund
steps:
  - {id: a, tool: orders.lookup, args: {order_id: "100001"}}
  - {id: b, tool: orders.lookup, args: {order_id: "100002"}}
  - {id: one, tool: payments.refund, args: {order_id: "${a.id}", amount: "${a.total}"}, approve: "true"}
  - {id: two, tool: payments.refund, args: {order_id: "${b.id}", amount: "${b.total}"}, approve: "true"}
  - {id: end, reply: "Both."}
"""


async def requests(office: Office, run_id: str = "ticket-t-1") -> list[dict[str, Any]]:
    """Return what people were asked, in order, as the journal has it."""
    found = [entry for entry in await office.entries(run_id) if entry.name == "approval.request"]
    return [entry.payload["args"][1] for entry in found if entry.payload and entry.kind == "step_finished"]


async def recorded(office: Office) -> list[WorkspaceEntry]:
    return await office.engine.workspace(kind="approval")


async def test_the_question_is_a_step_that_holds_everything_a_person_is_shown(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund 100001"))
        (asked,) = await requests(office)
    assert asked == {
        "id": asked["id"],
        "run": "ticket-t-1",
        "step": "refund/paid",
        "tool": "payments.refund",
        "args": {"order_id": "100001", "amount": "40.10"},
        "origins": {name: {"level": "system", "sources": ["tool:orders.lookup"]} for name in ("order_id", "amount")},
        "why": "the procedure asks for it where true",
        "proposer": "segue",
    }
    (note,) = office.posts("note")
    for shown in (asked["id"], asked["why"], "payments.refund(order_id='100001', amount='40.10')",
                  "amount is system, from orders.lookup"):  # fmt: skip
        assert shown in note.text


async def test_the_decision_goes_into_the_workspace_chain_with_what_was_shown(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund 100001"))
        (asked,) = await requests(office)
        await office.signal("approval", {"approved": True, "by": "Ada", "reason": "fine", "request": asked["id"]})
        (entry,) = await recorded(office)
    assert (entry.subject, entry.payload["request"]) == ("ticket-t-1", asked)
    assert entry.payload["decision"] == {"approved": True, "by": "Ada", "reason": "fine", "request": asked["id"]}
    assert {name: entry.detail[name] for name in ("request", "step", "tool", "approved")} == {
        "request": asked["id"],
        "step": "refund/paid",
        "tool": "payments.refund",
        "approved": True,
    }
    assert "Ada" not in str(entry.detail)  # that is never erased


async def test_a_no_is_recorded_too(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund 100001"))
        resolution = await office.signal("approval", {"approved": False, "by": "Ada", "reason": "too old"})
        (entry,) = await recorded(office)
    assert (resolution.reason, shop.acts(), entry.detail["approved"]) == ("approval_denied", [], False)


async def test_nobody_s_decision_is_recorded_where_nobody_decided(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund 100001"))
        await office.wait(timedelta(days=2))
        assert await recorded(office) == []


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"approved": True, "by": "segue"}, "who proposes an action does not approve it"),
        ({"approved": True, "by": "The Agent"}, "who proposes an action does not approve it"),
        ({"approved": True, "by": "c-1"}, "the ticket's customer does not decide about it"),
        ({"approved": True, "by": "Ada", "request": "0123456789abcdef"}, "it is about request 0123456789abcdef"),
        ({"approved": False, "by": "c-1"}, "the ticket's customer does not decide about it"),
    ],
)
async def test_whose_word_does_not_count_is_told_so_and_the_wait_goes_on(
    office: Office, shop: Shop, says: dict[str, Any], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund 100001"))
        with caplog.at_level(logging.WARNING):
            assert (await office.signal("approval", says)).outcome == "waiting"
        assert (shop.acts(), await recorded(office)) == ([], [])
        told = [post.text for post in office.posts("note")][-1]
        assert why in told
        assert why in caplog.text
        assert (await office.signal("approval", True)).outcome == "resolved"
        assert len(await recorded(office)) == 1


async def test_a_refused_word_takes_no_time_from_the_wait_and_gives_none(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund 100001"))
        await office.wait(timedelta(days=1))
        await office.signal("approval", {"approved": True, "by": "c-1"})
        assert (await office.wait(timedelta(hours=23))).outcome == "waiting"
        assert (await office.wait(HOUR)).reason == "approval_timeout"


async def test_a_word_that_came_together_with_a_refused_one_counts(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund 100001"))
        await office.clock.advance(HOUR)
        await office.engine.signal("ticket-t-1", "approval", {"approved": True, "by": "c-1"})
        assert (await office.signal("approval", {"approved": True, "by": "Ada"})).outcome == "resolved"


# Several at once


async def test_a_late_click_on_the_first_does_not_approve_the_second(office: Office, shop: Shop) -> None:
    office.procedure(TWICE)
    async with office:
        await office.resolve(ticket())
        (first,) = await requests(office)
        click = {"approved": True, "by": "Ada", "request": first["id"]}
        await office.clock.advance(HOUR)
        await office.signal("approval", click)
        assert shop.acts() == [("refund", "100001", "40.10")]
        await office.clock.advance(HOUR)
        assert (await office.signal("approval", click)).outcome == "waiting"
        assert len(shop.acts()) == 1
        _, second = await requests(office)
        assert (await office.signal("approval", {**click, "request": second["id"]})).outcome == "resolved"
        assert [entry.detail["request"] for entry in await recorded(office)] == [first["id"], second["id"]]
    assert shop.acts() == [("refund", "100001", "40.10"), ("refund", "100002", "250.00")]


async def test_a_click_for_one_ticket_does_not_approve_another_one_s(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund 100001"))
        await office.resolve(ticket("refund 100001", id="t-2"))
        (mine,), (other,) = await requests(office), await requests(office, "ticket-t-2")
        assert mine["id"] != other["id"]
        await office.clock.advance(HOUR)
        click = {"approved": True, "by": "Ada", "request": other["id"]}
        assert (await office.signal("approval", click)).outcome == "waiting"
        assert shop.acts() == []
        assert (await office.signal("approval", click, run_id="ticket-t-2")).outcome == "resolved"
    assert office.helpdesk.state(TicketId("t-1")) == "open"


async def test_each_item_of_a_loop_is_a_question_of_its_own(office: Office, shop: Shop) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - id: both
        each:
          in: "${[order.id, order.id]}"
          as: number
          max: 2
          steps:
            - {id: mark, tool: orders.mark, args: {order_id: "${number}"}, approve: "true"}
      - {id: end, reply: "Marked."}
    """)
    async with office:
        await office.resolve(ticket())
        await office.clock.advance(HOUR)
        await office.signal("approval", True)
        first, second = await requests(office)
        assert (first["step"], second["step"]) == ("x/mark[0]", "x/mark[1]")
        assert first["id"] != second["id"]


# What is done twice


class Dying(Chain):
    """Writes, and does not live to say so, the first time."""

    deaths = 0

    async def approval(self, request: ApprovalRequest, decision: Decision, *, key: str) -> None:
        await super().approval(request, decision, key=key)
        if not self.deaths:
            self.deaths += 1
            raise ConnectionError("killed")


async def test_a_decision_that_is_recorded_twice_stands_in_the_chain_once(office: Office, shop: Shop) -> None:
    office.records = Dying(office.reader)
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund 100001"))
        await office.clock.advance(HOUR)
        assert (await office.signal("approval", True)).outcome == "resolved"
        assert len(await recorded(office)) == 1
        await office.engine.audit()


async def test_the_same_ticket_s_next_decision_is_another_entry(office: Office, shop: Shop) -> None:
    office.procedure(TWICE)
    async with office:
        await office.resolve(ticket())
        for _ in (1, 2):
            await office.clock.advance(HOUR)
            await office.signal("approval", True)
        assert len({entry.detail["key"] for entry in await recorded(office)}) == 2


@pytest.mark.parametrize(("amount", "is_asked"), [("7", False), ("100", True), ("99.5", False), ("100.5", True)])
async def test_a_tools_own_condition_compares_money_that_a_plan_writes_as_a_number(
    office: Office, amount: str, is_asked: bool
) -> None:
    given: list[Decimal] = []

    @office.tool("payments.gift", effect="once", approve="amount >= 100")
    def gift(amount: Trusted[Decimal]) -> str:
        given.append(amount)
        return "given"

    office.procedure(f"""
        topic: gift
        steps:
          - {{id: gift, tool: payments.gift, args: {{amount: {amount}}}}}
          - {{id: end, reply: "There you are."}}
    """)
    async with office:
        resolution = await office.resolve(ticket("a gift"))
    assert resolution.outcome == ("waiting" if is_asked else "resolved")
    assert given == ([] if is_asked else [Decimal(amount)])

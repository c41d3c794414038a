"""Where a plan fails, another one may go on from what was done: a few times, verified like the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from segue.errors import PermanentError
from segue.plan.catalogue import Catalogue
from segue.plan.execute import Ended
from segue.plan.plan import Plan
from segue.plan.planner import read_model_plan
from segue.plan.procedure import parse
from tests.unit.support.company import Office, Shop, ticket

FIRST = """
topic: x
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
  - {id: rules, search: "wool"}
  - {id: mark, tool: orders.mark, args: {order_id: "${order.id}"}}
  - {id: broken, tool: fail}
  - {id: end, reply: "Never."}
"""
SECOND = """
topic: x
steps:
  - {id: end, reply: "Your order ${order.id} is ${mark}, see {{rules}}."}
"""
WOOL = {"wool.md": "# Wool\n\nWash wool by hand in cold water.\n"}


class Planner:
    """Gives plans in turn, and keeps what it was told."""

    def __init__(self, *plans: str | None, made_by: str = "model") -> None:
        self.told: list[tuple[str, Plan, Ended]] = []
        self._plans = list(plans)
        self._made_by = made_by

    async def replan(self, asked: str, plan: Plan, ended: Ended) -> Plan | None:
        self.told.append((asked, plan, ended))
        source = self._plans.pop(0)
        if source is None:
            return None
        found, findings = parse(source, "plan")
        assert found is not None, findings
        return replace(found, made_by=self._made_by)  # type: ignore[arg-type]


@pytest.fixture
def company(office: Office, shop: Shop) -> Office:
    @office.tool("fail", effect="read")
    async def fail() -> str:
        raise PermanentError("it is broken")

    office.articles(WOOL)
    office.procedure(FIRST)
    return office


async def test_another_plan_goes_on_with_the_values_that_are_there(company: Office, shop: Shop) -> None:
    company.replanner = planner = Planner(SECOND)
    async with company:
        resolution = await company.resolve(ticket("mark it"))
    assert (resolution.outcome, resolution.reply) == ("resolved", "Your order 100001 is marked, see “Wool”.")
    assert [action.tool for action in resolution.actions] == ["orders.lookup", "orders.mark", "fail"]
    assert [act[0] for act in shop.acts()] == ["mark"]
    ((asked, plan, ended),) = planner.told
    assert (asked, plan.topic, ended.reason) == ("mark it", "x", "tool_failed")
    assert [call.tool for call in ended.calls] == ["orders.lookup", "orders.mark", "fail"]


async def test_without_a_planner_nobody_is_asked(company: Office) -> None:
    async with company:
        assert (await company.resolve(ticket())).reason == "tool_failed"
        assert "replan" not in {entry.name for entry in await company.entries()}


async def test_only_so_often(company: Office) -> None:
    again = 'topic: x\nsteps: [{{id: {0}, tool: fail}}, {{id: end_{0}, reply: "no, see {{{{rules}}}}"}}]'
    company.replanner = planner = Planner(*(again.format(name) for name in "abcd"))
    async with company:
        resolution = await company.resolve(ticket())
    assert (resolution.outcome, resolution.reason) == ("escalated", "tool_failed")
    assert len(planner.told) == 2
    assert resolution.handoff is not None
    assert [each.tool for each in resolution.handoff.done] == ["orders.mark"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (SECOND.replace("${mark}", "${stock}"), "P207"),
        (SECOND.replace(", see {{rules}}", ""), "P233"),
        (SECOND.replace("steps:", 'steps:\n  - {id: a, tool: orders.mark, args: {order_id: "${order.id}"}}'), "P232"),
        ('topic: x\nsteps: [{id: order, search: "x"}, {id: e, reply: "{{rules}}"}]', "P222"),
    ],
)
async def test_a_plan_with_an_error_does_not_go_on(company: Office, shop: Shop, source: str, code: str) -> None:
    company.replanner = Planner(source)
    async with company:
        resolution = await company.resolve(ticket())
    assert (resolution.outcome, resolution.reason) == ("escalated", "tool_failed")
    assert resolution.handoff is not None
    assert any(each.step == "plan" and f" {code} " in each.result for each in resolution.handoff.tried)
    assert len(shop.acts()) == 1


@pytest.mark.parametrize("order_id", ["${order.id}", "200001"])
async def test_another_plan_is_a_model_s_whatever_it_says_of_itself(company: Office, shop: Shop, order_id: str) -> None:
    pays = f'{{id: pay, tool: payments.refund, args: {{order_id: "{order_id}", amount: "${{order.total}}"}}}}'
    company.replanner = Planner(f'topic: x\nsteps: [{pays}, {{id: end, reply: "Paid."}}]', made_by="company")
    async with company:
        assert (await company.resolve(ticket())).reason == "tool_failed"
    assert [act[0] for act in shop.acts()] == ["mark"]


async def test_an_action_of_the_other_plan_waits_for_a_person(company: Office, shop: Shop) -> None:
    company.replanner = Planner("""
    topic: x
    steps:
      - {id: pay, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}, approve: "true"}
      - {id: end, reply: "Refunded ${pay.amount}, see {{rules}}."}
    """)
    async with company:
        assert (await company.resolve(ticket())).outcome == "waiting"
        assert len(shop.acts()) == 1
        assert (await company.signal("approval", True)).reply == "Refunded 40.10, see “Wool”."


async def test_what_was_believed_is_believed_no_more_and_no_less(company: Office, shop: Shop) -> None:
    given: list[str] = []

    @company.tool("trust", effect="read")
    async def trust(order_id: str) -> str:
        given.append(order_id)
        return order_id

    catalogue = Catalogue.of(company.tools)
    plan, findings = read_model_plan('topic: x\nsteps: [{id: s, search: x}, {id: e, reply: "{{s}}"}]', catalogue)
    assert plan is not None, findings
    company.replanner = Planner(
        'topic: x\nsteps: [{id: t, tool: trust, args: {order_id: "${order.id}"}}, {id: e, reply: "${t} {{rules}}"}]'
    )
    async with company:
        assert (await company.resolve(ticket())).reply == "100001 “Wool”"
    assert given == ["100001"]


@pytest.mark.parametrize("make", [lambda: Planner(None), lambda: Failing(None)])
async def test_where_there_is_no_other_plan_a_person_takes_over(company: Office, make: Callable[[], Planner]) -> None:
    company.replanner = make()
    async with company:
        resolution = await company.resolve(ticket())
    assert (resolution.outcome, resolution.reason) == ("escalated", "tool_failed")


class Failing(Planner):
    async def replan(self, asked: str, plan: Plan, ended: Ended) -> Plan | None:
        raise PermanentError("no idea")


async def test_what_a_person_or_a_rule_has_refused_is_not_planned_again(company: Office, shop: Shop) -> None:
    company.replanner = planner = Planner(SECOND)
    company.plans.clear()
    company.procedure(
        'topic: x\nsteps: [{id: a, tool: orders.lookup, args: {order_id: "200001"}}, {id: e, reply: "ok"}]'
    )
    async with company:
        assert (await company.resolve(ticket())).reason == "policy"
    assert planner.told == []

"""What fails is retried, left alone, gone round or handed over; what a run may use up ends it with everything told."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from segue import Budget, idempotency_key
from segue.errors import PermanentError
from segue.support import intake
from segue.support.circuit import FAILURES, REST
from segue.support.outcome import Resolution
from segue.support.ticket import Ticket
from tests.conftest import settle, until
from tests.unit.support.company import Certain, Office, Scripted, Shop, ticket

MINUTE = timedelta(minutes=1)
LOOK = 'topic: x\nsteps: [{id: a, tool: look}, {id: end, reply: "${a}"}]'


class Look:
    """A read that fails as long as a test says."""

    def __init__(self, office: Office, **how: Any) -> None:
        self.is_down = False
        self.error: type[Exception] = ConnectionError
        self.calls = 0

        @office.tool("look", effect="read", **how)
        async def look() -> str:
            self.calls += 1
            if self.is_down:
                raise self.error("down")
            return "seen"


# The circuit breaker


async def fail(office: Office, look: Look, tickets: int) -> None:
    """Let the tool fail for so many tickets, each with its usual number of attempts."""
    look.is_down = True
    for number in range(tickets):
        assert (await office.resolve(ticket(id=f"f-{number}"))).reason == "tool_failed"


async def test_after_so_many_failures_in_a_row_the_tool_is_left_alone(office: Office) -> None:
    look = Look(office)
    office.procedure(LOOK)
    async with office:
        await fail(office, look, 2)
        assert look.calls == FAILURES  # of six attempts the last was not made
        await office.engine.settled(await office.open(ticket()))
        assert look.calls == FAILURES
        wake_at = (await office.engine.run("ticket-t-1")).wake_at
        assert wake_at is not None
        assert office.clock.now() < wake_at <= office.clock.now() + REST


async def test_while_it_rests_other_tickets_do_not_touch_it_and_then_one_tries(office: Office) -> None:
    look = Look(office)
    office.procedure(LOOK)
    async with office:
        await fail(office, look, 2)
        before = look.calls
        look.is_down = False
        runs = [await office.open(ticket(id=f"t-{number}")) for number in range(3)]
        for run_id in runs:
            await office.engine.settled(run_id)
        assert look.calls == before
        await office.clock.advance(REST)
        assert [(await office.rest(run_id)).reply for run_id in runs] == ["seen"] * 3


async def test_an_action_that_was_refused_certainly_did_not_happen(office: Office) -> None:
    done: list[str] = []
    is_down = True

    @office.tool("act", effect="write")
    async def act() -> None:
        if is_down:
            raise ConnectionError("down")
        done.append("act")

    @office.tool("pay", effect="once")
    async def pay() -> None: ...

    office.procedure('topic: x\nsteps: [{id: a, tool: act}, {id: end, reply: "done"}]')
    async with office:
        for number in (1, 2):
            resolution = await office.resolve(ticket(id=f"f-{number}"))
        assert resolution.handoff is not None
        assert (resolution.reason, resolution.handoff.in_doubt) == ("tool_failed", ())
    assert done == []


async def test_a_once_action_that_was_refused_is_not_in_doubt(office: Office) -> None:
    calls = 0

    @office.tool("pay", effect="once")
    async def pay() -> None:
        nonlocal calls
        calls += 1
        raise ConnectionError("the line dropped")

    office.procedure('topic: x\nsteps: [{id: a, tool: pay}, {id: end, reply: "done"}]')
    async with office:
        reasons = [(await office.resolve(ticket(id=f"f-{n}"))).reason for n in range(FAILURES)]
        assert reasons == ["in_doubt"] * FAILURES
        resolution = await office.resolve(ticket())
    assert calls == FAILURES
    assert (resolution.outcome, resolution.reason) == ("escalated", "tool_failed")
    assert resolution.handoff is not None
    assert resolution.handoff.in_doubt == ()


async def test_a_tool_that_says_no_is_not_down(office: Office) -> None:
    look = Look(office)
    look.error = PermanentError
    office.procedure(LOOK)
    async with office:
        await fail(office, look, 3 * FAILURES)
        look.is_down = False
        assert (await office.resolve(ticket())).reply == "seen"


async def test_a_tool_that_takes_too_long_is_down(office: Office) -> None:
    calls = 0

    @office.tool("look", effect="read", timeout=MINUTE / 2)
    async def look() -> str:
        nonlocal calls
        calls += 1
        await asyncio.Event().wait()
        return ""

    office.procedure(LOOK)
    async with office:
        for number in range(FAILURES):
            await office.open(ticket(id=f"f-{number}"))
        await until(lambda: calls == FAILURES)
        await office.clock.advance(MINUTE / 2)
        await office.open(ticket())
        await office.engine.settled("ticket-t-1")
        assert calls == FAILURES


# The rate


async def test_calls_beyond_the_rate_wait_their_turn_on_disk(office: Office) -> None:
    look = Look(office, rate="2/min")
    office.procedure(LOOK)
    async with office:
        runs = [await office.open(ticket(id=f"t-{number}")) for number in range(5)]
        for calls in (2, 4, 5):
            for run_id in runs:
                await office.engine.settled(run_id)
            assert look.calls == calls
            await office.clock.advance(MINUTE)
        assert [(await office.rest(run_id)).reply for run_id in runs] == ["seen"] * 5


async def test_the_wait_is_no_part_of_an_action_s_deadline(office: Office) -> None:
    left: list[timedelta] = []

    @office.tool("pay", effect="once", rate="1/h", timeout=MINUTE)
    async def pay() -> None:
        from segue import attempt_deadline

        deadline = attempt_deadline()
        assert deadline is not None
        left.append(deadline - office.clock.now())

    office.procedure('topic: x\nsteps: [{id: a, tool: pay}, {id: end, reply: "done"}]')
    async with office:
        assert (await office.resolve(ticket())).outcome == "resolved"
        assert (await office.resolve(ticket(id="t-2"))).outcome in ("running", "waiting")
        resolution = await office.wait(60 * MINUTE, run_id="ticket-t-2")
    assert resolution.outcome == "resolved"
    assert left == [MINUTE, MINUTE]


async def test_an_action_that_waits_for_its_turn_is_not_in_doubt_when_the_run_is_cancelled(office: Office) -> None:
    @office.tool("pay", effect="once", rate="1/h")
    async def pay() -> None: ...

    office.procedure('topic: x\nsteps: [{id: a, tool: pay}, {id: end, reply: "done"}]')
    async with office:
        await office.resolve(ticket())
        await office.resolve(ticket(id="t-2"))
        await office.engine.cancel("ticket-t-2")
        resolution = await office.rest("ticket-t-2")
    assert resolution.reason == "cancelled"
    assert resolution.handoff is not None
    assert resolution.handoff.in_doubt == ()


# Time


@pytest.mark.parametrize("is_async", [True, False])
async def test_what_an_action_did_is_never_lost_by_its_timeout(office: Office, is_async: bool) -> None:
    keys: list[str] = []
    go_on = threading.Event()

    if is_async:

        @office.tool("pay", effect="once", timeout=MINUTE / 2)
        async def pay() -> None:
            keys.append(idempotency_key())
            await asyncio.Event().wait()

    else:

        @office.tool("pay", effect="once", timeout=MINUTE / 2)
        def pay() -> None:
            keys.append(idempotency_key())
            go_on.wait(20)  # a thread cannot be stopped: it pays whatever we do

    office.procedure('topic: x\nsteps: [{id: a, tool: pay}, {id: end, reply: "done"}]')
    try:
        async with office:
            run_id = await office.open(ticket())
            await until(lambda: keys)
            await office.clock.advance(MINUTE)
            resolution = await office.rest(run_id)
    finally:
        go_on.set()
    assert (resolution.outcome, resolution.reason) == ("escalated", "in_doubt")
    assert resolution.handoff is not None
    assert [(doubt.tool, doubt.key) for doubt in resolution.handoff.in_doubt] == [("pay", keys[0])]
    assert len(keys) == 1


# Budgets


async def within(office: Office, budget: Budget, asked: Ticket | None = None) -> Resolution:
    """Resolve a ticket whose run may use up so much."""
    return await office.rest(await intake.take(office.engine, office.workflow, asked or ticket(), budget=budget))


MANY = """
topic: x
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
  - {id: mark, tool: orders.mark, args: {order_id: "${order.id}"}}
  - {id: again, tool: orders.lookup, args: {order_id: "100001"}}
  - {id: paid, tool: payments.refund, args: {order_id: "${again.id}", amount: "${again.total}"}}
  - {id: end, reply: "Done."}
"""


@pytest.mark.parametrize(("steps", "done"), [(3, []), (4, ["orders.mark"]), (5, ["orders.mark"])])
async def test_beyond_its_steps_a_run_is_handed_over_with_everything_done(
    office: Office, shop: Shop, steps: int, done: list[str]
) -> None:
    office.procedure(MANY)
    async with office:
        resolution = await within(office, Budget(steps=steps))
    assert (resolution.outcome, resolution.reason) == ("escalated", "budget")
    assert resolution.handoff is not None
    assert [action.tool for action in resolution.handoff.done] == done
    assert len(shop.acts()) == len(done)
    assert "budget" in resolution.handoff.tried[-1].result
    assert len(office.posts("handoff")) == 1


async def test_within_its_steps_it_ends_as_ever(office: Office, shop: Shop) -> None:
    office.procedure(MANY)
    async with office:
        assert (await within(office, Budget(steps=6))).outcome == "resolved"


async def test_even_a_budget_of_nothing_loses_no_ticket(office: Office) -> None:
    office.procedure(LOOK.replace("look", "orders.raw").replace("tool: orders.raw", "search: x").replace("${a}", "ok"))
    async with office:
        resolution = await within(office, Budget(steps=0))
    assert (resolution.outcome, resolution.reason) == ("escalated", "budget")
    assert len(office.posts("handoff")) == 1


async def test_what_models_cost_ends_it_too(office: Office) -> None:
    office.model = Scripted(*["x"] * 9)
    asks = "".join(f"  - {{id: m{n}, model: {{task: T, input: '${{{before}}}', output: {{type: string}}}}}}\n"
                   for n, before in enumerate(["ticket.text", *(f"m{n}" for n in range(8))]))  # fmt: skip
    office.procedure(f'topic: x\nsteps:\n  - {{id: s, search: "x"}}\n{asks}  - {{id: end, reply: "${{m8}}"}}\n')
    async with office:
        resolution = await within(office, Budget(usd=Decimal("0.02")))
    assert (resolution.outcome, resolution.reason) == ("escalated", "budget")
    assert len(office.model.asked) == 2


async def test_time_at_work_ends_it_and_waiting_is_free(office: Office) -> None:
    @office.tool("look", effect="read")
    async def look() -> str:
        await asyncio.Event().wait()
        return ""

    office.procedure('topic: x\nsteps: [{id: q, ask: "Well?"}, {id: a, tool: look}, {id: end, reply: "${a}"}]')
    async with office:
        run_id = await intake.take(office.engine, office.workflow, ticket(), budget=Budget(wall=MINUTE))
        await office.rest(run_id)
        await office.wait(timedelta(hours=20))
        await office.engine.signal(run_id, "message", "well")
        await settle()
        await office.clock.advance(2 * MINUTE)
        resolution = await office.rest(run_id)
    assert (resolution.outcome, resolution.reason) == ("escalated", "budget")


async def test_of_two_requests_the_first_one_s_deeds_are_told_when_the_second_finds_nothing_left(
    office: Office, shop: Shop
) -> None:
    office.procedure(MANY.replace("topic: x", "topic: status"))
    office.procedure(MANY.replace("topic: x", "topic: size"))
    office.classifier = Certain("status", words={"Also": ("size", 1.0)})
    async with office:
        resolution = await within(office, Budget(steps=6), ticket("Pay me. Also, please pay me again."))
    assert (resolution.outcome, resolution.reason) == ("escalated", "budget")
    assert resolution.handoff is not None
    assert [action.tool for action in resolution.handoff.done] == ["orders.mark", "payments.refund"]

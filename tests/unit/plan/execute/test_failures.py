"""What fails takes its declared way out, or goes to a person; what may have happened is never repeated."""

import asyncio
from datetime import timedelta

import pytest

from segue import NotDone, Unknown
from segue.errors import PermanentError
from tests.conftest import until
from tests.unit.support.company import Office, Shop, ticket


def failing(office: Office, error: type[Exception], *, times: int = 1000, effect: str = "read") -> list[int]:
    """Declare a tool `flaky` that raises so many times; gives the list of its calls."""
    calls: list[int] = []

    @office.tool("flaky", effect=effect)
    async def flaky() -> str:
        calls.append(len(calls) + 1)
        if len(calls) <= times:
            raise error("flaky")
        return "ok"

    return calls


ON_ERROR = """
topic: x
steps:
  - {{id: one, tool: flaky{on_error}}}
  - {{id: end, reply: "${{has(one) ? one : 'without it'}}"}}
"""
STRICT = """
topic: x
steps:
  - {{id: one, tool: flaky{on_error}}}
  - {{id: end, reply: "${{one}}"}}
"""


async def test_a_read_is_tried_three_times_and_then_a_person_goes_on(office: Office) -> None:
    calls = failing(office, ConnectionError)
    office.procedure(STRICT.format(on_error=""))
    async with office:
        resolution = await office.resolve(ticket())
    assert len(calls) == 3
    assert (resolution.outcome, resolution.reason) == ("escalated", "tool_failed")
    assert [action.result for action in resolution.actions] == [None]


@pytest.mark.parametrize("retries", [1, 2, 4])
async def test_retry_says_how_many_further_times(office: Office, retries: int) -> None:
    calls = failing(office, ConnectionError)
    office.procedure(STRICT.format(on_error=f", on_error: {{retry: {retries}}}"))
    async with office:
        assert (await office.resolve(ticket())).reason == "tool_failed"
    assert len(calls) == 1 + retries


async def test_a_step_that_recovers_leaves_no_trace_of_failure(office: Office) -> None:
    failing(office, ConnectionError, times=2)
    office.procedure(STRICT.format(on_error=", on_error: {retry: 2}"))
    async with office:
        resolution = await office.resolve(ticket())
    assert (resolution.outcome, resolution.reply) == ("resolved", "ok")


async def test_what_cannot_get_better_is_tried_once(office: Office) -> None:
    calls = failing(office, PermanentError)
    office.procedure(STRICT.format(on_error=", on_error: {retry: 5}"))
    async with office:
        assert (await office.resolve(ticket())).reason == "tool_failed"
    assert calls == [1]


async def test_then_goes_on_without_the_value(office: Office) -> None:
    failing(office, PermanentError)

    @office.tool("other", effect="read")
    async def other() -> str:
        return "other"

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: flaky, on_error: {then: [{id: two, tool: other}]}}
      - {id: end, reply: "${has(one) ? one : 'not one'}, ${has(two) ? two : 'not two'}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "not one, other"


async def test_a_declared_reply_ends_the_plan(office: Office) -> None:
    failing(office, PermanentError)
    office.procedure(STRICT.format(on_error=', on_error: {reply: "Try later."}'))
    async with office:
        resolution = await office.resolve(ticket())
    assert (resolution.outcome, resolution.reply) == ("resolved", "Try later.")


async def test_a_declared_escalation_ends_the_plan_with_its_reason(office: Office) -> None:
    failing(office, PermanentError)
    office.procedure(STRICT.format(on_error=", on_error: {escalate: policy}"))
    async with office:
        assert (await office.resolve(ticket())).reason == "policy"


@pytest.mark.parametrize("result", [{"status": "unknown"}, {}, {"status": 3}, None, [], "text"])
async def test_a_result_that_is_not_as_expected_is_a_failure(office: Office, result: object) -> None:
    @office.tool("look", effect="read")
    async def look() -> object:
        return result

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: look, expect: "one.status == 'known'", on_error: {reply: "Not as expected."}}
      - {id: end, reply: "As expected."}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "Not as expected."


async def test_what_was_not_as_expected_gives_no_value_to_a_read_below(office: Office) -> None:
    seen: list[str] = []

    @office.tool("look", effect="read")
    async def look() -> str:
        return "unknown"

    @office.tool("use", effect="read")
    async def use(value: str) -> str:
        seen.append(value)
        return value

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: look, expect: "one == 'known'"}
      - {id: two, tool: use, args: {value: "${one}"}}
      - {id: end, reply: "${two}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reason == "tool_failed"
    assert seen == []


async def test_an_expectation_may_need_an_input_that_is_asked_for(office: Office) -> None:
    @office.tool("look", effect="read")
    async def look() -> str:
        return "red"

    office.procedure("""
    topic: x
    inputs: {colour: {type: string, pattern: 'red|blue', ask: "Which colour?"}}
    steps:
      - {id: one, tool: look, expect: "one == inputs.colour"}
      - {id: end, reply: "${one}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).outcome == "waiting"
        assert (await office.signal("message", "red")).reply == "red"


async def test_a_search_that_finds_nothing_is_caught_by_expect(office: Office) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: rules, search: "anything", expect: "rules.found", on_error: {escalate: not_grounded}}
      - {id: end, reply: "See {{rules}}."}
    """)
    async with office:
        assert (await office.resolve(ticket())).reason == "not_grounded"


async def test_a_failure_after_an_action_tells_the_person_what_was_done(office: Office, shop: Shop) -> None:
    failing(office, PermanentError)
    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: paid, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}}
      - {id: last, tool: flaky}
      - {id: end, reply: "${last}"}
    """)
    async with office:
        resolution = await office.resolve(ticket())
    packet = resolution.handoff
    assert packet is not None
    assert packet.reason == "tool_failed"
    assert [(act.tool, act.args["amount"]) for act in packet.done] == [("payments.refund", "40.10")]
    assert [(fact.name, fact.source) for fact in packet.facts] == [("orders.lookup", "tool:orders.lookup")]
    assert shop.acts() == [("refund", "100001", "40.10")]


# Actions that may or may not have happened

ONCE = """
topic: x
steps:
  - {id: act, tool: act, args: {what: "it"}, on_error: {then: [{id: other, tool: act, args: {what: "again"}}]}}
  - {id: end, reply: "done"}
"""


async def test_an_action_in_doubt_goes_to_a_person_with_its_key_whatever_on_error_says(office: Office) -> None:
    acted: list[str] = []

    @office.tool("act", effect="once")
    async def act(what: str) -> None:
        acted.append(what)
        raise ConnectionError("the line dropped")

    office.procedure(ONCE)
    async with office:
        resolution = await office.resolve(ticket())
    assert (resolution.outcome, resolution.reason) == ("escalated", "in_doubt")
    assert acted == ["it"]
    packet = resolution.handoff
    assert packet is not None
    (doubt,) = packet.in_doubt
    assert (doubt.tool, doubt.args) == ("act", {"what": "it"})
    assert doubt.key.startswith("ticket-t-1:")
    assert packet.done == ()


async def test_an_action_that_its_receiver_denies_is_not_in_doubt(office: Office) -> None:
    acted: list[str] = []

    @office.tool("act", effect="once")
    async def act(what: str) -> None:
        acted.append(what)
        if what == "it":
            raise PermanentError("refused")

    office.procedure(ONCE)
    async with office:
        resolution = await office.resolve(ticket())
    assert (resolution.outcome, resolution.reply) == ("resolved", "done")
    assert acted == ["it", "again"]


async def test_an_action_that_certainly_did_not_happen_fails(office: Office) -> None:
    @office.tool("act", effect="once")
    async def act(what: str) -> None:
        raise NotDone("nobody answered")

    office.procedure('topic: x\nsteps: [{id: a, tool: act, args: {what: "it"}}, {id: end, reply: "done"}]')
    async with office:
        resolution = await office.resolve(ticket())
    assert resolution.reason == "tool_failed"
    assert resolution.handoff is not None
    assert resolution.handoff.in_doubt == ()


async def test_an_action_of_which_a_reconcile_tells_that_it_did_not_happen_is_done_after_all(office: Office) -> None:
    acted: list[str] = []

    @office.tool("act", effect="once", timeout=timedelta(seconds=5), reconcile=lambda key, what: NotDone())
    async def act(what: str) -> str:
        acted.append(what)
        if len(acted) == 1:
            raise ConnectionError("the line dropped before anything was sent")
        return "acted"

    office.procedure('topic: x\nsteps: [{id: a, tool: act, args: {what: "it"}}, {id: end, reply: "${a}"}]')
    async with office:
        await office.open(ticket())
        await until(lambda: acted)
        resolution = await office.wait(timedelta(seconds=7))  # until then the first attempt may still act
    assert (resolution.outcome, resolution.reply) == ("resolved", "acted")
    assert [action.tool for action in resolution.actions] == ["act"]


async def test_an_action_whose_time_is_up_is_in_doubt(office: Office) -> None:
    begun = asyncio.Event()

    @office.tool("act", effect="once", timeout=timedelta(seconds=5), reconcile=lambda key, what: Unknown())
    async def act(what: str) -> None:
        begun.set()
        await asyncio.Event().wait()

    office.procedure('topic: x\nsteps: [{id: a, tool: act, args: {what: "it"}}, {id: end, reply: "done"}]')
    async with office:
        await office.open(ticket())
        await begun.wait()
        await office.clock.advance(timedelta(seconds=6))
        assert (await office.rest()).reason == "in_doubt"


# What is wrong with us


async def test_a_defect_hands_over_what_was_done_before_it(office: Office, shop: Shop) -> None:
    @office.tool("raw", effect="read")
    async def raw() -> object:
        return {"count": "not a number"}

    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: mark, tool: orders.mark, args: {order_id: "${order.id}"}}
      - {id: r, tool: raw}
      - {id: right, check: "r.count > 1", else: {escalate: policy}}
      - {id: end, reply: "done"}
    """)
    async with office:
        resolution = await office.resolve(ticket())
        assert (resolution.outcome, resolution.reason) == ("failed", "defect")
        assert resolution.handoff is not None
        assert [act.tool for act in resolution.handoff.done] == ["orders.mark"]
        assert [post.kind for post in office.posts()] == ["handoff"]


async def test_a_tool_that_is_gone_is_a_defect_that_hands_over_what_was_done(office: Office, shop: Shop) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: mark, tool: orders.mark, args: {order_id: "${order.id}"}}
      - {id: sure, ask: "Sure?"}
      - {id: paid, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}}
      - {id: end, reply: "done"}
    """)
    async with office:
        assert (await office.resolve(ticket())).outcome == "waiting"
    del office.tools._tools["payments.refund"]
    async with office:
        resolution = await office.signal("message", "yes")
    assert (resolution.outcome, resolution.reason) == ("failed", "defect")
    assert resolution.handoff is not None
    assert [act.tool for act in resolution.handoff.done] == ["orders.mark"]


async def test_a_cancelled_run_hands_over_what_was_done(office: Office, shop: Shop) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: mark, tool: orders.mark, args: {order_id: "${order.id}"}}
      - {id: sure, ask: "Sure?"}
      - {id: end, reply: "done"}
    """)
    async with office:
        await office.resolve(ticket())
        await office.engine.cancel("ticket-t-1")
        resolution = await office.rest()
    assert (resolution.outcome, resolution.reason) == ("escalated", "cancelled")
    assert resolution.handoff is not None
    assert [act.tool for act in resolution.handoff.done] == ["orders.mark"]


async def test_an_action_under_way_when_the_run_is_cancelled_is_in_doubt(office: Office) -> None:
    begun, answer = asyncio.Event(), asyncio.Event()

    @office.tool("act", effect="once")
    async def act(what: str) -> None:
        begun.set()
        await answer.wait()

    office.procedure('topic: x\nsteps: [{id: a, tool: act, args: {what: "it"}}, {id: end, reply: "done"}]')
    async with office:
        await office.open(ticket())
        await begun.wait()
        await office.engine.cancel("ticket-t-1")
        answer.set()
        resolution = await office.rest()
    assert (resolution.outcome, resolution.reason) == ("escalated", "cancelled")
    assert resolution.handoff is not None
    assert [doubt.tool for doubt in resolution.handoff.in_doubt] == ["act"]

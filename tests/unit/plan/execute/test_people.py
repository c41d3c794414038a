"""Waiting for people in the middle of a plan: for the customer's answer, for somebody's approval."""

from datetime import timedelta

import pytest

from tests.unit.support.company import Office, Shop, ticket

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

REFUND = """
topic: refund
inputs: {order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
  - {id: paid, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}, approve: "order.total > 100"}
  - {id: end, reply: "We paid ${paid.amount}."}
"""  # noqa: E501
LARGE, SMALL = "refund 100002", "refund 100001"

# Approval


async def test_below_the_limit_nobody_is_asked(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        assert (await office.resolve(ticket(SMALL))).reply == "We paid 40.10."


@pytest.mark.parametrize("yes", [True, None, {"approved": True}, {"approved": True, "by": "Ann", "reason": "fine"}])
async def test_above_it_the_action_waits_for_a_yes(office: Office, shop: Shop, yes: object) -> None:
    office.procedure(REFUND)
    async with office:
        assert (await office.resolve(ticket(LARGE))).outcome == "waiting"
        assert shop.acts() == []
        assert "payments.refund(order_id='100002', amount='250.00')" in office.posts("note")[0].text
        await office.clock.advance(HOUR)
        assert (await office.signal("approval", yes)).reply == "We paid 250.00."
    assert shop.acts() == [("refund", "100002", "250.00")]


@pytest.mark.parametrize("no", [False, {"approved": False}, {"approved": False, "by": "Ann", "reason": "a friend"}])
async def test_a_no_ends_it(office: Office, shop: Shop, no: object) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket(LARGE))
        resolution = await office.signal("approval", no)
    assert (resolution.outcome, resolution.reason) == ("escalated", "approval_denied")
    assert shop.acts() == []


async def test_nothing_in_time_ends_it_too(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket(LARGE))
        assert (await office.wait(2 * DAY - HOUR)).outcome == "waiting"
        resolution = await office.wait(HOUR)
    assert (resolution.outcome, resolution.reason) == ("escalated", "approval_timeout")
    assert shop.acts() == []


@pytest.mark.parametrize("nonsense", ["perhaps", [], {"by": "Ann"}, {"approved": "perhaps"}, 7, ""])
async def test_what_is_neither_yes_nor_no_is_refused_and_the_wait_goes_on(
    office: Office, shop: Shop, nonsense: object
) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket(LARGE))
        assert (await office.signal("approval", nonsense)).outcome == "waiting"
        assert shop.acts() == []
        assert (await office.signal("approval", True)).outcome == "resolved"


async def test_a_yes_sent_before_it_was_asked_for_does_not_count(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        assert (await office.resolve(ticket("refund"))).outcome == "waiting"
        await office.signal("approval", True)
        await office.clock.advance(HOUR)
        assert (await office.signal("message", "it is 100002")).outcome == "waiting"
        assert shop.acts() == []
        kinds = [entry.kind for entry in await office.entries()]
        assert "signal_refused" in kinds
        await office.clock.advance(HOUR)
        assert (await office.signal("approval", True)).outcome == "resolved"


async def test_a_second_click_does_not_approve_the_next_action(office: Office, shop: Shop) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: one, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}, approve: "true"}
      - {id: sure, ask: "Another one?"}
      - {id: two, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}, approve: "true"}
      - {id: end, reply: "done"}
    """)
    async with office:
        await office.resolve(ticket())
        await office.clock.advance(HOUR)
        await office.engine.signal("ticket-t-1", "approval", True)
        await office.signal("approval", True)
        assert len(shop.acts()) == 1
        await office.clock.advance(HOUR)
        assert (await office.signal("message", "yes")).outcome == "waiting"
        assert len(shop.acts()) == 1


async def test_a_tool_can_ask_for_approval_itself(office: Office) -> None:
    acted: list[int] = []

    @office.tool("act", effect="write", approve="count > 3")
    async def act(count: int = 5) -> None:
        acted.append(count)

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: act, args: {count: 3}}
      - {id: two, tool: act}
      - {id: end, reply: "done"}
    """)
    async with office:
        assert (await office.resolve(ticket())).outcome == "waiting"
        assert acted == [3]
        assert (await office.signal("approval", True)).reply == "done"
    assert acted == [3, 5]


@pytest.mark.parametrize("asks", ["tool", "procedure"])
async def test_a_read_that_needs_approval_waits_for_it(office: Office, asks: str) -> None:
    looked: list[str] = []

    @office.tool("look", effect="read", approve=True if asks == "tool" else None)
    async def look() -> str:
        looked.append("look")
        return "seen"

    approve = ', approve: "true"' if asks == "procedure" else ""
    office.procedure(f'topic: x\nsteps: [{{id: a, tool: look{approve}}}, {{id: end, reply: "${{a}}"}}]')
    async with office:
        assert (await office.resolve(ticket())).outcome == "waiting"
        assert looked == []
        assert (await office.signal("approval", True)).reply == "seen"


async def test_an_approval_survives_a_restart(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket(LARGE))
    async with office:
        await office.clock.advance(HOUR)
        assert (await office.signal("approval", True)).reply == "We paid 250.00."
    assert shop.acts() == [("refund", "100002", "250.00")]
    assert len(office.posts("note")) == 1


# Missing inputs

MOVE = """
topic: move
inputs:
  order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}
  day: {type: date, ask: "From which day?"}
  reason: {type: string, required: false}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
  - {id: mark, tool: orders.mark, args: {order_id: "${order.id}", note: "${inputs.day} ${has(inputs.reason) ? inputs.reason : '-'}"}}
  - {id: end, reply: "From ${inputs.day} for ${inputs.order_id}."}
"""  # noqa: E501


async def test_what_the_ticket_says_is_not_asked_for(office: Office, shop: Shop) -> None:
    office.procedure(MOVE)
    async with office:
        assert (await office.resolve(ticket("100001 from 2026-02-03"))).reply == "From 2026-02-03 for 100001."
    assert shop.acts() == [("mark", "100001", "2026-02-03 -")]


async def test_the_subject_counts_too(office: Office, shop: Shop) -> None:
    office.procedure(MOVE)
    async with office:
        resolution = await office.resolve(ticket("from 2026-02-03", subject="Order 100001"))
        assert resolution.outcome == "resolved"


async def test_what_is_missing_is_asked_with_its_question_and_only_once(office: Office, shop: Shop) -> None:
    office.procedure(MOVE)
    async with office:
        assert (await office.resolve(ticket("from 2026-02-03"))).outcome == "waiting"
        assert office.said() == ["Which order?"]
        assert (await office.signal("message", {"text": "100001, thanks"})).reply == "From 2026-02-03 for 100001."
    assert office.said() == ["Which order?", "From 2026-02-03 for 100001."]


TWO = """
topic: two
inputs:
  order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}
  size: {type: string, enum: [small, large], ask: "Which size?"}
steps:
  - {id: note, tool: keep, args: {text: "${inputs.order_id} ${inputs.size}"}}
  - {id: end, reply: "${note}"}
"""


@pytest.fixture
def two(office: Office) -> Office:
    @office.tool("keep", effect="read")
    async def keep(text: str) -> str:
        return text

    office.procedure(TWO)
    return office


async def test_what_one_step_needs_is_asked_for_in_one_message(two: Office) -> None:
    async with two:
        assert (await two.resolve(ticket())).outcome == "waiting"
        assert two.said() == ["Which order?\nWhich size?"]
        assert (await two.signal("message", "100001 in large")).reply == "100001 large"


async def test_half_an_answer_is_kept_and_the_other_half_asked_for(two: Office) -> None:
    async with two:
        await two.resolve(ticket())
        assert (await two.signal("message", "It is 100001.")).outcome == "waiting"
        assert two.said()[-1].endswith("Which size?")
        assert "Which order?" not in two.said()[-1]
        assert (await two.signal("message", "large")).reply == "100001 large"


async def test_an_input_without_a_question_goes_to_a_person(office: Office) -> None:
    office.procedure("""
    topic: x
    inputs: {code: {type: string, pattern: 'C\\d{3}'}}
    steps: [{id: end, reply: "${inputs.code}"}]
    """)
    async with office:
        resolution = await office.resolve(ticket("what now"))
        assert (resolution.outcome, resolution.reason) == ("escalated", "low_confidence")
        assert resolution.handoff is not None
        assert resolution.handoff.missing == ("code",)
        assert (await office.resolve(ticket("C123", id="t-2"))).reply == "C123"


async def test_an_input_that_no_step_reached_needs_is_not_asked_for(office: Office) -> None:
    office.procedure("""
    topic: x
    inputs: {code: {type: string, pattern: 'C\\d{3}', ask: "Code?"}}
    steps:
      - {id: right, check: "ticket.text == 'right'", else: {reply: "Wrong."}}
      - {id: end, reply: "${inputs.code}"}
    """)
    async with office:
        assert (await office.resolve(ticket("what now"))).reply == "Wrong."


async def test_two_candidates_are_no_answer_so_the_customer_is_asked(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        assert (await office.resolve(ticket("refund 100001 or was it 100002"))).outcome == "waiting"
        assert office.said() == ["Which order?"]


# Asking

ASK = """
topic: x
inputs: {colour: {type: string, enum: [red, blue], ask: "unused"}}
steps:
  - {id: which, ask: "Red or blue?", into: colour}
  - {id: end, reply: "${has(inputs.colour) ? inputs.colour : '?'} (${which.text})"}
"""


async def test_an_answer_fills_the_input_and_is_kept_as_text(office: Office) -> None:
    office.procedure(ASK)
    async with office:
        await office.resolve(ticket())
        assert (await office.signal("message", "The Red one.")).reply == "red (The Red one.)"


async def test_a_question_that_fills_nothing_takes_any_answer(office: Office) -> None:
    office.procedure('topic: x\nsteps: [{id: how, ask: "How?"}, {id: end, reply: "${how.text}"}]')
    async with office:
        await office.resolve(ticket())
        assert (await office.signal("message", "just so")).reply == "just so"


async def test_a_number_is_a_message_too(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund"))
        assert (await office.signal("message", 100001)).reply == "We paid 40.10."


async def test_after_one_miss_the_question_comes_again(office: Office) -> None:
    office.procedure(ASK)
    async with office:
        await office.resolve(ticket())
        assert (await office.signal("message", "the green one")).outcome == "waiting"
        assert office.said() == ["Red or blue?", "Sorry, I did not understand that. Red or blue?"]
        assert (await office.signal("message", "blue")).outcome == "resolved"


async def test_after_two_misses_a_person_goes_on_and_nothing_more_is_asked(office: Office) -> None:
    office.procedure(ASK)
    async with office:
        await office.resolve(ticket())
        await office.signal("message", "the green one")
        resolution = await office.signal("message", "the yellow one")
    assert (resolution.outcome, resolution.reason) == ("escalated", "not_understood")
    assert len(office.said()) == 2


@pytest.mark.parametrize(
    "words", ["Never mind.", "never mind, it has arrived", "Forget it", "It's been sorted, thanks"]
)
async def test_never_mind_ends_it(office: Office, shop: Shop, words: str) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund"))
        resolution = await office.signal("message", words)
    assert resolution.outcome == "resolved"
    assert shop.acts() == []


async def test_an_answer_that_says_found_it_is_an_answer(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund"))
        assert (await office.signal("message", "Found it: 100001")).reply == "We paid 40.10."


@pytest.mark.parametrize("words", ["I want to talk to a human", "100001. But let me speak to a real person first!"])
async def test_a_customer_who_wants_a_person_gets_one(office: Office, shop: Shop, words: str) -> None:
    office.procedure(REFUND)
    async with office:
        await office.resolve(ticket("refund"))
        resolution = await office.signal("message", words)
    assert (resolution.outcome, resolution.reason) == ("escalated", "customer_asked")
    assert shop.acts() == []


async def test_silence_reminds_once_and_then_ends(office: Office) -> None:
    office.procedure(ASK)
    async with office:
        await office.resolve(ticket())
        assert (await office.wait(DAY - HOUR)).outcome == "waiting"
        assert len(office.said()) == 1
        assert (await office.wait(HOUR)).outcome == "waiting"
        assert office.said()[1:] == ["We are still waiting for your answer: Red or blue?"]
        assert (await office.wait(2 * DAY - HOUR)).outcome == "waiting"
        resolution = await office.wait(HOUR)
    assert (resolution.outcome, resolution.reason, resolution.handoff) == ("waiting_expired", None, None)
    assert len(office.said()) == 2


async def test_an_answer_after_the_reminder_counts(office: Office) -> None:
    office.procedure(ASK)
    async with office:
        await office.resolve(ticket())
        await office.wait(2 * DAY)
        assert (await office.signal("message", "red")).outcome == "resolved"


async def test_a_customer_is_reminded_once_of_one_question_however_they_answered_before(office: Office) -> None:
    office.procedure(ASK)
    async with office:
        await office.resolve(ticket())
        await office.wait(DAY)
        await office.signal("message", "green")
        assert (await office.wait(DAY)).outcome == "waiting"
        assert [text for text in office.said() if text.startswith("We are still")] == office.said()[1:2]
        assert (await office.wait(2 * DAY)).outcome == "waiting_expired"

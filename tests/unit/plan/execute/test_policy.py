"""What the agent may do: only for whom it knows, only with the facts it needs, only where it is sure and allowed."""

import asyncio
import json

import pytest

from segue.support.ticket import TicketId
from tests.unit.support.company import Certain, Office, Shop, ticket

REFUND = """
topic: refund
inputs: {order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
  - {id: paid, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}}
  - {id: end, reply: "We paid ${paid.amount}."}
"""
LOOKUP = """
topic: status
inputs: {order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
  - {id: end, reply: "It is ${order.status}."}
"""


async def journal(office: Office) -> str:
    """Return everything that the ticket's run has recorded."""
    return json.dumps([entry.payload for entry in await office.entries()])


async def test_a_customer_s_own_order_is_refunded(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    async with office:
        resolution = await office.resolve(ticket("refund 100001"))
    assert (resolution.outcome, resolution.reply) == ("resolved", "We paid 40.10.")
    assert shop.acts() == [("refund", "100001", "40.10")]


@pytest.mark.parametrize(
    ("customer", "known"), [("c-1", True), ("c-2", False), ("", True), ("", False), ("None", True)]
)
async def test_nothing_of_another_s_record_is_told_or_kept(
    office: Office, shop: Shop, customer: str, known: bool
) -> None:
    office.procedure(LOOKUP)
    async with office:
        resolution = await office.resolve(ticket("where is 200001", customer=customer, known=known))
        assert (resolution.outcome, resolution.reason) == ("escalated", "policy")
        recorded = await journal(office)
    for secret in ("61.77", "a secret of c-2", "delivered"):
        assert secret not in recorded
        assert secret not in json.dumps([post.data for post in office.posts()])
    assert office.said() == []


@pytest.mark.parametrize("result", ['{"id": "1"}', '{"id": "1", "customer_id": null}', "[]", '"text"'])
async def test_a_record_that_does_not_say_whose_it_is_is_nobody_s(office: Office, result: str) -> None:
    @office.tool("look", effect="read", owner="customer_id")
    async def look() -> object:
        return json.loads(result)

    office.procedure('topic: x\nsteps: [{id: a, tool: look}, {id: end, reply: "${string(has(a))}"}]')
    async with office:
        assert (await office.resolve(ticket())).reason == "policy"


async def test_no_record_is_no_secret(office: Office) -> None:
    @office.tool("look", effect="read", owner="customer_id")
    async def look() -> dict[str, str] | None:
        return None

    office.procedure("""
    topic: x
    steps: [{id: a, tool: look}, {id: end, reply: "${has(a) ? 'found' : 'no order'}"}]
    """)
    async with office:
        assert (await office.resolve(ticket(known=False))).reply == "no order"


async def test_an_action_without_its_facts_is_refused_before_it_runs(office: Office) -> None:
    acted: list[str] = []

    @office.tool("act", effect="once", requires=["identity_verified"])
    async def act() -> None:
        acted.append("act")

    office.procedure('topic: x\nsteps: [{id: a, tool: act}, {id: end, reply: "done"}]')
    async with office:
        resolution = await office.resolve(ticket(known=False))
        assert (resolution.outcome, resolution.reason) == ("escalated", "policy")
        kinds = [entry.kind for entry in await office.entries()]
    assert acted == []
    assert "step_intended" not in kinds
    assert resolution.actions == ()


async def test_an_early_read_of_another_s_record_does_not_count_where_the_plan_ends_above_it(
    office: Office, shop: Shop
) -> None:
    refused = asyncio.Event()

    @office.tool("slow", effect="read")
    async def slow() -> str:
        await refused.wait()
        return "no"

    @office.tool("others", effect="read", owner="customer_id")
    async def others() -> dict[str, str]:
        refused.set()
        return {"customer_id": "c-2"}

    office.procedure("""
    topic: x
    steps:
      - {id: one, tool: slow}
      - {id: right, check: "one == 'yes'", else: {reply: "No."}}
      - {id: two, tool: others}
      - {id: end, reply: "${string(has(two.customer_id))}"}
    """)
    async with office:
        assert (await office.resolve(ticket())).reply == "No."


# Autonomy


async def test_in_draft_nothing_is_done_and_a_person_is_told_what_could_be(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    office.levels["refund"] = "draft"
    async with office:
        resolution = await office.resolve(ticket("refund 100001"))
    assert resolution.outcome == "drafted"
    assert shop.acts() == []
    assert [action.tool for action in resolution.actions] == ["orders.lookup"]
    assert office.said() == []
    (note,) = office.posts("note")
    assert "payments.refund(order_id='100001', amount='40.10')" in note.text


async def test_in_draft_a_write_is_not_done_either(office: Office, shop: Shop) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - {id: mark, tool: orders.mark, args: {order_id: "${order.id}"}}
      - {id: end, reply: "done"}
    """)
    office.levels["x"] = "draft"
    async with office:
        assert (await office.resolve(ticket())).outcome == "drafted"
    assert shop.acts() == []


async def test_in_draft_a_reply_waits_for_a_person_to_send_it(office: Office, shop: Shop) -> None:
    office.procedure(LOOKUP)
    office.levels["status"] = "draft"
    async with office:
        resolution = await office.resolve(ticket("where is 100001"))
    assert (resolution.outcome, resolution.reply) == ("drafted", "It is delivered.")
    assert [(post.kind, post.text) for post in office.posts("draft", "reply")] == [("draft", "It is delivered.")]


async def test_in_draft_a_question_to_the_customer_is_a_draft_too(office: Office, shop: Shop) -> None:
    office.procedure(LOOKUP)
    office.levels["status"] = "draft"
    async with office:
        resolution = await office.resolve(ticket("where is it"))
    assert (resolution.outcome, resolution.reply) == ("drafted", "Which order?")
    assert office.said() == []


async def test_off_leaves_the_ticket_alone(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    office.levels["refund"] = "off"
    async with office:
        resolution = await office.resolve(ticket("refund 100001"))
        names = {entry.name for entry in await office.entries() if entry.kind == "step_finished"}
    assert (resolution.outcome, resolution.actions, resolution.handoff) == ("skipped", (), None)
    assert names == {"helpdesk.receive", "interpret", "terms", "helpdesk.close"}
    assert office.posts() == []
    assert office.helpdesk.state(TicketId("t-1")) == "open"


# Confidence


async def test_where_the_agent_is_not_sure_it_may_look_but_neither_act_nor_reply(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    office.classifier = Certain("refund", 0.69)
    async with office:
        resolution = await office.resolve(ticket("refund 100001"))
    assert (resolution.outcome, resolution.reason) == ("escalated", "low_confidence")
    assert [action.tool for action in resolution.actions] == ["orders.lookup"]
    assert (shop.acts(), office.said()) == ([], [])
    assert resolution.confidence == pytest.approx(0.69)


async def test_a_reply_needs_to_be_sure_enough_too(office: Office, shop: Shop) -> None:
    office.procedure(LOOKUP)
    office.classifier = Certain("status", 0.69)
    async with office:
        assert (await office.resolve(ticket("where is 100001"))).reason == "low_confidence"
    assert office.said() == []


async def test_nor_does_it_ask_the_customer_about_something_it_is_not_sure_they_want(
    office: Office, shop: Shop
) -> None:
    office.procedure(LOOKUP)
    office.classifier = Certain("status", 0.59)
    async with office:
        resolution = await office.resolve(ticket("Your driver hit my dog. I will sue you."))
    assert (resolution.outcome, resolution.reason) == ("escalated", "low_confidence")
    assert office.said() == []


async def test_just_enough_is_enough(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    office.classifier = Certain("refund", 0.7)
    async with office:
        assert (await office.resolve(ticket("refund 100001"))).outcome == "resolved"


ARTICLE = {
    "care.md": "# Caring for wool\n\nWash wool by hand in cold water. Dry it flat and never in the sun.\n",
    **{f"other-{n}.md": f"# Opening times {n}\n\nWe are open from nine to five.\n" for n in range(20)},
}


async def test_a_composed_reply_of_a_sure_topic_is_sent(office: Office) -> None:
    office.articles(ARTICLE)
    office.procedure("""
    topic: care
    steps:
      - {id: found, search: "${ticket.text}"}
      - {id: end, reply: {answer: [found]}}
    """)
    office.threshold = 0.5
    async with office:
        resolution = await office.resolve(ticket("how do I wash and dry wool by hand in cold water"))
    assert resolution.outcome == "resolved"
    assert "Wash wool by hand" in resolution.reply


async def test_a_topic_without_a_procedure_is_answered_from_the_articles(office: Office) -> None:
    office.articles(ARTICLE)
    office.classifier = Certain("care", 0.95)
    office.threshold = 0.5
    async with office:
        resolution = await office.resolve(ticket("how do I wash and dry wool by hand in cold water"))
    assert (resolution.outcome, resolution.topic) == ("resolved", "care")


async def test_what_is_surely_nothing_the_company_handles_gets_no_reply_of_a_procedure(office: Office) -> None:
    office.procedure('topic: question\nsteps: [{id: end, reply: "We will look into it."}]')
    office.classifier = Certain(None, 0.99)
    async with office:
        resolution = await office.resolve(ticket("sponsor our choir"))
    assert resolution.outcome == "escalated"
    assert office.said() == []


async def test_a_search_that_the_answer_does_not_use_makes_it_no_surer(office: Office) -> None:
    office.articles(ARTICLE)
    office.procedure("""
    topic: care
    steps:
      - {id: good, search: "wash wool by hand in cold water, dry it flat, never in the sun"}
      - {id: found, search: "wool"}
      - {id: end, reply: {answer: [found]}}
    """)
    office.threshold = 0.9
    async with office:
        resolution = await office.resolve(ticket("wool"))
    assert resolution.reason == "low_confidence"


async def test_an_answer_from_two_searches_quotes_the_better_of_them(office: Office) -> None:
    office.articles({**ARTICLE, "shop.md": "# The shop\n\nThe wool shop is in a mill by the river.\n"})
    office.procedure("""
    topic: care
    steps:
      - {id: worse, search: "wool shop mill in town centre with parking nearby"}
      - {id: better, search: "wash wool by hand in cold water, dry it flat, never in the sun"}
      - {id: end, reply: {answer: [worse, better]}}
    """)
    office.threshold = 0.5
    async with office:
        resolution = await office.resolve(ticket("how do I wash wool by hand"))
    assert resolution.citations[0].document == "care.md"

"""A person who takes a ticket over finds everything known, done and in doubt, and why it is theirs now."""

import asyncio

from segue.errors import PermanentError
from segue.support.outcome import IN_DOUBT, Handoff
from tests.unit.support.company import Certain, Office, Shop, ticket

TROUBLE = """
topic: refund
inputs:
  order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}
  code: {type: string, pattern: 'C\\d{3}'}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
  - {id: rules, search: "sedge"}
  - {id: more, search: "how are refunds paid and when"}
  - {id: mark, tool: orders.mark, args: {order_id: "${order.id}"}}
  - {id: pay, tool: bank.pay, args: {amount: "${order.total}"}}
  - {id: end, reply: "${inputs.code}"}
"""
ARTICLES = {
    "sedge.md": "# Sedge\n\n" + "\n\n".join(f"## Part {n}\n\nSedge number {n} grows." for n in range(9)),
    "refunds.md": "# Refunds\n\nRefunds are paid the way you paid, and arrive within five days.\n",
}


async def packet(office: Office, shop: Shop, error: type[Exception] = ConnectionError) -> Handoff:
    """Return the packet of a ticket whose refund went wrong."""

    @office.tool("bank.pay", effect="once")
    async def pay(amount: str) -> None:
        raise error("the line dropped")

    office.articles(ARTICLES)
    office.procedure(TROUBLE)
    async with office:
        resolution = await office.resolve(ticket("I want a refund for 100001, it is urgent!", subject="Refund"))
    assert resolution.handoff is not None
    return resolution.handoff


async def test_it_says_why_what_is_asked_and_how_urgent_it_is(office: Office, shop: Shop) -> None:
    given = await packet(office, shop)
    assert given.reason == "in_doubt"
    assert given.ask == "I want a refund for 100001, it is urgent!"
    assert given.urgency == "high"
    assert given.run == "ticket-t-1"


async def test_it_says_what_is_known_and_from_where(office: Office, shop: Shop) -> None:
    facts = {(fact.name, fact.source): fact.value for fact in (await packet(office, shop)).facts}
    assert facts["order_id", "customer"] == "100001"
    assert facts["orders.lookup", "tool:orders.lookup"]["total"] == "40.10"


async def test_it_tells_what_was_done_from_what_is_in_doubt(office: Office, shop: Shop) -> None:
    given = await packet(office, shop)
    assert [action.tool for action in given.done] == ["orders.mark"]
    assert [(doubt.tool, doubt.args) for doubt in given.in_doubt] == [("bank.pay", {"amount": "40.10"})]


async def test_what_certainly_failed_is_neither(office: Office, shop: Shop) -> None:
    given = await packet(office, shop, PermanentError)
    assert given.reason == "tool_failed"
    assert [action.tool for action in given.done] == ["orders.mark"]
    assert given.in_doubt == ()


async def test_an_action_says_whether_it_failed_returned_nothing_or_is_in_doubt(office: Office, shop: Shop) -> None:
    @office.tool("bank.note", effect="write")
    async def note() -> None:
        return None

    @office.tool("bank.ask", effect="read")
    async def look() -> None:
        raise PermanentError("the bank is closed")

    @office.tool("bank.pay", effect="once")
    async def pay() -> None:
        raise ConnectionError("the line dropped")

    steps = """
      - {id: noted, tool: bank.note}
      - {id: asked, tool: bank.ask, on_error: {then: [{id: sure, ask: "Sure?"}]}}
      - {id: paid, tool: bank.pay}
      - {id: end, reply: "done"}"""
    office.procedure(f"topic: pay\nsteps:{steps}")
    async with office:
        waiting = await office.resolve(ticket())
        ended = await office.signal("message", "yes")
    told = [(action.tool, action.result, action.error) for action in ended.actions]
    assert told == [("bank.note", None, None), ("bank.ask", None, "the bank is closed"), ("bank.pay", None, IN_DOUBT)]
    assert waiting.actions == ended.actions[:2]


async def test_it_lists_the_steps_that_were_tried_and_what_is_missing(office: Office, shop: Shop) -> None:
    given = await packet(office, shop)
    assert [step.step for step in given.tried] == ["order", "rules", "more", "mark", "pay", "end"]
    assert given.missing == ("code",)


async def test_its_evidence_is_the_best_of_all_searches_first(office: Office, shop: Shop) -> None:
    office.min_match = 0.05
    given = await packet(office, shop)
    assert given.evidence[0].document == "refunds.md"
    assert len({(found.document, found.start) for found in given.evidence}) == len(given.evidence) == 5


async def test_a_part_that_could_be_answered_is_proposed_as_the_reply(office: Office, shop: Shop) -> None:
    office.classifier = Certain("thanks", words={"Also": ("pay", 1.0)})
    office.procedure('topic: thanks\nsteps: [{id: end, reply: "You are welcome."}]')
    office.procedure("topic: pay\nsteps: [{id: end, escalate: policy}]")
    async with office:
        resolution = await office.resolve(ticket("Thank you all! Also, please pay me."))
    assert (resolution.outcome, resolution.reason, resolution.reply) == ("escalated", "policy", "")
    assert resolution.handoff is not None
    assert resolution.handoff.proposed_reply == "You are welcome."
    assert resolution.handoff.ask == "Thank you all! / Also, please pay me."
    assert office.said() == []


async def test_the_helpdesk_holds_the_same_packet(office: Office, shop: Shop) -> None:
    given = await packet(office, shop)
    (post,) = office.posts("handoff")
    assert post.data["reason"] == given.reason
    assert [done["tool"] for done in post.data["done"]] == ["orders.mark"]


async def test_a_run_that_cannot_hand_over_at_once_tries_again(office: Office) -> None:
    class Down:
        """A helpdesk that is down for its first two calls."""

        calls = 0

    hand_over = office.helpdesk.hand_over

    def flaky(*args: object, **how: object) -> None:
        Down.calls += 1
        if Down.calls < 3:
            raise ConnectionError("down")
        hand_over(*args, **how)  # type: ignore[arg-type]

    office.helpdesk.hand_over = flaky  # type: ignore[method-assign]
    office.procedure("topic: x\nsteps: [{id: end, escalate: policy}]")
    async with office:
        assert (await asyncio.wait_for(office.resolve(ticket()), 5)).reason == "policy"
    assert len(office.posts("handoff")) == 1

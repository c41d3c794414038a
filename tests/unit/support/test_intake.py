"""Which run a ticket belongs to; and no message is answered twice, none by nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from segue.errors import RunNotFound
from segue.support import intake
from segue.support.ticket import Ticket
from tests.unit.support.company import Certain, Office, Shop, ticket

REFUND = """
topic: refund
inputs: {order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
  - {id: pay, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}}
  - {id: end, reply: "Paid."}
"""


@pytest.fixture(autouse=True)
def refunds(office: Office, shop: Shop) -> None:
    office.procedure(REFUND)
    office.classifier = Certain("refund", words={"thanks": (None, 0.9)})


async def runs(office: Office) -> list[str]:
    return sorted(run.run_id for run in await office.engine.runs())


async def test_a_ticket_s_run_bears_its_id(office: Office) -> None:
    async with office:
        assert await office.open(ticket(id="a/b é")) == "ticket-a/b é"


async def test_the_same_ticket_again_changes_nothing(office: Office, shop: Shop) -> None:
    async with office:
        for _ in range(3):
            assert (await office.resolve(ticket("refund 100001"))).run_id == "ticket-t-1"
        assert await runs(office) == ["ticket-t-1"]
    assert shop.acts() == [("refund", "100001", "40.10")]


async def test_the_same_ticket_is_the_same_run_while_nobody_has_begun_it(office: Office, shop: Shop) -> None:
    async with office.engine_of_its_own(drive=False) as outside:
        for texts in (["refund"], ["refund"], ["refund", "it is 100001"], ["refund", "it is 100001"]):
            assert await intake.take(outside, office.workflow, ticket(*texts)) == "ticket-t-1"
    async with office:
        assert (await office.rest()).reply == "Paid."
        assert await runs(office) == ["ticket-t-1"]
    assert (office.said(), shop.acts()) == (["Paid."], [("refund", "100001", "40.10")])


async def test_a_new_message_answers_a_run_that_asks(office: Office, shop: Shop) -> None:
    async with office:
        await office.resolve(ticket("refund"))
        resolution = await office.resolve(ticket("refund", "it is 100001"))
        assert (resolution.run_id, resolution.outcome) == ("ticket-t-1", "resolved")
        assert await runs(office) == ["ticket-t-1"]


async def test_a_message_that_was_an_answer_is_not_news_after_the_end(office: Office, shop: Shop) -> None:
    async with office:
        await office.resolve(ticket("refund"))
        whole = ticket("refund", "it is 100001")
        for _ in range(3):
            assert (await office.resolve(whole)).run_id == "ticket-t-1"
        assert await runs(office) == ["ticket-t-1"]
    assert len(shop.acts()) == 1


async def test_several_new_messages_are_heard_in_their_order(office: Office) -> None:
    async with office:
        await office.resolve(ticket("refund"))
        assert (await office.resolve(ticket("refund", "well", "100001"))).outcome == "resolved"
    assert office.said()[1] == "Sorry, I did not understand that. Which order?"


async def test_a_message_after_the_end_opens_a_new_run_that_is_asked_only_what_is_new(
    office: Office, shop: Shop
) -> None:
    async with office:
        await office.resolve(ticket("refund 100001", subject="Refund 100001"))
        resolution = await office.resolve(ticket("refund 100001", "thanks a lot", subject="Refund 100001"))
        assert resolution.run_id == "ticket-t-1.2"
        assert resolution.topic is None
    assert shop.acts() == [("refund", "100001", "40.10")]


async def test_a_new_request_in_it_is_dealt_with(office: Office, shop: Shop) -> None:
    async with office:
        await office.resolve(ticket("refund 100001"))
        resolution = await office.resolve(ticket("refund 100001", "and 100002 too"))
        assert (resolution.run_id, resolution.outcome) == ("ticket-t-1.2", "resolved")
        again = await office.resolve(ticket("refund 100001", "and 100002 too", "thanks"))
        assert again.run_id == "ticket-t-1.3"
    assert [act[1] for act in shop.acts()] == ["100001", "100002"]


async def test_an_action_in_doubt_is_not_done_again_because_the_customer_asks_how_it_goes(office: Office) -> None:
    acted: list[str] = []

    @office.tool("act", effect="once")
    async def act() -> None:
        acted.append("act")
        raise ConnectionError("the line dropped")

    office.procedure('topic: act\nsteps: [{id: a, tool: act}, {id: end, reply: "done"}]')
    office.classifier = Certain("act", words={"any news": (None, 0.9)})
    async with office:
        assert (await office.resolve(ticket("act"))).reason == "in_doubt"
        assert (await office.resolve(ticket("act", "any news?"))).run_id == "ticket-t-1.2"
    assert acted == ["act"]


async def test_an_answer_that_comes_too_late_takes_the_whole_request_up_again(office: Office, shop: Shop) -> None:
    async with office:
        await office.resolve(ticket("refund"))
        await office.wait(timedelta(days=1))
        assert (await office.wait(timedelta(days=2))).outcome == "waiting_expired"
        resolution = await office.resolve(ticket("refund", "100001, sorry"))
        assert (resolution.run_id, resolution.outcome) == ("ticket-t-1.2", "resolved")
    assert shop.acts() == [("refund", "100001", "40.10")]


async def test_a_message_that_the_run_never_heard_is_news_after_its_end(office: Office, shop: Shop) -> None:
    office.procedure('topic: slow\nsteps: [{id: a, ask: "One?"}, {id: end, escalate: policy}]')
    office.classifier = Certain("slow", words={"refund": ("refund", 1.0)})
    async with office:
        await office.resolve(ticket("slow"))
        assert (await office.resolve(ticket("slow", "yes", "and refund 100001"))).run_id == "ticket-t-1"
        again = await office.resolve(ticket("slow", "yes", "and refund 100001"))
        assert (again.run_id, again.outcome) == ("ticket-t-1.2", "resolved")
        assert (await office.resolve(ticket("slow", "yes", "and refund 100001"))).run_id == "ticket-t-1.2"
    assert shop.acts() == [("refund", "100001", "40.10")]


async def test_what_an_agent_wrote_is_no_news(office: Office) -> None:
    done = ticket("refund 100001")
    answered = replace(done, messages=(*done.messages, replace(done.messages[0], role="agent", text="Hello")))
    async with office:
        await office.resolve(done)
        assert (await office.resolve(answered)).run_id == "ticket-t-1"


async def test_ids_that_look_like_another_ticket_s_second_run_are_kept_apart(office: Office) -> None:
    def told(id: str, *texts: str) -> Ticket:  # noqa: A002
        return ticket(*texts, id=id)

    async with office:
        first = await office.resolve(told("a", "refund 100001"))
        second = await office.resolve(told("a.2", "refund 100002"))
        more = await office.resolve(told("a", "refund 100001", "thanks"))
        other = await office.resolve(told("a.2", "refund 100002", "thanks"))
        assert [each.run_id for each in (first, second)] == ["ticket-a", "ticket-a.2"]
        assert [each.ticket_id for each in (first, second, more, other)] == ["a", "a.2", "a", "a.2"]
        assert len(await runs(office)) == 4
        for each in (told("a", "refund 100001", "thanks"), told("a.2", "refund 100002", "thanks")):
            await office.resolve(each)
        assert len(await runs(office)) == 4
        assert await intake.latest(office.engine, "a") == more.run_id
        assert await intake.latest(office.engine, "a.2") == "ticket-a.2.2" == other.run_id


async def test_a_ticket_whose_first_run_id_is_taken_by_another_s_second_gets_a_run_of_its_own(office: Office) -> None:
    async with office:
        await office.resolve(ticket("refund 100001", id="a"))
        await office.resolve(ticket("refund 100001", "thanks", id="a"))
        resolution = await office.resolve(ticket("refund 100002", id="a.2"))
        assert (resolution.ticket_id, resolution.outcome) == ("a.2", "resolved")
        again = await office.resolve(ticket("refund 100002", id="a.2"))
        assert again.run_id == resolution.run_id


async def test_a_run_is_found_by_its_own_id_and_by_its_ticket_s(office: Office) -> None:
    async with office:
        await office.resolve(ticket("refund 100001"))
        await office.resolve(ticket("refund 100001", "thanks"))
        assert await intake.latest(office.engine, "ticket-t-1") == "ticket-t-1"
        assert await intake.latest(office.engine, "t-1") == "ticket-t-1.2"
        with pytest.raises(RunNotFound, match="no ticket of this id"):
            await intake.latest(office.engine, "t-9")


async def test_a_message_that_reached_the_run_by_another_door_is_no_news(office: Office, shop: Shop) -> None:
    async with office:
        await office.resolve(ticket("refund"))
        await office.engine.signal("ticket-t-1", "message", {"text": "100001"}, signal_id="message-1")
        await office.rest()
        assert (await office.resolve(ticket("refund", "100001"))).run_id == "ticket-t-1"
    assert len(shop.acts()) == 1

"""Going one of several declared ways: chosen as a step of the run, and never by guessing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from segue.errors import PermanentError
from segue.support.brain import Choice
from tests.unit.support.company import Office, Scripted, Shop, ticket

PARCEL = """
topic: parcel
steps:
  - id: kind
    choose:
      by: classifier
      options:
        late: [{id: mark, tool: orders.mark, args: {order_id: "100001"}}]
        lost: {description: "It never came", examples: ["gone for good"], steps: [{reply: "We search for it."}]}
        fine: []
  - {id: end, reply: "${has(mark) ? 'Noted.' : 'Good.'}"}
"""


class Chooser:
    """Chooses the option whose name stands in the text."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[Choice]]] = []

    def __call__(self, text: str, options: Sequence[Choice]) -> str | None:
        self.asked.append((text, list(options)))
        return next((option.name for option in options if option.name in text), None)


@pytest.fixture
def chooser(office: Office) -> Chooser:
    office.chooser = Chooser()
    return office.chooser


@pytest.mark.parametrize(
    ("words", "reply"), [("it is late", "Noted."), ("it is lost", "We search for it."), ("fine", "Good.")]
)
async def test_the_option_that_the_request_speaks_for_is_taken(
    office: Office, shop: Shop, chooser: Chooser, words: str, reply: str
) -> None:
    office.procedure(PARCEL)
    async with office:
        assert (await office.resolve(ticket(words))).reply == reply
    assert len(shop.acts()) == (words == "it is late")


async def test_who_chooses_is_told_what_speaks_for_each_option(office: Office, shop: Shop, chooser: Chooser) -> None:
    office.procedure(PARCEL)
    async with office:
        await office.resolve(ticket("fine"))
    ((text, options),) = chooser.asked
    assert text == "fine"
    assert options[1] == Choice(name="lost", description="It never came", examples=("gone for good",))


@pytest.mark.parametrize("has_chooser", [True, False])
async def test_unsure_is_no_choice(office: Office, shop: Shop, has_chooser: bool) -> None:
    office.chooser = Chooser() if has_chooser else None
    office.procedure(PARCEL)
    async with office:
        resolution = await office.resolve(ticket("what now"))
    assert (resolution.outcome, resolution.reason) == ("escalated", "low_confidence")
    assert (shop.acts(), office.said()) == ([], [])


async def test_a_text_of_the_plan_can_be_looked_at_instead(office: Office, shop: Shop, chooser: Chooser) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: order, tool: orders.lookup, args: {order_id: "100001"}}
      - id: kind
        choose: {by: classifier, input: "${order.status}", options: {delivered: [], sent: [{reply: "Sent."}]}}
      - {id: end, reply: "Here."}
    """)
    async with office:
        assert (await office.resolve(ticket("is it sent"))).reply == "Here."
    assert [text for text, _ in chooser.asked] == ["delivered"]


async def test_a_model_chooses_where_there_is_one_and_the_classifier_where_there_is_none(
    office: Office, shop: Shop, chooser: Chooser
) -> None:
    by_model = PARCEL.replace("by: classifier", "by: model")
    office.procedure(by_model)
    async with office:
        assert (await office.resolve(ticket("fine"))).reply == "Good."
    assert len(chooser.asked) == 1


async def test_a_model_s_choice_is_asked_for_once_however_often_the_run_is_replayed(
    office: Office, shop: Shop, chooser: Chooser
) -> None:
    office.model = Scripted("late", None, "invented")
    office.procedure(PARCEL.replace("by: classifier", "by: model").replace("{reply", "{id: ask, ask: 'Sure?'}, {reply"))
    async with office:
        assert (await office.resolve(ticket("?"))).reply == "Noted."
        assert (await office.resolve(ticket("?", id="t-2"))).reason == "low_confidence"
        assert (await office.resolve(ticket("?", id="t-3"))).reason == "low_confidence"  # an option that there is not
    assert office.model.asked == [("?", ["late", "lost", "fine"])] * 3
    assert chooser.asked == []


async def test_where_whoever_chooses_fails_a_person_takes_over(office: Office, shop: Shop) -> None:
    office.model = Scripted(PermanentError("refused"))
    office.procedure(PARCEL.replace("by: classifier", "by: model"))
    async with office:
        resolution = await office.resolve(ticket("late"))
    assert (resolution.outcome, resolution.reason) == ("escalated", "low_confidence")
    assert shop.acts() == []


async def test_a_value_of_an_option_that_was_not_taken_is_not_there(office: Office, chooser: Chooser) -> None:
    office.procedure("""
    topic: x
    steps:
      - {id: kind, choose: {by: classifier, options: {one: [{id: a, search: "x"}], two: [{id: b, search: "y"}]}}}
      - {id: end, reply: "${has(a) ? 'one' : 'not one'}, ${has(b) ? 'two' : 'not two'}"}
    """)
    async with office:
        assert (await office.resolve(ticket("two"))).reply == "not one, two"


async def test_nothing_below_a_choice_begins_before_what_it_may_do(office: Office, chooser: Chooser) -> None:
    world = {"count": 0}

    @office.tool("count", effect="read")
    async def count() -> int:
        return world["count"]

    @office.tool("add", effect="write")
    async def add() -> int:
        world["count"] += 1
        return world["count"]

    office.procedure("""
    topic: x
    steps:
      - {id: kind, choose: {by: classifier, options: {more: [{tool: add}], same: []}}}
      - {id: after, tool: count}
      - {id: end, reply: "${after}"}
    """)
    async with office:
        assert (await office.resolve(ticket("more"))).reply == "1"

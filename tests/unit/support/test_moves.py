"""What people did next in past conversations, and what the agent makes of it when a customer writes again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from segue.models.moves import foresight
from segue.models.moves.course import Called, Course, Heard, Wrote
from segue.support import moves
from segue.support.moves import ENOUGH, NOT_KNOWN_YET, Kind, Practice, course_of, kind_of, practice
from segue.support.resolve import WELCOME
from segue.support.ticket import PastTicket, parse_past_ticket
from tests.unit.support.company import Certain, Office, Shop, ticket

NOW = datetime(2026, 5, 1, tzinfo=UTC)
REFUND = """
topic: refund
inputs: {order_id: {type: string, pattern: '\\b\\d{6}\\b', ask: "Which order?"}}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}
  - {id: pay, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}}
  - {id: end, reply: "Paid."}
"""
KINDS: dict[str, Kind] = {"say close": "close", "say refuse": "refuse", "reply sorry": "refuse", "say answer": "answer"}


class Sure:
    """A foresight whose mind is made up by the last message; it remembers what it was shown."""

    def __init__(self, **by_word: dict[str, float]) -> None:
        self.by_word = by_word
        self.seen: list[Course] = []

    def next(self, course: Course) -> list[tuple[str, float]]:
        self.seen.append(list(course))
        last = next((turn.text for turn in reversed(course) if isinstance(turn, Heard)), "")
        shares = next((found for word, found in self.by_word.items() if word in last), {"say answer": 1.0})
        return sorted(shares.items(), key=lambda entry: -entry[1])


def known(sure: Sure) -> Practice:
    return Practice(sure, KINDS)


def past(*messages: tuple[str, str], actions: list[dict[str, Any]] | None = None, **more: str) -> PastTicket:
    said = [{"role": role, "text": text} for role, text in messages]
    return parse_past_ticket({"id": "p", "messages": said, "actions": actions or [], **more}, NOW)


# What is read from the history


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Which order is it about?", "ask"),
        ("Your order is on its way.", "answer"),
        ("I am sorry, I don't quite understand what you mean.", "refuse"),
        ("That's not something we can help with, I'm afraid.", "refuse"),
        ("We are unable to offer that.", "refuse"),
        ("You're most welcome!", "close"),
        ("Is there anything else that I can do for you?", "close"),
        ("Have a nice day", "close"),
        ("Thank you.", "close"),
        ("Thank you for the number, the refund is on its way.", "answer"),
        ("Please have a look at it one more time.", "answer"),
        ("We can't wait to send it!", "answer"),
    ],
)
def test_what_a_reply_does_is_told_by_its_words(text: str, kind: Kind) -> None:
    assert kind_of(text) == kind


def test_calls_stand_where_they_were_made() -> None:
    told = past(
        ("customer", "refund"),
        ("agent", "Which?"),
        ("customer", "1"),
        actions=[{"tool": "pay", "args": {"order": "1"}, "after_message": 2}, {"tool": "look", "result": {"a": 1}}],
    )
    assert course_of(told) == [
        Heard("refund"),
        Called("call look", {}, {"a": 1}),
        Wrote("say ask", "Which?"),
        Heard("1"),
        Called("call pay", {"order": "1"}),
    ]


def test_a_reply_that_its_author_named_is_known_by_that_name() -> None:
    said = [{"role": "customer", "text": "a"}, {"role": "agent", "text": "Which?", "act": "ask_order"}]
    assert course_of(parse_past_ticket({"id": "p", "messages": said}, NOW))[1] == Wrote("reply ask_order", "Which?")


def test_where_hardly_anybody_wrote_again_nothing_is_learned() -> None:
    once = past(("customer", "refund"), ("agent", "Done."))
    again = past(("customer", "refund"), ("agent", "Done."), ("customer", "thanks"), ("agent", "You are welcome."))
    unanswered = past(("customer", "refund"), ("agent", "Done."), ("customer", "thanks"))
    learned: list[int] = []

    def learn(talks: Any) -> Sure:
        learned.append(len(talks))
        return Sure()

    assert practice([once] * 500 + [unanswered] * 500 + [again] * (ENOUGH - 1), learn) is None
    found = practice([once] * 500 + [again] * ENOUGH, learn)
    assert isinstance(found, Practice)
    assert (learned, found.kinds) == ([ENOUGH], {"say answer": "answer", "say close": "close"})


def test_what_is_not_learned_yet_is_told_from_what_nobody_can_learn() -> None:
    again = past(("customer", "refund"), ("agent", "Done."), ("customer", "thanks"), ("agent", "You are welcome."))
    assert practice([again] * ENOUGH, lambda _: None) == NOT_KNOWN_YET
    assert practice([again] * (ENOUGH - 1), lambda _: None) is None


def test_what_people_do_is_foreseen_from_what_they_did() -> None:
    ends = {"thanks": "You are welcome.", "sing": "I cannot help with that."}
    talks = [
        past(("customer", f"{asks} {n}"), ("agent", "It is done."), ("customer", then), ("agent", last))
        for n in range(50)
        for asks in ("refund", "where is")
        for then, last in ends.items()
    ]
    found = practice(talks, foresight.learn)
    assert isinstance(found, Practice)
    begun = [Heard("refund 5"), Wrote("say answer", "It is done.")]
    assert found.foresee([*begun, Heard("thanks")]).kind == "close"
    foreseen = found.foresee([*begun, Heard("sing a song")])
    assert (foreseen.kind, foreseen.move) == ("refuse", "refuse")
    assert foreseen.probability > 0.7


def test_moves_of_one_kind_count_together_and_the_likeliest_is_named() -> None:
    found = known(Sure(x={"say close": 0.4, "reply sorry": 0.35, "say refuse": 0.25}))
    foreseen = found.foresee([Heard("x")])
    assert (foreseen.kind, foreseen.move, foreseen.probability) == ("refuse", "sorry", pytest.approx(0.6))


# What the agent makes of it


@pytest.fixture
def talker(office: Office, shop: Shop) -> Sure:
    found = Sure(thanks={"say close": 0.95, "say answer": 0.05}, sing={"say refuse": 0.8, "say answer": 0.2},
                 hmm={"say close": 0.6, "say answer": 0.4})  # fmt: skip
    office.procedure(REFUND)
    office.practice = known(found)
    office.classifier = Certain("refund", words={"thanks": (None, 0.9), "sing": (None, 0.9), "hmm": (None, 0.9)})
    return found


async def test_who_says_thanks_after_the_end_gets_a_polite_end_and_nobody_has_to_look(
    office: Office, shop: Shop, talker: Sure
) -> None:
    async with office:
        await office.resolve(ticket("refund 100001"))
        resolution = await office.resolve(ticket("refund 100001", "thanks a lot"))
    assert (resolution.outcome, resolution.reply, resolution.topic) == ("resolved", WELCOME, None)
    assert resolution.confidence == pytest.approx(0.95)
    assert len(shop.acts()) == 1


@pytest.mark.parametrize("text", ["hmm", "sing"])
async def test_whoever_may_want_something_is_heard_out(office: Office, talker: Sure, text: str) -> None:
    async with office:
        await office.resolve(ticket("refund 100001"))
        resolution = await office.resolve(ticket("refund 100001", text))
    assert (resolution.outcome, resolution.reason) == ("escalated", "no_procedure")


async def test_a_request_beside_the_thanks_is_dealt_with(office: Office, shop: Shop, talker: Sure) -> None:
    office.classifier = Certain("refund")
    async with office:
        await office.resolve(ticket("refund 100001"))
        await office.resolve(ticket("refund 100001", "thanks, and refund 100002"))
    assert [act[1] for act in shop.acts()] == ["100001", "100002"]


async def test_a_first_message_is_never_taken_for_the_end(office: Office, talker: Sure) -> None:
    async with office:
        resolution = await office.resolve(ticket("thanks"))
    assert resolution.outcome == "escalated"
    assert talker.seen == []


async def test_in_draft_the_polite_end_is_left_to_a_person_and_in_off_nothing_is_said(
    office: Office, talker: Sure
) -> None:
    office.levels["question"] = "draft"
    async with office:
        await office.resolve(ticket("refund 100001"))
        assert (await office.resolve(ticket("refund 100001", "thanks"))).outcome == "drafted"
        office.levels["question"] = "off"
        assert (await office.resolve(ticket("refund 100001", "thanks", "thanks!"))).outcome == "skipped"


async def test_what_people_could_not_help_with_goes_to_a_person_at_once(
    office: Office, shop: Shop, talker: Sure
) -> None:
    async with office:
        await office.resolve(ticket("refund"))
        resolution = await office.signal("message", "sing me a song")
    assert (resolution.outcome, resolution.reason, shop.acts()) == ("escalated", "not_understood", [])
    assert office.said() == ["Which order?"]
    assert resolution.handoff is not None
    assert resolution.handoff.tried[-1].result.endswith("sing me a song")


async def test_an_answer_is_an_answer_whatever_people_did(office: Office, shop: Shop, talker: Sure) -> None:
    async with office:
        await office.resolve(ticket("refund"))
        assert (await office.signal("message", "100001, I could sing")).outcome == "resolved"
    assert len(shop.acts()) == 1


async def test_what_was_said_asked_and_done_is_shown_in_its_order(office: Office, talker: Sure) -> None:
    async with office:
        await office.resolve(ticket("refund"))
        await office.signal("message", "well")
        await office.signal("message", "sing")
    assert talker.seen[0] == [Heard("refund"), Wrote("say ask", "Which order?"), Heard("well")]
    assert talker.seen[1][3:] == [Wrote("say ask", "Sorry, I did not understand that. Which order?"), Heard("sing")]


async def test_only_the_end_of_a_very_long_conversation_is_looked_at(
    office: Office, talker: Sure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "LAST", 2)
    async with office:
        await office.resolve(ticket("refund"))
        await office.signal("message", "well")
    assert talker.seen == [[Wrote("say ask", "Which order?"), Heard("well")]]


async def test_while_it_is_not_known_what_people_do_the_rules_alone_decide(office: Office, talker: Sure) -> None:
    office.practice = NOT_KNOWN_YET
    async with office:
        await office.resolve(ticket("refund 100001"))
        resolution = await office.resolve(ticket("refund 100001", "thanks"))
        entries = await office.entries(resolution.run_id)
    assert (resolution.outcome, resolution.reason) == ("escalated", "no_procedure")
    (said,) = [e.payload for e in entries if e.name == "foresee" and e.kind == "step_finished" and e.payload]
    assert said["result"] == NOT_KNOWN_YET

"""What no article answers: put together, without personal data, with what people said instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from segue.knowledge.document import Hit
from segue.support import gaps
from segue.support.gaps import Unanswered
from segue.support.ticket import PastTicket, TicketId, parse_past_ticket

NOW = datetime(2026, 5, 20, tzinfo=UTC)


def hit(match: float) -> Hit:
    return Hit(document="a.md", title="A", heading="", start=0, end=1, text="a", sha256="", score=match, match=match)


def search(text: str) -> list[Hit]:
    return [hit(0.9 if "delivery" in text else 0.2)]


def by_first_word(texts: Sequence[str]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for n, text in enumerate(texts):
        groups.setdefault(text.split()[0], []).append(n)
    return sorted(groups.values(), key=lambda places: -len(places))


def past(name: str, text: str, topic: str | None = None, answer: str = "") -> PastTicket:
    messages = [{"role": "customer", "text": text}] + ([{"role": "agent", "text": answer}] if answer else [])
    given = {"id": name, "messages": messages, "topic": topic, "customer": {"id": "c-1", "name": "Ada Lovelace"}}
    return parse_past_ticket(given, NOW)


def test_only_questions_that_nothing_was_found_for_are_unanswered() -> None:
    tickets = [
        past("1", "Do you have wifi for customers?"),
        past("2", "How long does delivery take?"),
        past("3", "Do you have wifi, and may I have a refund?", topic="refund"),
    ]
    assert [each.ticket_id for each in gaps.of_history(tickets, search, least=0.5)] == ["1"]


def test_a_question_that_tells_nothing_alone_is_asked_with_what_stands_before_it() -> None:
    (found,) = gaps.of_history([past("1", "I have found a red glove in your shop. Whose is it?")], search, least=0.5)
    assert "glove" in found.text


def test_what_is_asked_most_comes_first_with_the_last_time_and_the_nearest_passage() -> None:
    asked = [
        Unanswered(ticket_id=TicketId(str(day)), text=text, at=NOW.replace(day=day))
        for day, text in ((1, "dogs in the shop"), (3, "wifi in the shop"), (2, "wifi for guests"))
    ]
    first, second = gaps.gaps(asked, by_first_word, search)
    assert (first.size, first.last, second.size) == (2, NOW.replace(day=3), 1)
    assert first.nearest is not None
    assert first.nearest.match == 0.2


def test_neither_examples_nor_outlines_hold_personal_data() -> None:
    asked = past(
        "1", "wifi for ada@example.com?", answer="Dear Ada Lovelace, there is wifi in the whole shop for guests."
    )
    (gap,) = gaps.gaps(gaps.of_history([asked], search, least=0.5), by_first_word, search)
    assert "ada" not in f"{gap.examples} {gap.outline}".casefold()


def test_an_outline_says_first_what_most_people_said() -> None:
    answers = [
        "Hello! Dogs are welcome in the shop. Please keep them on a lead.",
        "Dogs are welcome in our shop, of course.",
        "Could you tell me how large the dog is, please?",
    ]
    points = gaps.outline(answers)
    assert [(point.text.split()[0], point.times) for point in points] == [("Dogs", 2), ("Please", 1)]


def test_without_questions_there_is_no_gap() -> None:
    assert gaps.gaps([], by_first_word, search) == []

"""What people answered leads to articles: only what was said by then, with words alone, to a question like it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from segue.support.past_answers import ENOUGH, MOST, PastAnswers
from segue.support.ticket import PastTicket, parse_past_ticket

NOW = datetime(2026, 5, 20, tzinfo=UTC)


class WordsInCommon:
    """Closeness by the share of a question's words that a known one has."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = [set(text.split()) for text in texts]

    def of(self, text: str, *, least: float) -> list[tuple[int, float]]:
        words = set(text.split())
        shares = [len(words & known) / len(words) for known in self.texts]
        return sorted(((n, share) for n, share in enumerate(shares) if share >= least), key=lambda near: -near[1])


def past(
    name: str, text: str, answer: str | None = "We are.", days: int = 10, late: int = 0, **more: Any
) -> PastTicket:
    """Return a ticket of so many days ago, answered so many days late."""
    created = NOW - timedelta(days=days)
    messages = [{"role": "customer", "text": text}]
    if answer:
        messages.append({"role": "agent", "text": answer, "at": (created + timedelta(days=late)).isoformat()})
    given = {"id": name, "created_at": created.isoformat(), "messages": messages, "topic": "question"}
    return parse_past_ticket({**given, "outcome": "resolved", **more}, NOW)


def told(question: str, *known: PastTicket, days: int = 0) -> list[tuple[str, str]]:
    found = PastAnswers(known, WordsInCommon).to(question, NOW - timedelta(days=days))
    return [(each.document, each.text) for each in found or ()]


def test_what_people_answered_to_questions_like_it_is_told_without_their_politeness() -> None:
    known = [
        past("a", "are dogs welcome ?", "Hi Jo, dogs are welcome. Kind regards\nRuth"),
        past("b", "are dogs welcome there ?", "They are."),
    ]
    assert told("are dogs welcome there ?", *known) == [("ticket b", "They are."), ("ticket a", "dogs are welcome.")]
    assert told("is parking free", *known) == []


def test_an_answer_that_was_given_later_is_not_known_yet() -> None:
    known = past("late", "are dogs welcome ?", days=10, late=3)
    assert told("are dogs welcome ?", known, days=8) == []
    assert told("are dogs welcome ?", known, days=6) != []


def test_what_was_looked_up_for_one_customer_or_handed_over_says_nothing_to_others() -> None:
    action = {"tool": "orders.lookup", "args": {"order_id": "1"}, "result": {}}
    known = [
        past("looked-up", "are dogs welcome ?", actions=[action]),
        past("handed-over", "are dogs welcome ?", outcome="escalated"),
        past("unanswered", "are dogs welcome ?", answer=None),
    ]
    assert told("are dogs welcome ?", *known) == []


def test_the_more_alike_two_questions_are_the_more_the_answer_counts() -> None:
    known = [past("same", "are dogs welcome there now ?"), past("like", "are dogs welcome there ?")]
    same, like = PastAnswers(known, WordsInCommon).to("are dogs welcome there now ?", NOW) or ()
    assert same.weight == 1.0
    assert 0 < like.weight < 1


def test_only_a_few_are_told() -> None:
    assert len(told("are you open ?", *(past(str(number), "are you open ?") for number in range(9)))) == MOST


def test_that_nothing_is_alike_says_something_once_people_have_answered_enough() -> None:
    known = PastAnswers([past(str(number), "something else ?", days=10) for number in range(ENOUGH)], WordsInCommon)
    assert known.to("are dogs welcome ?", NOW) == []
    assert known.to("are dogs welcome ?", NOW - timedelta(days=20)) is None

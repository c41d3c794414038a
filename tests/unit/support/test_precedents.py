"""Past tickets as evidence: the likest first, none that is newer, none that nobody answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from segue.support.precedents import MOST, Precedents
from segue.support.ticket import PastTicket, Ticket, parse_past_ticket, parse_ticket

NOW = datetime(2026, 5, 20, tzinfo=UTC)


class WordsInCommon:
    """Closeness by the share of a text's words that a past ticket has."""

    def __init__(self, past: list[PastTicket]) -> None:
        self.texts = [set(each.ticket.messages[0].text.split()) for each in past]

    def of(self, text: str, *, least: float) -> list[tuple[int, float]]:
        words = set(text.split())
        shares = [len(words & known) / len(words) for known in self.texts]
        return sorted(((n, share) for n, share in enumerate(shares) if share >= least), key=lambda near: -near[1])


def past(name: str, text: str, answer: str | None = "We looked into it.", days: int = 10) -> PastTicket:
    messages = [{"role": "customer", "text": text}] + ([{"role": "agent", "text": answer}] if answer else [])
    created = (NOW - timedelta(days=days)).isoformat()
    given = {"id": name, "created_at": created, "messages": messages, "topic": "refund", "outcome": "resolved"}
    return parse_past_ticket(given, NOW)


def ticket(text: str, days: int = 0) -> Ticket:
    created = (NOW - timedelta(days=days)).isoformat()
    return parse_ticket({"id": "t", "created_at": created, "messages": [{"role": "customer", "text": text}]}, NOW)


def found(asked: Ticket, *known: PastTicket) -> list[str]:
    return [each.document for each in Precedents(known, WordsInCommon(list(known))).like(asked)]


def test_the_likest_ticket_comes_first_with_what_people_said() -> None:
    known = [past("a", "my boots leak"), past("b", "refund my boots"), past("c", "refund for boots")]
    assert found(ticket("refund my boots"), *known) == ["ticket b", "ticket a", "ticket c"]
    best = Precedents(known, WordsInCommon(known)).like(ticket("refund my boots"))[0]
    assert (best.heading, best.text) == ("refund · resolved", "We looked into it.")


def test_what_is_newer_or_was_never_answered_is_no_precedent() -> None:
    known = [past("newer", "refund", days=0), past("unanswered", "refund", answer=None), past("older", "refund")]
    assert found(ticket("refund", days=1), *known) == ["ticket older"]


def test_only_a_few_are_shown_and_nothing_that_is_not_alike() -> None:
    assert len(found(ticket("refund"), *(past(str(n), "refund") for n in range(9)))) == MOST
    assert found(ticket("refund"), past("a", "boots")) == []
    assert found(ticket("refund")) == []

"""What customers ask and no article answers, put together by what they want, with what an article should say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from segue.knowledge.document import Hit
from segue.redaction import NOBODY, Personal, redact
from segue.support import claims
from segue.support.answer import question_in
from segue.support.interpret import QUESTION
from segue.support.ticket import PastTicket, TicketId

NEWEST = 2_000
"""Questions that are put together, the latest ones: each is compared with each."""
EXAMPLES = 3
POINTS = 6
"""Of an outline, at most."""
WORDS = 5
"""Of a sentence that could stand in an article."""
TELLING = 3
"""Words of a question that tells enough alone."""
ALIKE = 0.5
"""Share of telling words from which on two sentences say the same."""

Search = Callable[[str], Sequence[Hit]]
"""Gives the passages that customers may read nearest to a question, best first."""
Group = Callable[[Sequence[str]], list[list[int]]]
"""Puts texts together that want the same: their places, the most typical one of each group first."""


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """A question for which nothing good was found."""

    ticket_id: TicketId
    text: str
    at: datetime
    answers: tuple[str, ...] = ()
    """What people then told the customer."""
    personal: Personal = NOBODY
    """What is known of the customer, to be hidden."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """A question, without personal data."""

    ticket_id: TicketId
    text: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """Something that people told customers, and that an article should say."""

    text: str
    times: int
    """By how many of them."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Questions that want the same, and that no article answers."""

    size: int
    last: datetime
    examples: tuple[Example, ...]
    """The most typical ones, that first which is nearest to all."""
    nearest: Hit | None
    """The passage that comes closest to the first one; it may be a good place for the answer."""
    outline: tuple[Point, ...]
    """What people said most often first; empty where nobody's answer is known."""


def is_question(past: PastTicket) -> bool:
    """Say whether people took a past ticket for a question, or for nothing that the company handles."""
    return past.has_topic and past.topic in (None, QUESTION)


def of_history(past: Iterable[PastTicket], search: Search, *, least: float) -> Iterator[Unanswered]:
    """Yield the past tickets that asked what no article answers.

    Looked at are those that people said are a question, or nothing that the company handles.

    Args:
        past: In any order.
        search: Over what articles say now.
        least: Match of a passage that is an answer.
    """
    for each in past:
        asked = _asked(each.ticket.text)
        if not is_question(each) or not asked.strip():
            continue
        hits = search(asked)
        if hits and hits[0].match >= least:
            continue
        customer = each.ticket.customer
        yield Unanswered(
            ticket_id=each.id,
            text=asked,
            at=each.ticket.created_at,
            answers=tuple(message.text for message in each.ticket.messages if message.role == "agent"),
            personal=Personal(
                names=(customer.name,) if customer.name else (),
                emails=(customer.email,) if customer.email else (),
                ids=(str(customer.id),) if customer.id else (),
            ),
        )


def _asked(text: str) -> str:
    """Return what a ticket asks, and all of it where that alone tells too little."""
    asked = question_in(text)
    return asked if len(claims.stems(asked)) >= TELLING else text


def gaps(unanswered: Iterable[Unanswered], group: Group, search: Search) -> list[Gap]:
    """Return what is missing in the articles, what is asked most first."""
    newest = sorted(unanswered, key=lambda each: (each.at, each.ticket_id), reverse=True)[:NEWEST]
    return [_gap([newest[n] for n in places], search) for places in group([each.text for each in newest])]


def _gap(questions: Sequence[Unanswered], search: Search) -> Gap:
    """Return a gap of questions of which the first is the most typical."""
    shown = questions[:EXAMPLES]
    said = [(answer, each.personal) for each in questions for answer in each.answers]
    texts = redact([*((each.text, each.personal) for each in shown), *said]).texts
    hits = search(questions[0].text)
    return Gap(
        size=len(questions),
        last=max(each.at for each in questions),
        examples=tuple(Example(ticket_id=each.ticket_id, text=text) for each, text in zip(shown, texts, strict=False)),
        nearest=hits[0] if hits else None,
        outline=outline(texts[len(shown) :]),
    )


def outline(answers: Sequence[str]) -> tuple[Point, ...]:
    """Return what answers have in common, each thing in the words of the answer that said it first."""
    points: list[tuple[str, frozenset[str], int]] = []
    for answer in answers:
        told: set[int] = set()
        for sentence in claims.sentences(question_in(answer)):
            stems = sentence.whole.stems
            if len(sentence.text.split()) < WORDS or sentence.text.endswith("?"):
                continue
            same = next((n for n, (_, known, _) in enumerate(points) if _likeness(stems, known) >= ALIKE), None)
            if same is None:
                points.append((sentence.text, stems, 1))
                told.add(len(points) - 1)
            elif same not in told:
                text, known, times = points[same]
                points[same] = text, known, times + 1
                told.add(same)
    ordered = sorted(points, key=lambda point: -point[2])
    return tuple(Point(text=text, times=times) for text, _, times in ordered[:POINTS])


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(len(one | other), 1)

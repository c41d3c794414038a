"""What people answered to questions: for the next one like it, a pointer to the articles that say so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeAlias

from segue.support import answer
from segue.support.precedents import LIKE, Near, document_of
from segue.support.ticket import Message, PastTicket

SAME = 0.85
"""Cosine from which on two questions want the same; below, an answer to the one counts less for the other."""
MOST = 3
ENOUGH = 100
"""Tickets answered with words alone, from which on it says something that none of them is like a question."""

Compare = Callable[[Sequence[str]], Near]
"""Gives what compares a question with these."""


@dataclass(frozen=True, kw_only=True)
class PastAnswer:
    """What a person told somebody who asked much the same; it says where to look, and is never told itself."""

    document: str
    """Names the past ticket."""
    text: str
    weight: float
    """How much it counts, above 0 and up to 1: all of it where the questions want the same."""


Recalled: TypeAlias = list[PastAnswer] | None
"""The likest first; `None` where none is like a question, and too few were answered for that to say anything."""


class PastAnswers:
    """The past tickets that people answered with words alone.

    Where something was looked up or done, or the ticket was handed over, the answer says nothing that holds for others.
    """

    def __init__(self, past: Sequence[PastTicket], compare: Compare) -> None:
        """Take what was answered with words from past tickets, in any order."""
        self._answered = [(each, said) for each in past if (said := _only_words(each)) is not None]
        self._times = sorted(_time(past, said) for past, said in self._answered)
        self._near = compare(self.questions)

    @property
    def questions(self) -> list[str]:
        """What was asked, in the order of the tickets."""
        return [question_of(past) for past, _ in self._answered]

    def to(self, question: str, before: datetime) -> Recalled:
        """Return what people answered to the questions most like one.

        Args:
            question: A customer's words.
            before: Nothing that was said later is known.
        """
        found = list(islice(self._to(question, before), MOST))
        return found if found or bisect_left(self._times, before) >= ENOUGH else None

    def _to(self, question: str, before: datetime) -> Iterator[PastAnswer]:
        for place, likeness in self._near.of(question, least=LIKE):
            past, said = self._answered[place]
            if likeness > LIKE and _time(past, said) < before:
                weight = min(1.0, (likeness - LIKE) / (SAME - LIKE))
                text = answer.without_politeness(said.text)
                yield PastAnswer(document=document_of(past.id), text=text, weight=weight)


def question_of(past: PastTicket) -> str:
    """Return what the customer asked at first."""
    return answer.question_in(past.opening.text)


def _only_words(past: PastTicket) -> Message | None:
    """Return the first thing that a person told the customer, where they did nothing else for them."""
    if past.actions or past.outcome == "escalated":
        return None
    return next((each for each in past.ticket.messages if each.role == "agent" and each.text.strip()), None)


def _time(past: PastTicket, said: Message) -> datetime:
    """Return when something was said: not before it was asked."""
    return max(said.at or past.ticket.created_at, past.ticket.created_at)

"""Stage one: what does the customer want, how sure are we, and is there anything to respect before all else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from segue.plan.plan import Input
from segue.support import entities, requests, wishes
from segue.support.entities import Entity
from segue.support.outcome import Urgency
from segue.support.requests import ASK_CHARACTERS, Classifier, Request
from segue.support.ticket import Ticket
from segue.support.usage import Counted

__all__ = ["QUESTION", "Classifier", "InputsOf", "LanguageOf", "Request", "Understanding", "interpret"]

QUESTION = "question"
"""The built-in topic: answered from the articles."""

InputsOf = Callable[[str], Sequence[Input]]
"""Gives what the plan of a topic must know."""
LanguageOf = Callable[[str], str]
"""Gives the ISO 639-1 code of a text's language; empty where the text does not say it."""


@dataclass(frozen=True, kw_only=True)
class Understanding(Counted):
    """What a ticket says."""

    requests: tuple[Request, ...]
    """At least one, in the order of the text."""
    urgency: Urgency = "normal"
    wants_person: bool = False
    command: str = ""
    """Words that try to give the agent orders; empty where there are none."""

    language: str = ""
    """ISO 639-1 code of the language that the customer writes; empty where their words do not say it."""
    entities: tuple[Entity, ...] = ()
    """Values for the inputs of the requests' plans, each with the place where it stands; two for what is unclear."""

    @property
    def ask(self) -> str:
        """What the customer wants, in one line."""
        return " / ".join(request.ask for request in self.requests)[: 2 * ASK_CHARACTERS]


def interpret(
    ticket: Ticket,
    classifier: Classifier | None,
    *,
    inputs: InputsOf = lambda _: (),
    language: LanguageOf = lambda _: "",
) -> Understanding:
    """Return what a ticket says.

    Args:
        ticket: The request and its conversation.
        classifier: `None` where the company handles nothing but questions.
        inputs: Of each topic's plan, looked for in the customer's words.
        language: Tells a text's language.
    """
    words = f"{ticket.subject}\n{ticket.text}"
    found = _requests(ticket, classifier)
    topics = dict.fromkeys(request.topic or QUESTION for request in found)
    wanted = dict.fromkeys(entry for topic in topics for entry in inputs(topic))
    return Understanding(
        requests=found,
        urgency=wishes.urgency(words),
        wants_person=wishes.wants_person(words),
        command=wishes.command(words),
        language=language(ticket.text) or language(words),
        entities=entities.in_ticket(tuple(wanted), ticket),
    )


def _requests(ticket: Ticket, classifier: Classifier | None) -> tuple[Request, ...]:
    if classifier is not None:
        return requests.found(ticket.subject, ticket.text, classifier)
    whole = "\n\n".join(part for part in (ticket.subject, ticket.text) if part.strip())
    return (Request(text=whole, ask=requests.line(ticket.subject or whole), topic=QUESTION, confidence=1.0),)

"""Stage one: what does the customer want, how sure are we, and is there anything to respect before all else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from segue.support import wishes
from segue.support.outcome import Urgency
from segue.support.ticket import Ticket

QUESTION = "question"
"""The built-in topic: answered from the articles."""
ASK_CHARACTERS = 160
"""Length of the request in one line."""
SENTENCES = 8
"""That are looked at for the one line: what a message is about comes early."""
SURE = 0.6
"""A part of a ticket counts as a request of its own from this probability up."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(¿¡])|(?:\r?\n){2,}|\r?\n(?=[ \t]{0,12}[-*•\d])")
_SPACES = re.compile(r"\s+")
_NEXT = re.compile(
    r"^\W*(?:(?:and )?(?:another|one more|a second|an other|two more|the other) (?:question|thing|matter|point|request)"
    r"|(?:also|additionally|besides|secondly|second|furthermore|separately|apart from that|in addition|by the way|btw"
    r"|on (?:a|another) (?:different|separate) (?:note|matter)|p\.? ?s\.?|oh,? and|and also|while i am (?:at it|here)"
    r"|while i'm (?:at it|here))\b)",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\?|\b(?:can|could|would|will) (?:you|i|we)\b|\bplease\b|\bi(?:'d| would)? (?:like|want|need|wish)\b"
    r"|\b(?:do|does|is|are|how|what|when|where|which|why|who)\b[^.!]*\Z",
    re.IGNORECASE,
)
"""Asks for something, rather than telling more about it."""


class Classifier(Protocol):
    """Says which topic a text is about."""

    def classify(self, texts: Sequence[str]) -> list[list[tuple[str | None, float]]]:
        """Return, for each text, topics with their probabilities, the likeliest first; `None` is no topic at all."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One thing that the customer wants."""

    text: str
    """Their words for it."""
    ask: str
    """The same in one line."""
    topic: str | None
    """`None`: nothing that the company handles."""
    confidence: float
    """Calibrated probability that the topic is right."""


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """What a ticket says."""

    requests: tuple[Request, ...]
    """At least one, in the order of the text."""
    urgency: Urgency = "normal"
    wants_person: bool = False
    command: str = ""
    """Words that try to give the agent orders; empty where there are none."""

    @property
    def ask(self) -> str:
        """What the customer wants, in one line."""
        return " / ".join(request.ask for request in self.requests)[: 2 * ASK_CHARACTERS]


def interpret(ticket: Ticket, classifier: Classifier | None) -> Understanding:
    """Return what a ticket says.

    Args:
        ticket: The request and its conversation.
        classifier: `None` where the company handles nothing but questions.
    """
    words = f"{ticket.subject}\n{ticket.text}"
    return Understanding(
        requests=_requests(ticket, classifier),
        urgency=wishes.urgency(words),
        wants_person=wishes.wants_person(words),
        command=wishes.command(words),
    )


def _requests(ticket: Ticket, classifier: Classifier | None) -> tuple[Request, ...]:
    whole = "\n\n".join(part for part in (ticket.subject, ticket.text) if part.strip())
    if classifier is None:
        return (Request(text=whole, ask=_line(ticket.subject or whole), topic=QUESTION, confidence=1.0),)
    parts = _parts(ticket.text)
    first, *others = [
        _request(part, ticket.subject if number == 0 else "", classifier) for number, part in enumerate(parts)
    ]
    found = [first]
    for request in others:
        topics = [known.topic for known in found]
        is_sure = request.confidence >= SURE
        if request.topic not in topics and (is_sure or _WISH.search(request.text)):
            found.append(request)  # also where we are not sure what it is: nothing that is asked may get lost
        else:
            at = topics.index(request.topic) if is_sure else -1
            found[at] = replace(found[at], text=f"{found[at].text} {request.text}")
    if len(found) > 1 and first.confidence >= SURE:
        return tuple(found)
    return (_request(ticket.text, ticket.subject, classifier),)


def _request(text: str, subject: str, classifier: Classifier) -> Request:
    whole = f"{subject}. {text}" if subject else text
    topic, confidence = classifier.classify([whole])[0][0]
    return Request(text=whole, ask=_ask(text, subject, topic, classifier), topic=topic, confidence=confidence)


def _ask(text: str, subject: str, topic: str | None, classifier: Classifier) -> str:
    """Return the sentence that says most clearly what the request is about."""
    sentences = [sentence for sentence in (*sentences_of(text)[:SENTENCES], subject) if len(sentence.split()) >= 3]
    if len(sentences) < 2:
        return _line(sentences[0] if sentences else text or subject)
    scores = [dict(ranked).get(topic, 0.0) for ranked in classifier.classify(sentences)]
    return _line(sentences[max(range(len(sentences)), key=scores.__getitem__)])


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, without the space around them."""
    return [sentence.strip() for sentence in _SENTENCE.split(text) if sentence.strip()]


def _parts(text: str) -> list[str]:
    """Cut a text where it says that something else follows."""
    parts: list[list[str]] = [[]]
    for sentence in sentences_of(text):
        if _NEXT.match(sentence) and parts[-1]:
            parts.append([])
        parts[-1].append(sentence)
    return [" ".join(part) for part in parts]


def _line(text: str) -> str:
    line = _SPACES.sub(" ", text).strip()
    return line if len(line) <= ASK_CHARACTERS else line[: ASK_CHARACTERS - 1].rstrip() + "…"

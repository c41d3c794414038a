"""Past tickets that were like this one: what people did about them is evidence for whoever goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from segue.support.outcome import Evidence
from segue.support.ticket import PastTicket, Ticket

LIKE = 0.6
"""Cosine from which on two first messages ask for much the same; below, they share a subject at most."""
MOST = 3


class Near(Protocol):
    """Compares a text with what past tickets began with."""

    def of(self, text: str, *, least: float) -> list[tuple[int, float]]:
        """Return the past tickets that are so close to a text at least: place and closeness, the closest first."""


@dataclass(frozen=True)
class Precedents:
    """The past tickets, and which of them are alike."""

    past: Sequence[PastTicket]
    """In any order."""
    near: Near
    """Knows what they began with, in the same order."""

    def like(self, ticket: Ticket) -> list[Evidence]:
        """Return the past tickets most like one that were answered and opened before it, the likest first."""
        words = f"{ticket.subject}. {ticket.text}" if ticket.subject else ticket.text
        near = (self.past[place] for place, _ in self.near.of(words, least=LIKE))
        older = [each for each in near if each.ticket.created_at < ticket.created_at and _answer(each)]
        return [_evidence(each) for each in older[:MOST]]


def _evidence(past: PastTicket) -> Evidence:
    answer = _answer(past)
    heading = " · ".join(part for part in (past.topic or "no topic", past.outcome) if part)
    return Evidence(document=document_of(past.id), heading=heading, start=0, end=len(answer), text=answer)


def document_of(ticket: str) -> str:
    """Return what evidence from a past ticket names as its document."""
    return f"ticket {ticket}"


def _answer(past: PastTicket) -> str:
    """Return the last thing that a person told the customer; empty where nobody did."""
    said = [message.text for message in past.ticket.messages if message.role == "agent"]
    return said[-1] if said else ""

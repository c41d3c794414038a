"""The helpdesk, as the agent needs it: where replies, notes and handoffs go."""

from __future__ import annotations

from typing import Protocol

from segue.support.outcome import Handoff, Outcome
from segue.support.ticket import Ticket, TicketId


class Helpdesk(Protocol):
    """Takes what the agent has to say. Its promise is proven by `tests/contract/test_helpdesk.py`.

    Every method may be called again with the same `key`, also after a crash in the middle, and has then happened
    once. Replies go to the ticket's customer and to nobody else.
    """

    def receive(self, ticket: Ticket, *, run_id: str) -> None:
        """Know of a ticket, or of its newer messages."""

    def reply(self, ticket: TicketId, text: str, *, key: str, is_final: bool) -> None:
        """Send the customer a message; the final one closes the ticket, another one waits for an answer."""

    def draft(self, ticket: TicketId, text: str, note: str, *, key: str) -> None:
        """Leave a reply for a person to send, if it is not empty, and a note that only the company's people see."""

    def hand_over(self, ticket: TicketId, packet: Handoff, *, key: str) -> None:
        """Give the ticket to a person, with everything they need."""

    def close(self, ticket: TicketId, outcome: Outcome, *, key: str) -> None:
        """Note how the agent's work on a ticket ended."""

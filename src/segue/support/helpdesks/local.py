"""A helpdesk in the workspace's own database: it reaches nobody, so it is where to rehearse."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

from segue.store.sqlite import Database
from segue.support.outcome import Handoff, Outcome
from segue.support.ticket import Ticket, TicketId

PostKind = Literal["reply", "question", "draft", "note", "handoff"]


@dataclass(frozen=True, kw_only=True)
class Post:
    """Something the agent wrote on a ticket."""

    ticket: TicketId
    kind: PostKind
    text: str
    data: dict[str, Any]
    """Of a handoff: its packet."""
    at: datetime


class LocalHelpdesk:
    """Tickets and what was written on them, in SQLite; the promise is `helpdesk.Helpdesk`'s."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Open the database.

        Raises:
            StoreError: It cannot be opened.
        """
        self._database = Database(path, room="helpdesk")
        self._now = now

    def receive(self, ticket: Ticket, *, run_id: str) -> None:
        """Know of a ticket, or of its newer messages."""
        self._database.run(
            "receive",
            {
                "id": ticket.id,
                "subject": ticket.subject,
                "channel": ticket.channel,
                "customer": ticket.customer.id,
                "created_at": ticket.created_at.isoformat(),
                "run_id": run_id,
            },
        )

    def reply(self, ticket: TicketId, text: str, *, key: str, is_final: bool) -> None:
        """Keep a message to the customer."""
        self._post(ticket, "reply" if is_final else "question", text, {}, key, "solved" if is_final else "pending")

    def draft(self, ticket: TicketId, text: str, note: str, *, key: str) -> None:
        """Keep a reply for a person to send, where there is one, and a note about it."""
        if text:
            self._post(ticket, "draft", text, {}, key, "open")
        self._post(ticket, "note", note, {}, f"{key}/note", "open")

    def hand_over(self, ticket: TicketId, packet: Handoff, *, key: str) -> None:
        """Keep a handoff packet."""
        self._post(ticket, "handoff", packet.ask, json.loads(json.dumps(asdict(packet), default=str)), key, "open")

    def close(self, ticket: TicketId, outcome: Outcome, *, key: str) -> None:
        """Note how the agent's work on a ticket ended."""
        self._database.run("close", {"id": ticket, "outcome": outcome})

    def posts(self, ticket: TicketId) -> list[Post]:
        """Return what was written on a ticket, in order."""
        return [
            Post(
                ticket=ticket,
                kind=cast("PostKind", kind),
                text=text,
                data=json.loads(data),
                at=datetime.fromisoformat(at),
            )
            for kind, text, data, at in self._database.rows("posts", {"ticket": ticket})
        ]

    def state(self, ticket: TicketId) -> str | None:
        """Return `open`, `pending` or `solved`; `None` for an unknown ticket."""
        rows = self._database.rows("state", {"id": ticket})
        return cast("str", rows[0][0]) if rows else None

    def count(self) -> int:
        """Return how many tickets are known."""
        return int(self._database.rows("count")[0][0])

    def of_customer(self, customer: str, tickets: Collection[str]) -> list[TicketId]:
        """Return those of a customer's tickets that are known: by the customer's id, or by their own."""
        known = self._database.rows("known", {"ids": json.dumps(sorted(tickets))})
        theirs = self._database.rows("of_customer", {"customer": customer})
        return sorted({ticket for (ticket,) in (*known, *theirs)})

    def erase(self, tickets: Collection[str], quoted: Collection[str]) -> int:
        """Remove tickets with all that was written on them, and what packets of others quote of past ones.

        Args:
            tickets: Their ids.
            quoted: Documents that evidence is from.

        Returns:
            How many posts were removed or changed.
        """
        with self._database.transaction() as transaction:
            posts = sum(transaction.run("erase_posts", {"id": ticket}) for ticket in tickets)
            transaction.run_many("erase_ticket", [{"id": ticket} for ticket in tickets])
            for post, data in transaction.rows("packets") if quoted else ():
                packet = json.loads(data)
                evidence = [each for each in packet["evidence"] if each["document"] not in quoted]
                if len(evidence) < len(packet["evidence"]):
                    transaction.run("set_data", {"id": post, "data": json.dumps(packet | {"evidence": evidence})})
                    posts += 1
        return posts

    def shut(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _post(self, ticket: TicketId, kind: PostKind, text: str, data: dict[str, Any], key: str, state: str) -> None:
        with self._database.transaction() as transaction:
            added = transaction.run(
                "post",
                {
                    "ticket": ticket,
                    "kind": kind,
                    "text": text,
                    "data": json.dumps(data),
                    "key": key,
                    "at": self._now().isoformat(),
                },
            )
            if added:
                transaction.run("set_state", {"id": ticket, "state": state})

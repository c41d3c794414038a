"""What a plan acts on while it works on one request of a ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segue.engine.step import StepCall
from segue.plan.execute import Ended, Leave, escalate
from segue.plan.plan import Input, Plan, ReplyStep, Step
from segue.support import conversation, entities
from segue.support.autonomy import Terms
from segue.support.desk import Desk, customer_of
from segue.support.interpret import Request
from segue.support.ticket import Ticket

JSON = Any


class TicketWorld:
    """One request at a desk, under its terms; the promise is `execute.World`'s."""

    def __init__(self, desk: Desk, ticket: Ticket, request: Request, terms: Terms) -> None:
        self._desk = desk
        self._ticket = ticket
        self._request = request
        self._terms = terms
        self.confidence = request.confidence
        """By what is known so far."""
        self._has_acted = False

    def values(self) -> dict[str, JSON]:
        """Return `ticket` as expressions see it."""
        customer = self._ticket.customer
        return {
            "id": self._ticket.id,
            "subject": self._ticket.subject,
            "text": self._ticket.text,
            "channel": self._ticket.channel,
            "customer": {
                "id": customer.id,
                "email": customer.email,
                "name": customer.name,
                "authenticated": customer.authenticated,
            },
        }

    def inputs(self, plan: Plan) -> dict[str, JSON]:
        """Return the plan's inputs that the customer's own words give."""
        words = f"{self._ticket.subject}\n{self._ticket.text}"
        found = {entry.name: entities.find(entry, words) for entry in plan.inputs}
        return {name: value for name, value in found.items() if value is not None}

    def call(self, tool: str, args: dict[str, JSON], attempts: int | None) -> StepCall[JSON]:
        """Call a tool for the ticket's customer."""
        return self._desk.call(tool, args, customer_of(self._ticket), attempts)

    def search(self, query: str) -> StepCall[JSON]:
        """Search the articles."""
        return self._desk.search(query, self._terms.min_match)

    async def ask(self, question: str, wanted: Sequence[Input]) -> Mapping[str, JSON]:
        """Ask the customer, where the agent is sure what they want; in drafts, that too is left to a person."""
        if self._terms.level == "draft":
            raise Leave(Ended(way="reply", reply=question))
        self._require(self._sure_of_topic)
        return await conversation.ask(self._desk, self._ticket.id, self._terms, question, wanted)

    async def approval(self, tool: str, args: dict[str, JSON]) -> None:
        """Wait for a person's yes."""
        await conversation.approval(self._desk, self._ticket.id, self._terms, tool, args)

    async def gate(self, step: Step, found: Sequence[JSON]) -> None:
        """Go on only where the agent is sure enough, and act only where it may act alone.

        What was done is told: after the first action there is nothing left to be sure of.
        """
        if self._has_acted:
            return
        self.confidence = self._sure(step, found)
        if self._terms.level != "draft":
            self._require(self.confidence)
        elif not isinstance(step, ReplyStep):
            raise Leave(Ended(way="propose", why="the topic is in draft: a person acts"))
        self._has_acted = not isinstance(step, ReplyStep)

    def _require(self, confidence: float) -> None:
        if confidence < self._terms.threshold:
            topic = self._request.topic or "the topic"
            why = f"{confidence:.2f} sure of {topic}, {self._terms.threshold:.2f} is needed"
            raise escalate("low_confidence", why)

    @property
    def _sure_of_topic(self) -> float:
        """The probability that it is right to deal with this request as one of its topic."""
        is_ours = self._request.topic is not None
        return self._request.confidence if is_ours else 1 - self._request.confidence

    def _sure(self, step: Step, found: Sequence[JSON]) -> float:
        """Return the probability that going on is right, by what is known now."""
        if not (isinstance(step, ReplyStep) and step.answer):
            return self._sure_of_topic
        match: float = max((passage["match"] for passage in found), default=0.0)
        return min(1.0, (1 + match) / 2) * self._sure_of_topic

    async def compose(self, found: Sequence[JSON], guidance: str) -> tuple[str, Sequence[JSON]] | None:
        """Compose a reply from passages, by extraction."""
        best_first = sorted(found, key=lambda passage: -float(passage["match"]))
        composed = await self._desk.compose(self._request.text, best_first)
        if composed is None:
            return None
        cited = {(c.document, c.start) for c in composed.citations}
        return composed.text, [p for p in best_first if (p["document"], p["start"]) in cited]

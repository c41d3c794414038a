"""Past tickets as cases of a backtest: what the agent is shown of one, who answers it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from segue.backtest.case import Call, Case, Played
from segue.backtest.replay import Answer, Said
from segue.backtest.score import ALONE
from segue.engine.journal import Entry
from segue.support.conversation import APPROVAL, MESSAGE
from segue.support.interpret import QUESTION
from segue.support.outcome import Handoff, Outcome, Resolution
from segue.support.ticket import PastTicket, Ticket, TicketId


def case_of(past: PastTicket, effects: Mapping[str, str]) -> Case:
    """Return what people made of a past ticket.

    Args:
        past: The ticket.
        effects: Effect of each tool, by name; what a tool that is gone did counts as an action.
    """
    return Case(
        id=past.id,
        at=past.ticket.created_at,
        topic=past.topic,
        has_topic=past.has_topic,
        calls=tuple(
            Call(tool=action.tool, args=dict(action.args), effect=effects.get(action.tool, ""), result=action.result)
            for action in past.actions
        ),
        replies=tuple(message.text for message in past.ticket.messages if message.role == "agent"),
        escalated=past.outcome == "escalated",
        unanswered=past.outcome == "unresolved",
    )


class Bystanders:
    """The people around a past ticket: the customer goes on as they did then, somebody approves what was done then."""

    def __init__(self, past: PastTicket, case: Case) -> None:
        after = past.ticket.messages[past.first_answer :]
        self._unsaid = [message.text for message in after if message.role == "customer"]
        self._approves = any(call.effect != "read" for call in case.calls)

    @property
    def say(self) -> Answer:
        """What they say to a run that waits."""
        return self._say

    def _say(self, waiting_for: frozenset[str]) -> Said | None:
        if f"signal {APPROVAL}" in waiting_for:
            return Said(APPROVAL, self._approves)
        if f"signal {MESSAGE}" in waiting_for and self._unsaid:
            return Said(MESSAGE, self._unsaid.pop(0))
        return None


class NoHelpdesk:
    """Takes what the agent has to say, and lets it reach nobody; the promise is `helpdesk.Helpdesk`'s."""

    def receive(self, ticket: Ticket, *, run_id: str) -> None:
        """Do nothing."""

    def reply(self, ticket: TicketId, text: str, *, key: str, is_final: bool) -> None:
        """Do nothing."""

    def draft(self, ticket: TicketId, text: str, note: str, *, key: str) -> None:
        """Do nothing."""

    def hand_over(self, ticket: TicketId, packet: Handoff, *, key: str) -> None:
        """Do nothing."""

    def close(self, ticket: TicketId, outcome: Outcome, *, key: str) -> None:
        """Do nothing."""


def played(resolution: Resolution, topic: str | None, unrecorded: Sequence[Call]) -> Played:
    """Return what the agent made of a case.

    Args:
        resolution: How its run ended.
        topic: As the request was understood, which the resolution does not say where a person was asked for. What was
            understood as nothing in particular and answered all the same was a question.
        unrecorded: Calls that nobody made then; those on which nothing depended are left out.
    """
    is_answer = resolution.outcome in ALONE
    failed = [Call(tool=each.tool, args=each.args) for each in resolution.actions if each.error is not None]
    return Played(
        topic=QUESTION if topic is None and is_answer else topic,
        confidence=resolution.confidence,
        outcome=resolution.outcome,
        reason=resolution.reason,
        calls=tuple(
            Call(tool=action.tool, args=action.args, effect=action.effect, result=action.result)
            for action in (*resolution.actions, *resolution.proposed)
            if action.error is None
        ),
        unrecorded=tuple(str(call) for call in unrecorded if call in failed),
        reply=resolution.reply,
        citations=tuple(asdict(citation) for citation in resolution.citations),
    )


def understood(entries: Sequence[Entry]) -> str | None:
    """Return the topic of the first request, as a run's journal says it was understood."""
    for entry in entries:
        if entry.kind == "step_finished" and entry.name == "interpret" and entry.payload is not None:
            topic: str | None = entry.payload["result"]["requests"][0]["topic"]
            return topic
    return None


def time_of(past: PastTicket) -> datetime:
    """Return when a past ticket was opened, UTC."""
    return past.ticket.created_at.astimezone(UTC)

"""The life of a ticket, from top to bottom: interpret, plan, execute, adapt, resolve or escalate."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from segue.engine.context import now, run_id
from segue.engine.workflow import Workflow
from segue.errors import NondeterminismError
from segue.plan.execute import Ended, execute
from segue.support import handoff
from segue.support.autonomy import Terms
from segue.support.desk import Desk, customer_of
from segue.support.interpret import QUESTION, Request, Understanding
from segue.support.outcome import Citation, Handoff, Outcome, Reason, Resolution, worst
from segue.support.ticket import Ticket
from segue.support.world import TicketWorld

NAME = "resolve"
"""Of the workflow."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """How one request of a ticket ended."""

    request: Request
    outcome: Outcome
    ended: Ended
    reason: Reason | None = None
    confidence: float = 0.0


def workflow_at(desk: Desk) -> Workflow[[Ticket], Resolution]:
    """Return the workflow that resolves tickets at a desk."""

    async def resolve(ticket: Ticket) -> Resolution:
        started = now()
        try:
            await desk.receive(ticket, run_id())
            seen = await desk.interpret(ticket)
            terms = [await desk.terms(request.topic or QUESTION) for request in seen.requests]
            reason = _at_once(seen)
            if reason is not None and any(each.level != "off" for each in terms):
                return await _hand_over(desk, ticket, seen, started, reason)
            parts: list[Part] = []
            for request, each in zip(seen.requests, terms, strict=True):
                is_lost = any(part.outcome in ("escalated", "failed") for part in parts)
                parts.append(await _handle(desk, ticket, request, each if not is_lost else _left_to_person(each)))
                if parts[-1].reason == "cancelled":
                    break
            return await _conclude(desk, ticket, seen, parts, started)
        except asyncio.CancelledError:
            return await _give_up(desk, ticket, started, "cancelled", "escalated", "somebody cancelled the run")
        except NondeterminismError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever is wrong with us, a person must know of the ticket)
            why = f"{type(error).__name__}: {error}"
            return await _give_up(desk, ticket, started, "defect", "failed", why)

    return Workflow(resolve, name=NAME)


def _at_once(seen: Understanding) -> Reason | None:
    """Return why a ticket goes to a person before anything else is done."""
    if seen.command:
        return "injection_suspected"
    if seen.wants_person:
        return "customer_asked"
    return None


def _left_to_person(terms: Terms) -> Terms:
    """Where an earlier request goes to a person, nothing more is done alone: they read it all before they act."""
    return terms if terms.level == "off" else replace(terms, level="draft")


async def _handle(desk: Desk, ticket: Ticket, request: Request, terms: Terms) -> Part:
    """Take one request to its end."""
    if terms.level == "off":
        return Part(request=request, outcome="skipped", ended=Ended(way="escalate"))
    planned = await desk.plan(request)
    if planned.plan is None:
        ended = Ended(way="escalate", reason="plan_rejected", why=planned.why)
        return _part(request, terms, ended, request.confidence)
    world = TicketWorld(desk, ticket, request, terms)
    ended = await execute(
        planned.plan,
        desk.catalogue,
        world,
        ticket=world.values(),
        inputs=world.inputs(planned.plan),
        facts=_facts(ticket),
    )
    return _part(request, terms, ended, world.confidence)


def _part(request: Request, terms: Terms, ended: Ended, confidence: float) -> Part:
    outcomes: dict[str, Outcome] = {
        "reply": "drafted" if terms.level == "draft" else "resolved",
        "propose": "drafted",
        "expire": "waiting_expired",
        "escalate": "failed" if ended.reason == "defect" else "escalated",
    }
    reason = cast("Reason", ended.reason) if ended.way == "escalate" else None
    return Part(request=request, outcome=outcomes[ended.way], reason=reason, ended=ended, confidence=confidence)


async def _conclude(
    desk: Desk, ticket: Ticket, seen: Understanding, parts: Sequence[Part], started: datetime
) -> Resolution:
    """Send one reply for all requests, or leave it to a person with all that is known."""
    outcome = worst(part.outcome for part in parts)
    reply = "\n\n".join(part.ended.reply for part in parts if part.ended.reply)
    reason = next((part.reason for part in parts if part.outcome == outcome), None)
    packet: Handoff | None = None
    if outcome == "resolved":
        await desk.reply(ticket.id, reply, True)
    elif outcome in ("escalated", "failed"):
        packet = handoff.packet(
            reason or "defect",
            ask=seen.ask,
            run_id=run_id(),
            urgency=seen.urgency,
            ended=[part.ended for part in parts],
            proposed_reply=reply,
        )
        await desk.hand_over(ticket.id, packet)
    elif outcome == "drafted" or reply:
        await desk.draft(ticket.id, reply, _note(parts))
    return await _close(
        desk,
        ticket,
        started,
        Resolution(
            ticket_id=ticket.id,
            run_id=run_id(),
            topic=parts[0].request.topic,
            outcome=outcome,
            reason=reason,
            reply=reply if outcome in ("resolved", "drafted") else "",
            citations=_citations(parts),
            actions=tuple(handoff.action(call) for part in parts for call in part.ended.calls),
            handoff=packet,
            confidence=min(part.confidence for part in parts),
        ),
    )


async def _hand_over(desk: Desk, ticket: Ticket, seen: Understanding, started: datetime, reason: Reason) -> Resolution:
    why = f"the ticket says: {seen.command}" if reason == "injection_suspected" else "the customer asks for a person"
    packet = handoff.packet(reason, ask=seen.ask, run_id=run_id(), urgency=seen.urgency, why=why)
    await desk.hand_over(ticket.id, packet)
    return await _close(
        desk,
        ticket,
        started,
        Resolution(
            ticket_id=ticket.id, run_id=run_id(), topic=None, outcome="escalated", reason=reason, handoff=packet
        ),
    )


async def _give_up(
    desk: Desk, ticket: Ticket, started: datetime, reason: Reason, outcome: Outcome, why: str
) -> Resolution:
    packet = handoff.packet(reason, ask=ticket.subject or ticket.text[:160], run_id=run_id(), why=why)
    await desk.hand_over(ticket.id, packet)
    return await _close(
        desk,
        ticket,
        started,
        Resolution(ticket_id=ticket.id, run_id=run_id(), topic=None, outcome=outcome, reason=reason, handoff=packet),
    )


async def _close(desk: Desk, ticket: Ticket, started: datetime, resolution: Resolution) -> Resolution:
    await desk.close(ticket.id, resolution.outcome)
    return replace(resolution, seconds=(now() - started).total_seconds())


def _facts(ticket: Ticket) -> frozenset[str]:
    return frozenset({"identity_verified"}) if customer_of(ticket) else frozenset()


def _citations(parts: Sequence[Part]) -> tuple[Citation, ...]:
    cited = (handoff.citation(passage) for part in parts for passage in part.ended.cited)
    return tuple(dict.fromkeys(cited))


def _note(parts: Sequence[Part]) -> str:
    """Say what is left to the person who sends a draft."""
    lines = []
    for part in parts:
        for call in part.ended.proposed:
            args = ", ".join(f"{name}={value!r}" for name, value in call.args.items())
            lines.append(f"Proposed action, not done: {call.tool}({args})")
        if part.outcome == "skipped":
            lines.append(f"Not handled, the topic {part.request.topic} is off: {part.request.ask}")
    return "\n".join(lines) or "Please read and send."

"""The life of a ticket, from top to bottom: interpret, plan, execute, adapt, resolve or escalate."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from segue.engine.context import now, run_id
from segue.engine.workflow import Workflow
from segue.errors import BudgetExceeded, NondeterminismError
from segue.plan.execute import Ended, Lookups, execute
from segue.support import handoff, moves
from segue.support.autonomy import Terms
from segue.support.brain import personal_of
from segue.support.conversation import Conversation
from segue.support.desk import Desk, customer_of
from segue.support.interpret import QUESTION, Request, Understanding
from segue.support.outcome import Citation, Handoff, Outcome, Reason, Resolution, worst
from segue.support.ticket import Ticket
from segue.support.usage import Bill
from segue.support.world import TicketWorld

NAME = "resolve"
"""Of the workflow."""
WELCOME = "You are welcome. Write again any time."


@dataclass(frozen=True, kw_only=True)
class Part:
    """How one request of a ticket ended."""

    request: Request
    outcome: Outcome
    ended: Ended
    reason: Reason | None = None
    confidence: float = 0.0
    confidence_parts: dict[str, float] = field(default_factory=dict)
    replaced_by: tuple[Request, ...] = ()
    """What the customer wants instead; then this part has no outcome of its own."""


def workflow_at(desk: Desk) -> Workflow[[Ticket], Resolution]:
    """Return the workflow that resolves tickets at a desk."""

    async def resolve(ticket: Ticket) -> Resolution:
        bill = Bill()
        return replace(await resolved(ticket, bill), cost_usd=float(bill.total))

    async def resolved(ticket: Ticket, bill: Bill) -> Resolution:
        started = now()
        try:
            await desk.receive(ticket, run_id())
            seen = bill.paid(await desk.interpret(ticket))
            terms = [await desk.terms(request.topic or QUESTION) for request in seen.requests]
            reason = _at_once(seen)
            if reason is not None and any(each.level != "off" for each in terms):
                return await _hand_over(desk, ticket, seen, started, reason)
            parts = await _thanked(desk, ticket, seen, terms) or await _work(desk, ticket, seen, terms, bill)
            return await _conclude(desk, ticket, seen, parts, started)
        except asyncio.CancelledError:
            return await _give_up(desk, ticket, started, "cancelled", "escalated", "somebody cancelled the run")
        except NondeterminismError:
            raise
        except BudgetExceeded as error:
            return await _give_up(desk, ticket, started, "budget", "escalated", str(error))
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


async def _thanked(desk: Desk, ticket: Ticket, seen: Understanding, terms: Sequence[Terms]) -> list[Part]:
    """Return the polite end where a customer who was answered wants nothing more; nothing where they may.

    Only the history tells: what they write is none of the topics, and people ended such conversations.
    """
    is_request = any(
        request.topic is not None and request.confidence >= each.threshold
        for request, each in zip(seen.requests, terms, strict=True)
    )
    if not ticket.since or is_request or any(each.level == "off" for each in terms):
        return []
    closing = moves.chance(await desk.foresee(moves.told(ticket.messages)[-moves.LAST :]), "close")
    if not closing or closing < terms[0].threshold:
        return []
    ended = Ended(way="reply", reply=WELCOME)
    return [_part(seen.requests[0], terms[0], ended, closing)]


async def _work(desk: Desk, ticket: Ticket, seen: Understanding, terms: Sequence[Terms], bill: Bill) -> list[Part]:
    """Take each request to its end, those that the customer adds meanwhile too."""
    parts: list[Part] = []
    talk = Conversation(desk, ticket, bill)
    talk.course.extend(moves.told(ticket.messages))
    lookups = Lookups()
    talk.topics.update(request.topic for request in seen.requests)
    waiting = deque(zip(seen.requests, terms, strict=True))
    while waiting:
        request, each = waiting.popleft()
        is_lost = any(part.outcome in ("escalated", "failed") for part in parts)
        part = await _handle(desk, ticket, request, each if not is_lost else _left_to_person(each), talk, lookups)
        parts.append(part)
        if part.reason in ("budget", "cancelled", "taken_over") or talk.is_withdrawn:
            break
        waiting.extendleft([(new, await desk.terms(new.topic or QUESTION)) for new in reversed(part.replaced_by)])
        waiting.extend([(new, await desk.terms(new.topic or QUESTION)) for new in talk.further])
        talk.further.clear()
    return parts


def _left_to_person(terms: Terms) -> Terms:
    """Where an earlier request goes to a person, nothing more is done alone: they read it all before they act."""
    return terms if terms.level == "off" else replace(terms, level="draft")


async def _handle(
    desk: Desk, ticket: Ticket, request: Request, terms: Terms, talk: Conversation, lookups: Lookups
) -> Part:
    """Take one request to its end."""
    if terms.level == "off":
        return Part(request=request, outcome="skipped", ended=Ended(way="escalate"))
    try:
        planned = talk.bill.paid(await desk.plan(request, personal_of(ticket)))
    except BudgetExceeded as error:
        return _part(request, terms, Ended(way="escalate", reason="budget", why=str(error)), request.confidence)
    if planned.plan is None:
        ended = Ended(way="escalate", reason="plan_rejected", why=planned.why)
        return _part(request, terms, ended, request.confidence)
    world = TicketWorld(desk, ticket, request, terms, talk)
    inputs = world.inputs(planned.plan)
    ended = await execute(
        planned.plan,
        desk.catalogue,
        world,
        ticket=world.values(),
        inputs=inputs,
        facts=_facts(ticket),
        guessed=world.guessed,
        lookups=lookups,
        policy=desk.policy,
    )
    part = replace(_part(request, terms, await world.checked(ended), world.confidence), confidence_parts=world.parts)
    return replace(part, replaced_by=world.replaced_by)


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
    kept = [part for part in parts if not part.replaced_by]
    outcome = worst(part.outcome for part in kept)
    reply = "\n\n".join((*(part.ended.reply for part in kept if part.ended.reply), *_left(parts)))
    reason = next((part.reason for part in kept if part.outcome == outcome), None)
    packet: Handoff | None = None
    if outcome == "resolved":
        await desk.reply(ticket.id, reply, True)
    elif outcome in ("escalated", "failed"):
        packet = handoff.packet(
            reason or "defect",
            ask=replace(seen, requests=(*seen.requests, *_later(seen, parts))).ask,
            run_id=run_id(),
            urgency=seen.urgency,
            ended=[part.ended for part in parts],
            proposed_reply=reply,
            precedents=await desk.precedents(ticket),
        )
        await desk.hand_over(ticket.id, packet)
    elif outcome == "drafted" or reply:
        await desk.draft(ticket.id, reply, _note(kept))
    return await _close(
        desk,
        ticket,
        started,
        Resolution(
            ticket_id=ticket.id,
            run_id=run_id(),
            topic=kept[0].request.topic,
            outcome=outcome,
            reason=reason,
            reply=reply if outcome in ("resolved", "drafted") else "",
            citations=_citations(parts),
            actions=tuple(action for part in parts for action in handoff.actions(part.ended)),
            proposed=tuple(action for part in kept for action in handoff.proposed(part.ended)),
            handoff=packet,
            confidence=min(part.confidence for part in kept),
            confidence_parts=min(kept, key=lambda part: part.confidence).confidence_parts,
        ),
    )


async def _hand_over(desk: Desk, ticket: Ticket, seen: Understanding, started: datetime, reason: Reason) -> Resolution:
    why = f"the ticket says: {seen.command}" if reason == "injection_suspected" else "the customer asks for a person"
    packet = handoff.packet(
        reason,
        ask=seen.ask,
        run_id=run_id(),
        urgency=seen.urgency,
        why=why,
        precedents=await desk.precedents(ticket),
    )
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
    sent = (part.ended for part in parts if part.ended.way == "reply")
    cited = (handoff.citation(passage) for ended in sent for passage in ended.cited)
    return tuple(dict.fromkeys(cited))


def _later(seen: Understanding, parts: Sequence[Part]) -> list[Request]:
    """Return the requests that came while the first ones were dealt with."""
    known = [request.ask for request in seen.requests]
    return [part.request for part in parts if part.request.ask not in known]


def _left(parts: Sequence[Part]) -> list[str]:
    """Tell the customer which request was not gone on with, because they then wanted something else."""
    dealt_with = {part.request.topic for part in parts if not part.replaced_by}
    return [
        f"We have not gone on with your earlier request: “{part.request.ask}” Write again if you still want it."
        for part in parts
        if part.replaced_by and part.request.topic not in dealt_with
    ]


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

"""Which run a ticket belongs to: a new one, one that is under way, or the one that has dealt with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from segue.engine.budget import Budget
from segue.engine.engine import Engine
from segue.engine.journal import ENDED, Entry
from segue.engine.workflow import Workflow
from segue.errors import RunFinished, RunNotFound
from segue.support.conversation import MESSAGE
from segue.support.outcome import Resolution
from segue.support.ticket import Ticket


@dataclass(frozen=True)
class _Opening:
    """A run of a ticket."""

    run_id: str
    is_ended: bool
    since: int
    """The first message that it was to deal with."""
    heard: frozenset[int]
    """Messages of the ticket that it began with or was told since."""
    is_unanswered: bool
    """It has ended because the customer did not answer, and has done nothing for them."""


async def take(
    engine: Engine, workflow: Workflow[[Ticket], Resolution], ticket: Ticket, *, budget: Budget | None = None
) -> str:
    """Give a ticket to its run and return the run's id.

    A ticket that is not known starts one. What the customer wrote since then reaches a run under way as signals, and
    opens a new run where the last one has ended. That run has the whole conversation, but is asked only what is new:
    an action that was done, or is in doubt, must not be done once more because the customer said thanks. The same
    ticket again changes nothing.

    Args:
        engine: Whose run it is.
        workflow: What resolves tickets.
        ticket: With all its messages.
        budget: What a run that begins now may use up.

    Raises:
        StoreError: It could not be written.
    """
    openings = [opening async for opening in _openings(engine, ticket.id)]
    if not openings:
        run_id = await _free(engine, ticket.id)
        await engine.start(workflow, ticket, run_id=run_id, budget=budget)
        return run_id
    last = openings[-1]
    heard = frozenset().union(*(opening.heard for opening in openings))
    news = [n for n, message in enumerate(ticket.messages) if message.role == "customer" and n not in heard]
    if not news:
        return last.run_id
    if last.is_ended:
        since = last.since if last.is_unanswered else news[0]
        asked = replace(ticket, since=since, subject="" if since else ticket.subject)  # it is the first request's
        run_id = await _free(engine, ticket.id)
        await engine.start(workflow, asked, run_id=run_id, budget=budget)
        return run_id
    try:
        for n in news:
            await engine.signal(last.run_id, MESSAGE, {"text": ticket.messages[n].text}, signal_id=_signal_id(n))
    except RunFinished:  # meanwhile
        return await take(engine, workflow, ticket, budget=budget)
    return last.run_id


async def latest(engine: Engine, name: str) -> str:
    """Return the id of a run by its own id, or by that of its ticket: then the latest opening.

    Raises:
        RunNotFound: There is neither.
    """
    try:
        engine.status(name)
    except RunNotFound:
        found = [opening.run_id async for opening in _openings(engine, name)]
        if not found:
            raise RunNotFound(
                f"there is no run {name} and no ticket of this id has one; `segue runs list` shows those there are"
            ) from None
        return found[-1]
    return name


def _run_id(ticket_id: str, number: int) -> str:
    return f"ticket-{ticket_id}" if number == 1 else f"ticket-{ticket_id}.{number}"


async def _openings(engine: Engine, ticket_id: str) -> AsyncIterator[_Opening]:
    """Yield the runs of a ticket in order; a run id that looks like one may be another ticket's."""
    for number in count(1):
        run_id = _run_id(ticket_id, number)
        asked = await engine.asked(run_id)  # first: meanwhile it may be begun, and then has entries
        try:
            status = engine.status(run_id)
            entries = await engine.entries(run_id)
        except RunNotFound:
            return
        begun = entries[0].payload if entries else None
        ticket = _ticket((begun or {}).get("args") if entries else asked and asked.args)
        if ticket.get("id") == ticket_id:
            yield _Opening(
                run_id,
                status in ENDED,
                ticket.get("since", 0),
                frozenset({*range(len(ticket.get("messages", ()))), *_told(entries)}),
                _is_unanswered(entries),
            )


def _ticket(args: Any) -> dict[str, Any]:
    """Return the ticket that a run began with, or is to begin with."""
    return args[0] if isinstance(args, list) and args and isinstance(args[0], dict) else {}


def _signal_id(message: int) -> str:
    return f"message-{message}"


def _told(entries: Sequence[Entry]) -> Iterator[int]:
    """Yield the messages of the ticket that a run has taken as signals."""
    for entry in entries:
        if entry.kind == "signal_received" and entry.name == MESSAGE:
            prefix, _, number = str((entry.payload or {}).get("id")).rpartition("-")
            if prefix == "message" and number.isdecimal():
                yield int(number)


def _is_unanswered(entries: Sequence[Entry]) -> bool:
    is_completed = bool(entries) and entries[-1].kind == "run_completed"
    result = (entries[-1].payload or {}).get("result") if is_completed else None
    return (
        isinstance(result, dict)
        and result["outcome"] == "waiting_expired"
        and all(action["effect"] == "read" for action in result["actions"])
    )


async def _free(engine: Engine, ticket_id: str) -> str:
    for number in count(1):
        run_id = _run_id(ticket_id, number)
        try:
            engine.status(run_id)
        except RunNotFound:
            return run_id
    raise AssertionError

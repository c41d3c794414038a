"""Waiting for people in the middle of a run: for the customer's answer, and for somebody's approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from segue.engine.calls import wait_for_signal
from segue.errors import SignalTimeout
from segue.plan.execute import Ended, Leave, escalate
from segue.plan.plan import Input
from segue.support import entities, wishes
from segue.support.autonomy import Terms
from segue.support.desk import Desk
from segue.support.ticket import TicketId

MESSAGE = "message"
"""Signal with which a customer's message reaches a run."""
APPROVAL = "approval"
"""Signal with which a person's decision reaches a run."""
MISSES = 2
"""Answers that do not say what was asked, before a person takes over."""
REMINDER = "We are still waiting for your answer:"


class CustomerMessage(BaseModel):
    """What a customer wrote while their ticket was worked on."""

    text: str


_Message = CustomerMessage | str | int | float
"""An order number that is sent as JSON is a number."""


class Decision(BaseModel):
    """What a person says to an action."""

    approved: bool
    by: str = ""
    reason: str = ""


async def ask(desk: Desk, ticket: TicketId, terms: Terms, question: str, wanted: Sequence[Input]) -> Mapping[str, Any]:
    """Ask the customer and return their answer as `text`, with the values that it gives for `wanted`.

    Raises:
        Leave: They withdraw, want a person, do not answer in time, or do not say what was asked.
    """
    known: dict[str, Any] = {}
    missing = list(wanted)
    misses = 0
    is_reminded = False
    await desk.reply(ticket, question, False)
    while True:
        text, is_reminded = await _next_message(desk, ticket, terms, question, is_reminded=is_reminded)
        if wishes.wants_person(text):
            raise escalate("customer_asked", "the customer asks for a person")
        if wishes.wants_nothing_more(text):
            raise Leave(Ended(way="reply", reply="All right, we have closed your request. Write again any time."))
        found = {entry.name: entities.read_answer(entry, text) for entry in missing}
        known.update((name, value) for name, value in found.items() if value is not None)
        still_missing = [entry for entry in missing if entry.name not in known]
        if not still_missing:
            return {**known, "text": text}
        if len(still_missing) < len(missing):
            missing, question = still_missing, "\n".join(entry.ask for entry in still_missing)
            again = f"Thank you. {question}"
        else:
            misses += 1
            again = f"Sorry, I did not understand that. {question}"
        if misses == MISSES:
            raise escalate("not_understood", f"{MISSES} answers did not say what was asked")
        await desk.reply(ticket, again, False)


async def _next_message(
    desk: Desk, ticket: TicketId, terms: Terms, question: str, *, is_reminded: bool
) -> tuple[str, bool]:
    """Return what the customer says next, and whether they have been reminded of the question by then."""
    left = terms.ask_timeout
    if not is_reminded:
        try:
            return _words(await wait_for_signal(MESSAGE, _Message, timeout=terms.ask_reminder)), False
        except SignalTimeout:
            await desk.reply(ticket, f"{REMINDER} {question}", False)
            left -= terms.ask_reminder
    try:
        return _words(await wait_for_signal(MESSAGE, _Message, timeout=left)), True
    except SignalTimeout:
        raise Leave(Ended(way="expire", why="the customer did not answer")) from None


def _words(message: CustomerMessage | str | float) -> str:
    return message.text if isinstance(message, CustomerMessage) else str(message)


async def approval(desk: Desk, ticket: TicketId, terms: Terms, tool: str, args: Mapping[str, Any]) -> None:
    """Wait until a person says yes to exactly this action; what was said before it was asked does not count.

    Raises:
        Leave: They say no, or nothing in time.
    """
    call = f"{tool}({', '.join(f'{name}={value!r}' for name, value in args.items())})"
    await desk.draft(ticket, "", f"A person must approve {call}: segue signal RUN approval, or: … approval false")
    try:
        said = await wait_for_signal(APPROVAL, Decision | bool | None, timeout=terms.approval_timeout, fresh=True)
    except SignalTimeout:
        raise escalate("approval_timeout", f"nobody approved {call} within {terms.approval_timeout}") from None
    if said is False or (isinstance(said, Decision) and not said.approved):
        who = f"{said.by}: {said.reason}" if isinstance(said, Decision) and said.by else "a person said no"
        raise escalate("approval_denied", f"{call}: {who}")

"""What people say while a run works on their ticket: the customer's answers and second thoughts, somebody's approval.

A message waits for its run as a signal. It is the answer to a question, or it is looked at before the run acts, asks
or replies, and then says what becomes of the request at hand: see `TicketWorld`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NoReturn, Protocol, TypeVar

from pydantic import BaseModel

from segue.engine.calls import gather, wait_for_signal
from segue.engine.context import now
from segue.errors import SignalTimeout
from segue.models.moves.course import Turn, Wrote
from segue.plan.approval import ApprovalRequest, Decision, refusal
from segue.plan.execute import Ended, Leave, escalate
from segue.plan.plan import Input
from segue.support import entities
from segue.support.autonomy import Terms
from segue.support.desk import Desk
from segue.support.interpret import Request
from segue.support.ticket import Ticket
from segue.support.usage import Bill

T = TypeVar("T")

MESSAGE = "message"
"""Signal with which a customer's message reaches a run."""
APPROVAL = "approval"
"""Signal with which a person's decision reaches a run."""
TAKEN_OVER = "taken_over"
"""Signal that a person deals with the ticket; its value may say who, as text or `{"by": …}`."""
MISSES = 2
"""Answers that do not say what was asked, before a person takes over."""
REMINDER = "We are still waiting for your answer:"
AT_ONCE = timedelta(0)


class CustomerMessage(BaseModel):
    """What a customer wrote while their ticket was worked on."""

    text: str


_Message = CustomerMessage | str | int | float
"""An order number that is sent as JSON is a number."""


class Consider(Protocol):
    """Decides what a message of the customer changes."""

    def __call__(self, text: str, *, is_answer: bool = False) -> Awaitable[bool]:
        """Say whether the message holds a request of its own, which then waits for its turn.

        Raises:
            Leave: The request at hand does not go on.
        """


class _Came(Exception):
    """What was waited for has come."""

    def __init__(self, value: Any) -> None:
        super().__init__("what was waited for has come")
        self.value = value


class Conversation:
    """What is said during one run."""

    def __init__(self, desk: Desk, ticket: Ticket, bill: Bill) -> None:
        self._desk = desk
        self._ticket = ticket
        self.bill = bill
        self.heard: list[str] = []
        """What the customer wrote without being asked, in order."""
        self.further: list[Request] = []
        """Requests that came with it and wait for their turn."""
        self.topics: set[str | None] = set()
        """Of all requests of the run."""
        self.course: list[Turn] = []
        """What was said and done, in order, as far as it counts for what comes next."""
        self.is_withdrawn = False
        """The customer wants nothing more."""
        self._unread: list[str] = []
        self._taken_by: str | None = None

    def take_up(self, requests: Sequence[Request]) -> None:
        """Let further requests wait for their turn."""
        self.further.extend(requests)
        self.topics.update(request.topic for request in requests)

    def replace(self, left: Request, requests: Sequence[Request]) -> None:
        """Note that requests take the place of another one, to which the customer may come back."""
        self.topics.discard(left.topic)
        self.topics.update(request.topic for request in requests)

    async def look(self, consider: Consider) -> None:
        """Look at what was said meanwhile, and go on if it changes nothing.

        Raises:
            Leave: It does.
        """
        if self._taken_by is None:
            with suppress(SignalTimeout):
                self._taken_by = _who(await wait_for_signal(TAKEN_OVER, timeout=AT_ONCE))
        self._respect_person()
        try:
            while True:
                self._unread.append(_words(await wait_for_signal(MESSAGE, _Message, timeout=AT_ONCE)))
        except SignalTimeout:
            await self._read(consider)

    async def ask(
        self, terms: Terms, question: str, wanted: Sequence[Input], consider: Consider
    ) -> tuple[dict[str, Any], str]:
        """Ask the customer and return the values that they give for `wanted`, and their words.

        Raises:
            Leave: They withdraw, want a person or something else, do not answer in time, or not what was asked; or
                a person takes the ticket over.
        """
        known: dict[str, Any] = {}
        said: list[str] = []
        missing = list(wanted)
        misses = 0
        is_reminded = False
        await self._ask(question)
        while True:
            message = self._next_message(terms, question, is_reminded=is_reminded)
            text, is_reminded = await _before(message, self._watch_for_person())
            said.append(text)
            found = {entry.name: entities.read_answer(entry, text) for entry in missing}
            given = {name: value for name, value in found.items() if value is not None}
            is_answer = bool(given) or not wanted
            has_more = await consider(text, is_answer=is_answer)
            known.update(given)
            still_missing = [entry for entry in missing if entry.name not in known]
            if not still_missing:
                return known, "\n\n".join(said)
            if is_answer:
                missing, question = still_missing, asked_for(still_missing)
                again = f"Thank you. {question}"
            elif has_more:
                again = f"We will come to that too. {question}"
            else:
                misses += 1
                again = f"Sorry, I did not understand that. {question}"
            if misses == MISSES:
                raise escalate("not_understood", f"{MISSES} answers did not say what was asked")
            await self._ask(again)

    async def _ask(self, question: str) -> None:
        await self._desk.reply(self._ticket.id, question, False)
        self.course.append(Wrote("say ask", question))

    async def approval(self, terms: Terms, request: ApprovalRequest, consider: Consider) -> None:
        """Wait until a person says yes to exactly this request; what was said before it was asked does not count.

        What the customer writes meanwhile is looked at when it comes.

        Raises:
            Leave: They say no, or nothing in time; or what the customer writes changes the request.
        """
        await self._desk.ask_approval(self._ticket.id, request)
        decided = self._decision(request, now() + terms.approval_timeout)
        try:
            decision = await _before(decided, self._watch_for_person(), self._watch_for_messages(consider))
        except SignalTimeout:
            why = f"nobody approved {request.call()} within {terms.approval_timeout}"
            raise escalate("approval_timeout", why) from None
        await self._desk.record_approval(request, decision)
        if not decision.approved:
            who = f"{decision.by}: {decision.reason}" if decision.by else "a person said no"
            raise escalate("approval_denied", f"{request.call()}: {who}")
        await self.look(consider)

    async def _decision(self, request: ApprovalRequest, until: datetime) -> Decision:
        """Return the first decision that counts for a request; of the others it is told why they do not.

        Only the first wait must be fresh: it refuses what was sent before, and signals come in their order.
        """
        customer = self._ticket.customer
        is_first = True
        while True:
            left = max(until - now(), AT_ONCE)
            said = await wait_for_signal(APPROVAL, Decision | bool | None, timeout=left, fresh=is_first)
            is_first = False
            decision = said if isinstance(said, Decision) else Decision(approved=said is not False)
            why = refusal(decision, request, customer.id, customer.email)
            if not why:
                return decision
            await self._desk.refuse_approval(self._ticket.id, request, decision, why)

    async def _next_message(self, terms: Terms, question: str, *, is_reminded: bool) -> tuple[str, bool]:
        """Return what the customer says next, and whether they have been reminded of the question by then."""
        left = terms.ask_timeout
        if not is_reminded:
            try:
                return _words(await wait_for_signal(MESSAGE, _Message, timeout=terms.ask_reminder)), False
            except SignalTimeout:
                await self._desk.reply(self._ticket.id, f"{REMINDER} {question}", False)
                left -= terms.ask_reminder
        try:
            return _words(await wait_for_signal(MESSAGE, _Message, timeout=left)), True
        except SignalTimeout:
            raise Leave(Ended(way="expire", why="the customer did not answer")) from None

    async def _watch_for_person(self) -> NoReturn:
        while True:
            self._taken_by = _who(await wait_for_signal(TAKEN_OVER))
            self._respect_person()

    async def _watch_for_messages(self, consider: Consider) -> NoReturn:
        while True:
            self._unread.append(_words(await wait_for_signal(MESSAGE, _Message)))
            await self._read(consider)

    async def _read(self, consider: Consider) -> None:
        """Consider each message that came; one whose reading is broken off is read at the next look."""
        while self._unread:
            try:
                await consider(self._unread[0])
            except Leave:
                self._unread.pop(0)
                raise
            self.heard.append(self._unread.pop(0))

    def _respect_person(self) -> None:
        if self._taken_by is not None:
            raise escalate("taken_over", ": ".join(filter(None, ("a person answered the customer", self._taken_by))))


async def _before(main: Awaitable[T], *watchers: Awaitable[NoReturn]) -> T:
    """Return what `main` gives, unless a watcher raises before."""

    async def awaited() -> NoReturn:
        raise _Came(await main)

    try:
        await gather(awaited(), *watchers)
    except _Came as came:
        value: T = came.value
        return value
    raise AssertionError("a watcher never returns")


def asked_for(missing: Sequence[Input]) -> str:
    """Return the question for inputs."""
    return "\n".join(entry.ask for entry in missing)


def _words(message: CustomerMessage | str | float) -> str:
    return message.text if isinstance(message, CustomerMessage) else str(message)


def _who(value: Any) -> str:
    """Return who took a ticket over, as far as the signal says it."""
    by = value.get("by", "") if isinstance(value, dict) else value
    return by if isinstance(by, str) else ""

"""A ticket as data: what a customer asked, and for a past one also what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NewType, cast

from pydantic import JsonValue

from segue.errors import TicketError
from segue.support.fields import Fields

TicketId = NewType("TicketId", str)
CustomerId = NewType("CustomerId", str)
Role = Literal["customer", "agent", "system"]
PastOutcome = Literal["resolved", "escalated", "unresolved"]

LINE_LIMIT = 5_000_000
"""Bytes of one ticket's JSON."""
TEXT_LIMIT = 100_000
"""Bytes of one message."""
NAME_LIMIT = 2_000
"""Bytes of a subject, a name, an address or a channel."""
MESSAGE_LIMIT = 500
ACTION_LIMIT = 500


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Who asks, as the helpdesk knows them; empty text where it does not."""

    id: CustomerId = CustomerId("")
    """What `owner=` of a tool is compared with."""
    email: str = ""
    name: str = ""
    authenticated: bool = False
    """Whether the channel proved who they are; provides the fact `identity_verified`."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of the conversation."""

    role: Role
    text: str
    at: datetime | None = None
    """UTC; `None` where the helpdesk does not say."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A customer's request and the conversation about it."""

    id: TicketId
    created_at: datetime
    """UTC."""
    channel: str = "api"
    subject: str = ""
    customer: Customer = Customer()
    messages: tuple[Message, ...]
    """In the order given; at least one is the customer's."""
    since: int = 0
    """Index of the first message that asks for something; those before it were dealt with when they came."""

    @property
    def text(self) -> str:
        """What the customer asks, in their own words: their messages in order, a blank line between two."""
        asked = self.messages[self.since :]
        return "\n\n".join(message.text for message in asked if message.role == "customer")


@dataclass(frozen=True, kw_only=True)
class PastAction:
    """Something that was done for a customer, in the terms of the tools."""

    tool: str
    args: dict[str, JsonValue]
    result: JsonValue = None
    after_message: int | None = None
    """Index of the message that it followed, from 0."""
    at: datetime | None = None
    """UTC."""


@dataclass(frozen=True, kw_only=True)
class PastTicket:
    """A ticket of the history, beside what people did about it.

    They are apart so that nothing below `ticket` says what was done, except the agents' own messages.
    """

    ticket: Ticket
    topic: str | None = None
    """What a person said it was about."""
    has_topic: bool = False
    """Whether a person said anything: an explicit `null` is a statement, an absent topic is none."""
    actions: tuple[PastAction, ...] = ()
    acts: tuple[str, ...] = ()
    """Which kind of reply each of the ticket's messages is, as its author named it (a macro, say); else empty."""
    outcome: PastOutcome | None = None
    reopened: bool = False
    csat: float | None = None
    """The customer's rating on the helpdesk's own scale, 0 to 100."""

    @property
    def id(self) -> TicketId:
        """The ticket's id."""
        return self.ticket.id

    @property
    def first_answer(self) -> int:
        """Index of the first message of an agent after one of the customer; that after the last one where none is."""
        roles = [message.role for message in self.ticket.messages]
        first = roles.index("customer")
        return next((index for index in range(first, len(roles)) if roles[index] == "agent"), len(roles))

    @property
    def opening(self) -> Ticket:
        """The ticket as it was before anybody answered: nothing of the answer may be seen."""
        return replace(self.ticket, messages=self.ticket.messages[: self.first_answer])


class JsonError(TicketError):
    """The text holds no JSON value that can be read.

    Attributes:
        column: Where the syntax breaks, from 1; 0 where the text as a whole is meant.
    """

    def __init__(self, message: str, *, column: int = 0) -> None:
        super().__init__(message)
        self.column = column


def parse_ticket(source: object, now: datetime) -> Ticket:
    """Return the ticket that one JSON object describes; fields it does not know are left out.

    Args:
        source: The object, or its JSON text.
        now: Stands for `created_at` where that is absent; with its zone.

    Raises:
        JsonError: The text is not JSON.
        TicketError: It is no ticket; the message names the field and what was expected.
    """
    return _ticket(_fields(source), now)


def parse_past_ticket(source: object, now: datetime) -> PastTicket:
    """Return the past ticket that one JSON object describes; the rules are those of `parse_ticket`.

    Raises:
        JsonError: The text is not JSON.
        TicketError: It is no past ticket.
    """
    fields = _fields(source)
    ticket = _ticket(fields, now)
    return PastTicket(
        ticket=ticket,
        topic=fields.identifier("topic") or None,
        has_topic="topic" in fields,
        actions=tuple(
            _action(action, len(ticket.messages)) for action in fields.objects("actions", limit=ACTION_LIMIT)
        ),
        acts=tuple(message.identifier("act") for message in fields.objects("messages", limit=MESSAGE_LIMIT)),
        outcome=cast("PastOutcome | None", fields.choice("outcome", ("resolved", "escalated", "unresolved"))),
        reopened=fields.flag("reopened"),
        csat=fields.number("csat", low=0, high=100),
    )


def _fields(source: object) -> Fields:
    return Fields(_decoded(source) if isinstance(source, str) else source)


def _decoded(text: str) -> object:
    if len(text) > LINE_LIMIT:
        raise JsonError(f"longer than {LINE_LIMIT:,} bytes")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise JsonError(f"not JSON: {error.msg} at column {error.colno}", column=error.colno) from None
    except RecursionError:
        raise JsonError("not readable JSON: nested too deeply") from None
    except ValueError:  # Python's limit on the digits of a whole number
        raise JsonError("not readable JSON: a number has too many digits") from None


def _ticket(fields: Fields, now: datetime) -> Ticket:
    fields.require("id", "messages")
    messages = tuple(_message(message) for message in fields.objects("messages", limit=MESSAGE_LIMIT))
    if not any(message.role == "customer" for message in messages):
        raise TicketError("messages: expected at least one of role customer")
    return Ticket(
        id=TicketId(fields.identifier("id")),
        created_at=fields.time("created_at") or now,
        channel=fields.text("channel", limit=NAME_LIMIT, default="api"),
        subject=fields.text("subject", limit=NAME_LIMIT),
        customer=_customer(fields.object("customer")),
        messages=messages,
    )


def _customer(fields: Fields) -> Customer:
    is_known = fields.get("id") != ""
    return Customer(
        id=CustomerId(fields.identifier("id") if is_known else ""),
        email=fields.text("email", limit=NAME_LIMIT),
        name=fields.text("name", limit=NAME_LIMIT),
        authenticated=fields.flag("authenticated"),
    )


def _message(fields: Fields) -> Message:
    fields.require("role", "text")
    return Message(
        role=cast("Role", fields.choice("role", ("customer", "agent", "system"))),
        text=fields.text("text", limit=TEXT_LIMIT),
        at=fields.time("at"),
    )


def _action(fields: Fields, messages: int) -> PastAction:
    fields.require("tool")
    return PastAction(
        tool=fields.identifier("tool"),
        args=fields.json_object("args"),
        result=fields.json("result"),
        after_message=fields.index("after_message", below=messages),
        at=fields.time("at"),
    )

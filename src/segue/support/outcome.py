"""How a ticket ended: one list of words, the same in code, pages and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from segue.support.ticket import TicketId

Outcome = Literal["resolved", "escalated", "drafted", "skipped", "waiting_expired", "failed", "waiting", "running"]
"""`waiting` and `running` while it lives; the others are final, and every ticket has exactly one."""
Reason = Literal[
    "no_procedure",
    "low_confidence",
    "not_grounded",
    "policy",
    "approval_denied",
    "approval_timeout",
    "tool_failed",
    "in_doubt",
    "budget",
    "customer_asked",
    "injection_suspected",
    "plan_rejected",
    "not_understood",
    "taken_over",
    "cancelled",
    "defect",
]
"""Why a person must go on; typed, never text to be parsed."""

WORST_FIRST: tuple[Outcome, ...] = (
    "failed",
    "escalated",
    "waiting_expired",
    "drafted",
    "skipped",
    "resolved",
)

IN_DOUBT = "in doubt: nobody can say whether it happened"
"""Error of an action that may or may not have happened."""

Urgency = Literal["low", "normal", "high"]


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Where a statement of the reply comes from."""

    document: str
    """Path under `knowledge/`, with `/`."""
    start: int
    """Code points of the source as decoded."""
    end: int


@dataclass(frozen=True, kw_only=True)
class Action:
    """A tool call that was made."""

    tool: str
    args: dict[str, Any]
    effect: Literal["read", "write", "once"]
    result: Any = None
    """JSON; null where it failed, or where it returned nothing."""
    error: str | None = None
    """Why it failed, or that it is in doubt; `None` where it succeeded."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that was looked up."""

    name: str
    value: Any
    source: str
    """`tool:orders.lookup`, `customer` and the like."""


@dataclass(frozen=True, kw_only=True)
class Try:
    """A step that was taken."""

    step: str
    result: str
    """In a few words."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """An action that may or may not have happened."""

    tool: str
    args: dict[str, Any]
    key: str
    """Idempotency key under which the receiver may know it."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A passage that was found."""

    document: str
    heading: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Handoff:
    """All a person needs to go on."""

    reason: Reason
    ask: str
    """What the customer wants, in one line."""
    facts: tuple[Fact, ...] = ()
    tried: tuple[Try, ...] = ()
    done: tuple[Action, ...] = ()
    """Actions that have happened, so that nobody repeats them."""
    in_doubt: tuple[Doubt, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    proposed_reply: str = ""
    missing: tuple[str, ...] = ()
    urgency: Urgency = "normal"
    run: str = ""
    """Run id."""


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What became of a ticket, as `segue resolve --json` prints it."""

    ticket_id: TicketId
    run_id: str
    topic: str | None
    outcome: Outcome
    reason: Reason | None = None
    reply: str = ""
    citations: tuple[Citation, ...] = ()
    actions: tuple[Action, ...] = ()
    """Every tool call that was made, in order."""
    proposed: tuple[Action, ...] = ()
    """Actions that a draft leaves to a person."""
    handoff: Handoff | None = None
    confidence: float = 0.0
    """Calibrated probability that acting was right, 0 to 1; the lowest of its requests."""
    confidence_parts: dict[str, float] = field(default_factory=dict)
    """What it is made of: how sure the `topic` is, and, where articles answer, how good their `evidence`."""
    cost_usd: float = 0.0
    seconds: float = 0.0
    """From the first entry of its run to the last but one."""


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome of a ticket whose requests ended like this; there is at least one."""
    return min(outcomes, key=WORST_FIRST.index)

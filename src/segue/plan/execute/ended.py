"""How a plan ended, and what it did on its way: plain data for whoever runs plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from segue.errors import PermanentError
from segue.plan.origin import Origin
from segue.tools import JSON, Effect


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool call that a plan made."""

    tool: str
    args: dict[str, JSON]
    effect: Effect
    origins: dict[str, Origin] = field(default_factory=dict)
    """Where each argument comes from."""
    result: JSON = None
    error: str = ""
    """Why it failed; empty where it did not."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A step that had its turn."""

    id: str
    kind: str
    result: str
    """In a few words."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a plan ended, and what it did on its way."""

    way: Literal["reply", "escalate", "propose", "expire"]
    """`propose`: the next step would act, and that is left to a person; `expire`: the customer did not answer."""
    reason: str = ""
    """Of an escalation."""
    why: str = ""
    """The same in words, for a person."""
    reply: str = ""
    cited: tuple[JSON, ...] = ()
    """Passages that the reply cites, as searches gave them."""
    by_models: tuple[str, ...] = ()
    """What stands in a procedure's reply and models wrote: values of its model steps."""
    proposed: tuple[Call, ...] = ()
    """The action that is left to a person."""
    calls: tuple[Call, ...] = ()
    """Every tool call, in the order of the plan."""
    in_doubt: tuple[tuple[Call, str], ...] = ()
    """Actions that may or may not have happened, with their idempotency keys where these are known."""
    taken: tuple[Taken, ...] = ()
    found: tuple[JSON, ...] = ()
    """Passages that searches found, in order."""
    missing: tuple[str, ...] = ()
    """Inputs that nobody gave."""
    inputs: Mapping[str, JSON] = field(default_factory=dict)


class Leave(Exception):
    """Ends the plan here."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.reason or ended.way)
        self.ended = ended


def escalate(reason: str, why: str = "") -> Leave:
    """Return the way out that hands the ticket to a person."""
    return Leave(Ended(way="escalate", reason=reason, why=why))


class NotTheirs(PermanentError):
    """A record belongs to somebody else than the authenticated customer, so nothing of it is told or kept."""

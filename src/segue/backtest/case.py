"""A past request as a case to be played again, and what came of playing it: data alone, no ticket and no journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool call."""

    tool: str
    args: dict[str, Any]
    effect: str = ""
    """`read`, `write` or `once`; empty where the tool is not known any more."""
    result: Any = None

    def __str__(self) -> str:
        """Tell the tool and its arguments."""
        return f"{self.tool}({', '.join(f'{name}={value!r}' for name, value in self.args.items())})"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What was asked, and what people made of it."""

    id: str
    at: datetime
    """UTC; nothing that is newer may be seen."""
    topic: str | None
    """By a person; `None` is nothing that the company handles, where `has_topic`."""
    has_topic: bool
    calls: tuple[Call, ...] = ()
    """What people looked up and did, in order."""
    replies: tuple[str, ...] = ()
    """What people said to the customer."""
    escalated: bool = False
    """Whether the first person had to hand it over."""
    unanswered: bool = False
    """Whether it came to nothing, because the customer or somebody else never answered."""

    @property
    def is_topic_only(self) -> bool:
        """Whether nothing is known but its topic, so that only this can be judged."""
        return not self.calls and not self.replies


@dataclass(frozen=True, kw_only=True)
class Played:
    """What the agent made of a case."""

    topic: str | None
    """As it understood the request."""
    confidence: float
    """0 to 1."""
    outcome: str
    reason: str | None = None
    calls: tuple[Call, ...] = ()
    """Those that would have been made, refused ones left out."""
    unrecorded: tuple[str, ...] = ()
    """Calls on its way that nobody made then, so that nobody knows what they would have given."""
    reply: str = ""
    citations: tuple[dict[str, Any], ...] = ()

"""The course of a conversation: what the customer said, and what was done and written for them, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Heard:
    """The customer wrote something."""

    text: str


@dataclass(frozen=True)
class Wrote:
    """They were answered: a move."""

    move: str
    """Which kind of reply it is."""
    text: str = ""


@dataclass(frozen=True)
class Called:
    """A tool was called for them: a move too."""

    move: str
    """By the tool's name."""
    args: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None


Turn = Heard | Wrote | Called
Course = Sequence[Turn]

"""What the agent may do alone for a topic, and the terms under which it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Level = Literal["off", "shadow", "draft", "approve", "auto"]
"""`off` leaves the ticket alone; `draft` prepares what a person sends; `auto` acts and replies."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for one request; read once and journaled, so that a change never splits a run."""

    level: Level
    threshold: float
    """Confidence from which the agent acts or replies alone."""
    min_match: float
    """Share of a question that a passage must hold to be evidence."""
    ask_timeout: timedelta
    """How long a question waits for the customer."""
    ask_reminder: timedelta
    """When they are reminded of it, once."""
    approval_timeout: timedelta
    """How long an approval waits for a person."""
    replans: int = 0
    """How often a plan that has failed is followed by another one."""
    is_judged: bool = False
    """A composed reply needs a second opinion before it is sent."""


TermsOf = Callable[[str], Terms]
"""Gives the terms for a topic as they are now."""

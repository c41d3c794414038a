"""What a company lets plans rely on."""

from __future__ import annotations

from dataclasses import dataclass

from segue.plan.plan import REASONS


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a company lets plans rely on."""

    ticket_facts: frozenset[str] = frozenset({"identity_verified"})
    """Facts that a ticket may bring along; looked at again when the plan runs."""
    reasons: tuple[str, ...] = REASONS
    """Reasons that a plan may escalate with."""
    has_model: bool = True
    """A model is configured, so that model steps can be answered."""
    has_planner: bool = True
    """A model is named that composes plans, so that guidance alone is enough."""
    steps: int | None = None
    """Steps that a run may take; `None` is without limit."""

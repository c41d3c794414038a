"""What a run may use up, counted from its journal alone: the same after every restart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from segue.errors import BudgetExceeded, JournalFull


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a run may use up; `None` is without limit."""

    steps: int | None = None
    """Calls of steps; attempts do not count, nor do undos."""
    usd: Decimal | float | None = None
    """US dollars, by what steps report as `cost_usd` in their results."""
    wall: timedelta | None = None
    """Time in which a step is under way; waiting for signals, timers and children is free."""

    def __post_init__(self) -> None:
        """Refuse what means nothing.

        Raises:
            ValueError: A limit is negative or no number.
        """
        if self.steps is not None and self.steps < 0:
            raise ValueError(f"steps is {self.steps}: a budget cannot be negative")
        if self.usd is not None and not (Decimal(str(self.usd)).is_finite() and self.usd >= 0):
            raise ValueError(f"usd is {self.usd}: no amount from 0 up")
        if self.wall is not None and self.wall < timedelta(0):
            raise ValueError(f"wall is {self.wall}: a budget cannot be negative")

    def fields(self) -> dict[str, Any]:
        """Return it as a run's first entry holds it."""
        return {
            "steps": self.steps,
            "usd": None if self.usd is None else str(self.usd),
            "wall_us": None if self.wall is None else self.wall // timedelta(microseconds=1),
        }


def budget_of(fields: dict[str, Any]) -> Budget:
    """Return the budget that `Budget.fields` gave."""
    usd, wall_us = fields["usd"], fields["wall_us"]
    return Budget(
        steps=fields["steps"],
        usd=None if usd is None else Decimal(usd),
        wall=None if wall_us is None else timedelta(microseconds=wall_us),
    )


MOST_ENTRIES = 10_000
"""After so many a run can call nothing more; a replay relies on it, so it stays as it is."""


def full(run_id: str, call: object) -> JournalFull:
    """Return the error for a call that is made after them."""
    return JournalFull(
        f"{call}: run {run_id} has {MOST_ENTRIES:,} entries, and each time it comes into memory they are replayed: "
        "return continue_as(...) before, with what the next run needs to know"
    )


class Spending:
    """What a run has used up of its budget."""

    def __init__(self, budget: Budget, at_us: int) -> None:
        self.budget = budget
        self._steps = 0
        self._usd = Decimal(0)
        self._wall = timedelta(0)
        self._last_us = at_us

    def passed(self, at_us: int, *, is_working: bool) -> None:
        """Count the time since the entry before; `is_working`: a step was under way."""
        if is_working:
            self._wall += timedelta(microseconds=at_us - self._last_us)
        self._last_us = at_us

    def paid(self, result: bytes) -> None:
        """Count what a step's result, as JSON, says that it cost."""
        if self.budget.usd is not None and b'"cost_usd"' in result:
            value = json.loads(result, parse_float=Decimal)
            cost = value.get("cost_usd") if isinstance(value, dict) else None
            self._usd += Decimal(cost or 0)

    def refusal(self, call: object) -> BudgetExceeded | None:
        """Count a call of a step, or return why there is to be none."""
        left = self.left()
        if left.steps == 0:
            return BudgetExceeded(f"{call} is one more than the {self.budget.steps} steps of the run's budget")
        if left.usd is not None and not left.usd:
            return BudgetExceeded(f"{call}: the run has spent {self._usd} of {self.budget.usd} USD")
        if left.wall is not None and not left.wall:
            return self.late(call)
        self._steps += 1
        return None

    def late(self, call: object) -> BudgetExceeded:
        """Return the error for a step that is cut off or not begun, since the time is used up."""
        return BudgetExceeded(f"{call}: the {self.budget.wall} of the run's budget are used up")

    def until_us(self) -> int | None:
        """Return when the time is used up, if a step is under way until then."""
        wall = self.left().wall
        return None if wall is None else self._last_us + wall // timedelta(microseconds=1)

    def left(self) -> Budget:
        """Return what may still be used up."""
        budget = self.budget
        return Budget(
            steps=None if budget.steps is None else max(budget.steps - self._steps, 0),
            usd=None if budget.usd is None else max(Decimal(str(budget.usd)) - self._usd, Decimal(0)),
            wall=None if budget.wall is None else max(budget.wall - self._wall, timedelta(0)),
        )

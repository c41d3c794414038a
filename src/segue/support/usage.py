"""What it took to ask language models, as the result of a step tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar


@dataclass(frozen=True, kw_only=True)
class Usage:
    """One question to the models of a task, answered or not."""

    task: str
    """Whose list of models was asked."""
    model: str
    """`provider:model`: the one that answered, or the last one that did not."""
    version: str = ""
    """The model as the provider names it; empty where it did not answer."""
    prompt_digest: str = ""
    """SHA-256 in hex of what was sent."""
    input_tokens: int = 0
    """Where it did not answer, all tokens together."""
    output_tokens: int = 0
    cost_usd: Decimal | None = None
    """`None`: a price is not known."""
    error: str = ""
    """Why there was no answer that could be used."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A result that says what models took for it; a run's budget counts it."""

    asked: tuple[Usage, ...] = ()
    """In order; none where no model was asked."""
    cost_usd: Decimal | None = None
    """Of all of them, as far as prices are known; `None` where no model was asked."""


C = TypeVar("C", bound=Counted)


def cost(asked: Iterable[Usage]) -> Decimal | None:
    """Return what questions cost together, as far as prices are known; `None` where there were none."""
    found = list(asked)
    return sum((usage.cost_usd or Decimal(0) for usage in found), Decimal(0)) if found else None


class Bill:
    """What a run has paid for models, by the results of its steps."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        """US dollars."""

    def paid(self, result: C) -> C:
        """Count a result, and return it."""
        self.total += result.cost_usd or 0
        return result

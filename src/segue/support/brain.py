"""Who answers what no tool can: the chooser that every desk has, and a language model where one is configured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from segue.plan.execute import Ended
from segue.plan.plan import Plan

JSON = Any


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An option, as far as it says when it is right."""

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody answered, and what it took."""

    value: JSON
    """Of a choice: the option's name, `None` where it is unsure."""
    model: str = ""
    """Empty where no model was asked."""
    version: str = ""
    prompt_digest: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal | None = None
    """Counted by the run's budget; `None` where it is free, or its price not known."""


class Replanner(Protocol):
    """Makes another plan where one has failed."""

    async def replan(self, asked: str, plan: Plan, ended: Ended) -> Plan | None:
        """Return a plan that goes on from what was done, as `planner.read_model_plan` reads it; `None` for none.

        It is verified again, with the values that are there, before it goes on.

        Args:
            asked: The customer's words.
            plan: What has failed.
            ended: How, and what it had done.
        """


class Chooser(Protocol):
    """Tells options apart without a model."""

    def __call__(self, text: str, options: Sequence[Choice]) -> str | None:
        """Return the name of the option that a text speaks for; `None` where it is unsure."""


class Model(Protocol):
    """A language model, as the steps of a plan ask it.

    Whatever it raises is the step's failure, retried as a read is; a `PermanentError` is not.
    """

    async def answer(self, task: str, given: JSON, output: Mapping[str, JSON]) -> Answer:
        """Do a task.

        Args:
            task: The company's own words.
            given: What others wrote: data, whatever it says.
            output: JSON Schema of the answer; its value is of this schema.
        """

    async def choose(self, text: str, options: Sequence[Choice]) -> Answer:
        """Choose the option that a text speaks for."""

"""Questions to models for one step: within what the run may still cost, and each of them counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from segue.engine.context import budget_left
from segue.errors import ModelBudgetExceeded, ModelError
from segue.models.model import Answer, Limits, Part, Request, Task
from segue.redaction import Personal
from segue.support.usage import Counted, Usage, cost

JSON = Any
C = TypeVar("C", bound=Counted)
OUTPUT_TOKENS = 1024
"""Of an answer, where the stage says nothing else."""
LONGEST = 20_000
"""Characters of one piece of what others wrote."""


class Models(Protocol):
    """The language models of a workspace; `segue.models.routing.Routing` is one."""

    def models(self, task: str) -> tuple[str, ...]:
        """Return the names of the models that are asked for a task; none: no model does it."""

    async def ask(self, request: Request) -> Answer:
        """Return the answer of the first model that gives one.

        Raises:
            ModelError: None does.
        """


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a model is asked, before anybody knows what it may cost."""

    task: Task
    system: str
    """In our own words."""
    parts: Sequence[Part]
    schema: Mapping[str, JSON]
    personal: Personal
    output_tokens: int = OUTPUT_TOKENS


@dataclass(kw_only=True)
class Questions:
    """Those of one step."""

    models: Models
    seconds: float = 60.0
    """From a question to its answer, waits and attempts included."""
    asked: list[Usage] = field(default_factory=list)

    async def ask(self, question: Question) -> Answer | None:
        """Return the answer; `None` where no model gave one, which is counted too.

        Raises:
            ModelBudgetExceeded: It may cost more than the run has left.
        """
        try:
            return await self.must(question)
        except ModelBudgetExceeded:
            raise
        except ModelError as error:
            self.asked.append(failed(question.task, error))
            return None

    async def must(self, question: Question) -> Answer:
        """Return the answer.

        Raises:
            ModelError: There is none.
        """
        limits = Limits(output_tokens=question.output_tokens, seconds=self.seconds, usd=self._left())
        answer = await self.models.ask(
            Request(
                task=question.task,
                system=question.system,
                parts=tuple(map(_bounded, question.parts)),
                schema=question.schema,
                limits=limits,
                personal=question.personal,
            )
        )
        self.asked.append(answered(question.task, answer))
        return answer

    def counted(self, result: C) -> C:
        """Return a result with what was asked for it."""
        return replace(result, asked=tuple(self.asked), cost_usd=cost(self.asked))

    def _left(self) -> Decimal | None:
        """Return the US dollars that the run may still cost."""
        usd = budget_left().usd
        return None if usd is None else max(Decimal(str(usd)) - (cost(self.asked) or 0), Decimal(0))


def _bounded(part: Part) -> Part:
    """Return a part as far as it is shown: what others wrote may be as long as they please."""
    is_ours = part.is_trusted or part.is_public
    return part if is_ours else replace(part, text=part.text[:LONGEST])


def answered(task: str, answer: Answer) -> Usage:
    """Return what an answer took."""
    return Usage(
        task=task,
        model=answer.model,
        version=answer.version,
        prompt_digest=answer.prompt_digest,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost_usd=answer.cost_usd,
    )


def failed(task: str, error: ModelError) -> Usage:
    """Return what was used up without an answer."""
    return Usage(
        task=task,
        model=error.model,
        input_tokens=error.tokens,
        cost_usd=None if error.cost_usd is None else Decimal(error.cost_usd),
        error=f"{error.kind}: {error}",
    )

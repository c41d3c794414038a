"""Reads that begin before their turn: nobody can observe it, and what they give counts at their turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segue.engine.calls import Promise
from segue.errors import PermanentError, StepFailed
from segue.plan import demands, reads
from segue.plan.execute.acts import Acts
from segue.plan.execute.course import Course
from segue.plan.execute.knowing import looked_up
from segue.plan.execute.values import Known, Values
from segue.plan.expression import EvaluationError
from segue.plan.plan import ToolStep, Work


@dataclass(frozen=True)
class Result:
    """What an early step gave, until its turn."""

    known: Known | None = None
    """Its value, where it gave one."""
    error: Exception | None = None
    is_skipped: bool = False
    is_open: bool = False
    """It could not begin early: it is run at its turn."""


OPEN = Result(is_open=True)


class Ahead:
    """The early reads of one group of steps."""

    def __init__(self, course: Course, acts: Acts, early: Mapping[str, Promise[Result]]) -> None:
        self._course = course
        self._acts = acts
        self._early = early

    async def run(self, step: Work) -> None:
        """Run a read as soon as what it needs is there; what it gave waits for its turn."""
        self._early[step.id].keep(await self._result(step))

    async def _result(self, step: Work) -> Result:
        values = await self._needed(step)
        if values is None:
            return OPEN
        course = self._course
        try:
            if step.when is not None and not values.holds(step.when):
                return Result(is_skipped=True)
            if not isinstance(step, ToolStep):
                return Result(await looked_up(step, course, values))
            entry, call = course.entry(step), self._acts.prepared(step, values)
            if not set(entry.requires) <= course.facts or demands.short(entry, call.origins):
                return OPEN  # a fact of an early step counts from that step's turn on, and so does a refusal
            return Result(await self._acts.call(step, call, is_early=True))
        except EvaluationError:
            return OPEN
        except (StepFailed, PermanentError) as error:
            return Result(error=error)

    async def _needed(self, step: Work) -> Values | None:
        """Return the values that a step needs once they are there; `None` where one will not be."""
        values = self._course.values.inside()
        names = frozenset().union(*(reader.names for reader in values.readers(reads.before(step))))
        for name in sorted(names):
            if name in self._early and name != step.id:
                result = await self._early[name]
                if result.error is not None or result.is_open or not self._is_expected(name, result):
                    return None
                if result.known is not None:
                    values.put(name, result.known)
            elif name not in values:
                return None
        return values

    def _is_expected(self, name: str, result: Result) -> bool:
        step = self._course.step(name)
        if result.known is None or not isinstance(step, Work):
            return True
        return self._course.is_expected(step, result.known)

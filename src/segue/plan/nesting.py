"""Steps within steps: which of them are on the way through, and plans with further steps inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from segue.plan.plan import CheckStep, ChooseStep, EachStep, ModelStep, Plan, SearchStep, Step, ToolStep, Work, nested


def going_on(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield the steps that are taken on the way through some steps, those in their ways out left out."""
    for step in steps:
        yield step
        if isinstance(step, ChooseStep):
            yield from going_on(nested(step))
        elif isinstance(step, Work) and step.on_error is not None and step.on_error.goes_on:
            yield from going_on(step.on_error.steps)


def with_steps_before(plan: Plan, step_id: str, more: tuple[Step, ...]) -> Plan:
    """Return the plan with further steps right before one of its steps, wherever that stands."""
    return replace(plan, steps=_before(plan.steps, step_id, more))


def _before(steps: tuple[Step, ...], step_id: str, more: tuple[Step, ...]) -> tuple[Step, ...]:
    made: list[Step] = []
    for step in steps:
        if step.id == step_id:
            made += more
        made.append(_with_inner(step, partial(_before, step_id=step_id, more=more)))
    return tuple(made)


def _with_inner(step: Step, change: Callable[[tuple[Step, ...]], tuple[Step, ...]]) -> Step:
    """Return a step whose inner steps are changed, each list of them on its own."""
    match step:
        case CheckStep():
            return replace(step, otherwise=change(step.otherwise))
        case ChooseStep():
            return replace(step, options=tuple(replace(each, steps=change(each.steps)) for each in step.options))
        case EachStep():
            return replace(step, steps=change(step.steps))
        case ToolStep() | SearchStep() | ModelStep() if step.on_error is not None:
            return replace(step, on_error=replace(step.on_error, steps=change(step.on_error.steps)))
        case _:
            return step

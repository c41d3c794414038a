"""How large a plan may be, so that everything else about it can be looked at in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from segue.plan.plan import (
    CheckStep,
    ChooseStep,
    EachStep,
    EscalateStep,
    Fields,
    Items,
    ModelStep,
    Place,
    Plan,
    ReplyStep,
    SearchStep,
    Step,
    ToolStep,
    Value,
    nested,
)
from segue.plan.verify.policy import Policy
from segue.plan.verify.report import Report
from segue.tools import JSON

MAX_STEPS: Final = 200
MAX_DEPTH: Final = 8
"""Levels of steps within steps."""
MAX_VALUES: Final = 2000
"""Values in one step's arguments."""
MAX_VALUE_DEPTH: Final = 12
MAX_TURNS: Final = 1000
"""Steps that a plan can take at most, its loops gone through: a run's journal must stay short enough to be replayed."""


def check(plan: Plan, report: Report) -> bool:
    """Say whether a plan keeps within the limits; the first step that does not is a finding."""
    count = 0
    pending = [(step, 1, 1) for step in reversed(plan.steps)]
    turns = 0
    while pending:
        step, depth, times = pending.pop()
        count, turns = count + 1, turns + times
        fault = _fault(step, count, depth, turns)
        if fault:
            report.add("P223", step.place, fault)
            return False
        within = times * step.most if isinstance(step, EachStep) else times
        pending.extend((inner, depth + 1, within) for inner in reversed(nested(step)))
    return True


def _fault(step: Step, count: int, depth: int, turns: int) -> str:
    """Say which limit a step is beyond; empty where it is beyond none."""
    if count > MAX_STEPS or depth > MAX_DEPTH:
        return f"the plan is too large: at most {MAX_STEPS} steps, {MAX_DEPTH} levels deep"
    if turns > MAX_TURNS:
        return f"the plan may take more than {MAX_TURNS} steps, loops gone through: lower their max"
    limits = f"at most {MAX_VALUES} values, {MAX_VALUE_DEPTH} levels deep"
    if isinstance(step, ToolStep) and _is_too_large(argument.value for argument in step.args):
        return f"the arguments of {step.id} are too large: {limits}"
    if isinstance(step, ModelStep) and (_is_too_large([step.given] if step.given else []) or _is_too_deep(step.output)):
        return f"input or output of {step.id} are too large: {limits}"
    return ""


def _is_too_large(values: Iterable[Value]) -> bool:
    count = 0
    pending: list[tuple[Value, int]] = [(value, 1) for value in values]
    while pending:
        value, depth = pending.pop()
        count += 1
        if count > MAX_VALUES or depth > MAX_VALUE_DEPTH:
            return True
        pending.extend((inner, depth + 1) for inner in _inner(value))
    return False


def _is_too_deep(schema: JSON) -> bool:
    """Say whether a schema is larger, or deeper, than values may be; each level of values takes two of a schema."""
    count = 0
    pending: list[tuple[JSON, int]] = [(schema, 1)]
    while pending:
        part, depth = pending.pop()
        count += 1
        if count > MAX_VALUES or depth > 2 * MAX_VALUE_DEPTH:
            return True
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        pending.extend((each, depth + 1) for each in inner)
    return False


def _inner(value: Value) -> Iterator[Value]:
    match value:
        case Items(items=items):
            yield from items
        case Fields(fields=fields):
            yield from (entry.value for entry in fields)


OWN: Final = 2
"""Steps that a ticket's run takes beside those of its plan: what it says, and with which plan."""


def check_budget(plan: Plan, policy: Policy, report: Report) -> None:
    """Report a plan that may come to no end within the steps that a run may take."""
    most = 0 if policy.steps is None else _longest(plan.steps, 0) + OWN
    if policy.steps is not None and most > policy.steps:
        message = f"the plan may take {most} steps of a run, and a run may take {policy.steps}"
        report.add(
            "P236",
            plan.steps[0].place if plan.steps else Place(),
            message,
            "raise [policy] steps, or make the plan shorter",
        )


def _longest(steps: Sequence[Step], after: int) -> int:
    """Return how many steps of a run are taken at most from some steps on, if so many come after them."""
    for step in reversed(steps):
        match step:
            case EachStep():
                after += step.most * _longest(step.steps, 0)
            case ChooseStep():
                after = 1 + max((_longest(option.steps, after) for option in step.options), default=after)
            case CheckStep():
                after = max(after, _longest(step.otherwise, 0))
            case ToolStep() | SearchStep() | ModelStep() if step.on_error is not None and step.on_error.steps:
                after = 1 + max(after, _longest(step.on_error.steps, after if step.on_error.goes_on else 0))
            case EscalateStep():
                after = max(after, 0) if step.when is not None else 0
            case ReplyStep():
                after = max(after, 1) if step.when is not None else 1
            case _:
                after += 1
    return after

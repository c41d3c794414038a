"""How large a plan may be, so that everything else about it can be looked at in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from segue.plan.plan import Fields, Items, Plan, ToolStep, Value, nested
from segue.plan.verify.report import Report

MAX_STEPS: Final = 200
MAX_DEPTH: Final = 8
"""Levels of steps within steps."""
MAX_VALUES: Final = 2000
"""Values in one step's arguments."""
MAX_VALUE_DEPTH: Final = 12


def check(plan: Plan, report: Report) -> bool:
    """Say whether a plan keeps within the limits; the first step that does not is a finding."""
    count = 0
    pending = [(step, 1) for step in reversed(plan.steps)]
    while pending:
        step, depth = pending.pop()
        count += 1
        if count > MAX_STEPS or depth > MAX_DEPTH:
            limits = f"at most {MAX_STEPS} steps, {MAX_DEPTH} levels deep"
            report.add("P223", step.place, f"the plan is too large: {limits}")
            return False
        if isinstance(step, ToolStep) and _is_too_large(step):
            limits = f"at most {MAX_VALUES} values, {MAX_VALUE_DEPTH} levels deep"
            report.add("P223", step.place, f"the arguments of {step.id} are too large: {limits}")
            return False
        pending.extend((inner, depth + 1) for inner in reversed(nested(step)))
    return True


def _is_too_large(step: ToolStep) -> bool:
    count = 0
    pending: list[tuple[Value, int]] = [(argument.value, 1) for argument in step.args]
    while pending:
        value, depth = pending.pop()
        count += 1
        if count > MAX_VALUES or depth > MAX_VALUE_DEPTH:
            return True
        pending.extend((inner, depth + 1) for inner in _inner(value))
    return False


def _inner(value: Value) -> Iterator[Value]:
    match value:
        case Items(items=items):
            yield from items
        case Fields(fields=fields):
            yield from (entry.value for entry in fields)

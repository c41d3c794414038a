"""Whether what an action does, and whether it happens, is decided by values that may be believed."""

from __future__ import annotations

from typing import Final

from segue.plan import demands
from segue.plan.catalogue import Catalogue, Entry
from segue.plan.origin import Level
from segue.plan.plan import (
    CheckStep,
    ChooseStep,
    EachStep,
    EscalateStep,
    OnError,
    Place,
    Plan,
    ReplyStep,
    Step,
    Text,
    ToolStep,
    nested,
)
from segue.plan.trace import assumed, is_always_approved, trace
from segue.plan.verify.begun import Begun
from segue.plan.verify.report import Report
from segue.plan.verify.state import Guard, State

_HINTS: Final = {
    Level.SYSTEM: 'look it up with a tool that has an owner, pick() it from a trusted list, or write approve: "true"',
    Level.CUSTOMER: 'ask the customer for it, or write approve: "true"',
}


class Trust:
    """The origins of one plan."""

    def __init__(self, plan: Plan, catalogue: Catalogue, report: Report, begun: Begun) -> None:
        self._is_model_s = plan.made_by == "model"
        self._report = report
        self._trace = trace(plan, catalogue, {**assumed(plan), **begun.origins})

    def check(self, step: ToolStep, entry: Entry, state: State) -> None:
        """Report arguments below what the tool demands, and guards of an action that guard nothing.

        A step that is always approved has neither: a person sees its arguments and decides.
        """
        if is_always_approved(step, entry):
            return
        if self._is_model_s and entry.effect != "read":
            message = f'step "{step.id}" of a plan made by a model acts, and no person approves it'
            self._report.add("P232", step.place, message, 'write approve: "true"')
            return
        places = {argument.name: argument.value.place for argument in step.args}
        for each in demands.short(entry, self._trace.args[step.id]):
            message = f"argument {each.parameter} of {entry.name} must be {each.needed}, and is {each.origin}"
            self._report.add("P225", places[each.parameter], message, _HINTS[each.needed])
        if entry.effect == "once":
            for guard in state.guards:
                message = f'{guard.key} of step "{guard.step}" guards nothing of "{step.id}": it reads {guard.origin}'
                hint = 'decide by what a trusted tool says, or write approve: "true"'
                self._report.add("P226", guard.place, message, hint)

    def guard(self, step: Step, key: str, place: Place | None) -> Guard | None:
        """Return a decision of a step as a guard, where there is one and it reads anything below `system`."""
        origin = self._trace.decisions.get((step.id, key))
        if place is None or origin is None or origin.level is Level.SYSTEM:
            return None
        return Guard(step.id, key, place, origin)

    def is_composed(self, step: ReplyStep) -> bool:
        """Say whether words of a model are part of a reply."""
        origin = self._trace.decisions.get((step.id, "reply"))
        return origin is not None and any(source.startswith("model(") for source in origin.sources)


def may_end(step: Step) -> bool:
    """Say whether a plan can end in a step because of a decision of its own, so that what follows depends on it."""
    match step:
        case ReplyStep() | EscalateStep() | CheckStep():
            return True
        case ChooseStep() | EachStep():
            return any(map(may_end, nested(step)))
        case _:
            return ends_unexpected(step)


def ends_unexpected(step: Step) -> bool:
    """Say whether a plan ends in a step whose result is not as expected."""
    expect: Text | None = getattr(step, "expect", None)
    on_error: OnError | None = getattr(step, "on_error", None)
    if expect is None:
        return False
    return on_error is None or not on_error.goes_on or any(map(may_end, on_error.steps))

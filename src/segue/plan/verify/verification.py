"""Verification of plans: every finding that can be made without running one, for whoever wrote it.

The plan is walked once from top to bottom with what holds at each point on every path to it: which values are
surely there, and which facts are established. A skipped step, a failed step that goes on and a branch each
lead to a state of their own; where paths meet again, only what all of them have remains.
"""

from __future__ import annotations

from dataclasses import replace

from segue.errors import Finding
from segue.plan.catalogue import Catalogue, Entry
from segue.plan.language.types import Maybe
from segue.plan.plan import (
    AskStep,
    CheckStep,
    EscalateStep,
    Place,
    Plan,
    ReplyStep,
    SearchStep,
    Step,
    ToolStep,
    nested,
)
from segue.plan.rules import nearest
from segue.plan.verify import arguments, limits
from segue.plan.verify.facts import Facts
from segue.plan.verify.policy import Policy
from segue.plan.verify.report import Report
from segue.plan.verify.sight import Sight
from segue.plan.verify.state import State, meet
from segue.plan.verify.trust import Trust, ends_unexpected, may_end


def verify(plan: Plan, catalogue: Catalogue, policy: Policy | None = None) -> list[Finding]:
    """Return everything that is wrong with a plan, in the order of its file; pure, and never raises."""
    report = Report(plan.source.file)
    if limits.check(plan, report):
        _check_ids(plan, report)
        _Walk(plan, catalogue, policy or Policy(), report).whole()
    return report.findings()


def _check_ids(plan: Plan, report: Report) -> None:
    seen: set[str] = set()
    for step in plan.all_steps():
        if step.id in seen:
            report.add("P222", step.place, f'two steps are called "{step.id}"', "rename one")
        seen.add(step.id)


class _Walk:
    """One walk through one plan."""

    def __init__(self, plan: Plan, catalogue: Catalogue, policy: Policy, report: Report) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._policy = policy
        self._report = report
        self._sight = Sight(plan, catalogue, report)
        self._facts = Facts(plan, catalogue, policy, report)
        self._trust = Trust(plan, catalogue, report)
        self._searches: set[str] = set()
        """Search steps above this point."""

    def whole(self) -> None:
        """Walk from the beginning to every end."""
        if self._steps(self._plan.steps, State()) is not None:
            last = self._plan.steps[-1].place if self._plan.steps else Place()
            hint = "end it with a reply or an escalate that has no when"
            self._report.add("P219", last, "the plan can end here with neither a reply nor an escalation", hint)

    def _steps(self, steps: tuple[Step, ...], state: State) -> State | None:
        """Return what holds after some steps, or None where every path has ended."""
        now: State | None = state
        for step in steps:
            if now is None:
                message = f'step "{step.id}" is never reached: every path ends above it'
                self._report.add("P218", step.place, message)
                return None
            now = self._step(step, now)
        return now

    def _step(self, step: Step, state: State) -> State | None:
        if step.when is None:
            return self._take(step, state)
        condition = self._sight.condition(step.when, state)
        truths, falsities = (condition.checked.truths, condition.checked.falsities) if condition else ((), ())
        guard = self._trust.guard(step, "when", step.when)
        end = meet(self._take(step, state.with_known(truths).behind(guard)), state.with_known(falsities))
        if guard is None or end is None:
            return end
        return end.behind(guard) if may_end(step) else end.past(guard)

    def _take(self, step: Step, state: State) -> State | None:
        match step:
            case ToolStep():
                return self._tool(step, state)
            case SearchStep():
                self._sight.text(step.query, state)
                self._searches.add(step.id)
                return self._outcome(step, state, frozenset())
            case AskStep():
                return self._ask(step, state)
            case CheckStep():
                return self._check(step, state)
            case ReplyStep():
                self._reply(step, state)
            case EscalateStep() if step.reason.value not in self._policy.reasons:
                hint = nearest(step.reason.value, self._policy.reasons)
                self._report.add("P216", step.reason.place, f"{step.reason.value} is no reason to escalate", hint)
        return None

    def _tool(self, step: ToolStep, state: State) -> State | None:
        entry = self._catalogue.get(step.tool.value)
        if entry is None:
            hint = nearest(step.tool.value, self._catalogue.entries)
            self._report.add("P201", step.tool.place, f"there is no tool {step.tool.value}", hint)
            entry = Entry(name=step.tool.value, effect="read")
        else:
            arguments.check(step, entry, self._sight.environment(state), self._report)
            self._facts.check(step, entry, state)
            self._trust.check(step, entry, state)
        if step.approve is not None:
            self._sight.condition(step.approve, state)
        if entry.effect == "once" and step.on_error is not None and step.on_error.retries:
            message = f"{entry.name} is done once: it is not retried"
            self._report.add("P221", step.place, message, "let on_error escalate instead")
        return self._outcome(step, state, frozenset(entry.provides))

    def _outcome(self, step: ToolStep | SearchStep, state: State, provides: frozenset[str]) -> State | None:
        """Return what holds after a step that can fail, whichever way it went."""
        type_ = self._sight.declare(step)
        value = set() if isinstance(type_, Maybe) else {(step.id,)}
        done = replace(state.with_known(value), facts=state.facts | provides)
        guard = self._trust.guard(step, "expect", step.expect)
        if step.expect is not None:
            expected = self._sight.condition(step.expect, done)
            done = done.with_known(expected.checked.truths if expected else ())
            if ends_unexpected(step):
                done = done.behind(guard)
        if step.on_error is None or step.on_error.retries:
            return done
        failed = self._steps(step.on_error.steps, state.behind(guard))
        if step.on_error.goes_on:
            end = meet(done, failed)
            return end if end is None or ends_unexpected(step) else end.past(guard)
        self._way_out("on_error", step, failed)
        return done

    def _ask(self, step: AskStep, state: State) -> State:
        self._sight.text(step.question, state)
        self._sight.declare(step)
        known = state.with_known([(step.id,)])
        if step.into is None:
            return known
        if self._plan.input(step.into.value) is None:
            hint = nearest(step.into.value, [known.name for known in self._plan.inputs])
            self._report.add("P217", step.into.place, f"there is no input {step.into.value}", hint)
        return known.with_known([("inputs", step.into.value)])

    def _check(self, step: CheckStep, state: State) -> State:
        condition = self._sight.condition(step.condition, state)
        truths = condition.checked.truths if condition else frozenset()
        falsities = condition.checked.falsities if condition else frozenset()
        behind = state.behind(self._trust.guard(step, "check", step.condition))
        self._way_out("else", step, self._steps(step.otherwise, behind.with_known(falsities)))
        return behind.with_known(truths)

    def _way_out(self, word: str, step: Step, end: State | None) -> None:
        if end is not None:
            last = nested(step)[-1].place if nested(step) else step.place
            hint = "add one of them" if word == "else" else "add one of them, or write {then: [steps]}"
            message = f'{word} of step "{step.id}" ends in neither a reply nor an escalation'
            self._report.add("P220", last, message, hint)

    def _reply(self, step: ReplyStep, state: State) -> None:
        if step.text is not None:
            compiled = self._sight.text(step.text, state, is_reply=True)
            for cite in compiled.citations if compiled else ():
                self._cited(cite.step, step.text.at(cite.offset), state)
        for search in step.answer:
            self._cited(search.value, search.place, state)

    def _cited(self, search: str, place: Place, state: State) -> None:
        if search not in self._searches:
            hint = nearest(search, self._searches) or "only what a search found can be cited"
            self._report.add("P215", place, f'"{search}" is no search above', hint)
        elif (search,) not in state.known:
            message = f'search "{search}" may have been skipped or have failed: it has nothing to cite'
            self._report.add("P215", place, message)

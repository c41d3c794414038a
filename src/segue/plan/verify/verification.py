"""Verification of plans: every finding that can be made without running one, for whoever wrote it.

The plan is walked once from top to bottom with what holds at each point on every path to it: which values are
surely there, and which facts are established. A skipped step, a failed step that goes on and a branch each
lead to a state of their own; where paths meet again, only what all of them have remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from segue.errors import Finding
from segue.plan import template
from segue.plan.catalogue import Catalogue, Entry
from segue.plan.expression import Environment
from segue.plan.language.types import ANY, Maybe, present
from segue.plan.nesting import going_on
from segue.plan.plan import (
    AskStep,
    CheckStep,
    ChooseStep,
    EachStep,
    EscalateStep,
    ModelStep,
    Place,
    Plan,
    ReplyStep,
    SearchStep,
    Step,
    ToolStep,
    Work,
    inside,
    nested,
)
from segue.plan.rules import did_you_mean, nearest
from segue.plan.verify import arguments, limits
from segue.plan.verify.begun import NOTHING, Begun
from segue.plan.verify.facts import Facts
from segue.plan.verify.policy import Policy
from segue.plan.verify.replies import Replies
from segue.plan.verify.report import Report
from segue.plan.verify.sight import Sight
from segue.plan.verify.state import State, meet
from segue.plan.verify.trust import Trust, ends_unexpected, may_end


def verify(plan: Plan, catalogue: Catalogue, policy: Policy | None = None, begun: Begun = NOTHING) -> list[Finding]:
    """Return everything that is wrong with a plan, in the order of its file; pure, and never raises.

    Args:
        plan: Whoever wrote it.
        catalogue: The tools that it may use.
        policy: What it may rely on.
        begun: What an earlier plan has left, whose place it takes.
    """
    report = Report(plan)
    policy = policy or Policy()
    if limits.check(plan, report):
        _check_head(plan, report, begun)
        if not plan.steps and plan.guidance and plan.made_by == "company":
            _check_planner(plan, policy, report)
            return report.findings()
        _Walk(plan, catalogue, policy, report, begun).whole()
        limits.check_budget(plan, policy, report)
    return report.findings()


@dataclass(frozen=True)
class Point:
    """What holds right before a tool step, on every path to it."""

    step: ToolStep
    scope: Environment
    facts: frozenset[str]


def points(plan: Plan, catalogue: Catalogue, policy: Policy) -> list[Point]:
    """Return what holds before each tool step of a plan that is within the limits."""
    report = Report(plan)
    walk = _Walk(plan, catalogue, policy, report, NOTHING)
    if limits.check(plan, report):
        walk.whole()
    return walk.points


def _check_head(plan: Plan, report: Report, begun: Begun) -> None:
    """Report names that are taken twice, and patterns that a model wrote."""
    seen: set[str] = set(begun.types)
    loops: list[EachStep] = []
    for step in plan.all_steps():
        if step.id in seen:
            report.add("P222", step.place, f'two steps are called "{step.id}"', "rename one")
        seen.add(step.id)
        if isinstance(step, EachStep):
            loops.append(step)
    for loop in loops:
        if loop.name in seen:
            report.add("P227", loop.place, f'a step is called "{loop.name}" like the item of "{loop.id}"', "rename one")
        if any(isinstance(each, EachStep) and each.name == loop.name for each in inside(loop)):
            message = f'a loop inside "{loop.id}" calls its item "{loop.name}" too'
            report.add("P227", loop.place, message, "rename one")
    for entry in plan.inputs if plan.made_by == "model" else ():
        if entry.pattern:
            hint = "let its type or its choices find it, or ask for it"
            report.add("P237", entry.place, f"input {entry.name} of a plan made by a model has a pattern", hint)


def _check_planner(plan: Plan, policy: Policy, report: Report) -> None:
    """Report guidance by which nobody can plan."""
    if not policy.has_planner:
        message = f"{plan.topic} has no steps, and no model is named that could plan: its tickets go to a person"
        report.add("P238", Place(1, 1), message, "write steps, or name a model in [models] plan")


class _Walk:
    """One walk through one plan."""

    def __init__(self, plan: Plan, catalogue: Catalogue, policy: Policy, report: Report, begun: Begun) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._policy = policy
        self._report = report
        self._begun = begun
        self._sight = Sight(plan, catalogue, report, begun)
        self._facts = Facts(plan, catalogue, policy, report)
        self._trust = Trust(plan, catalogue, report, begun)
        self._replies = Replies(plan, self._sight, self._trust, report)
        for search in begun.searches:
            self._replies.searched(search)
        self.points: list[Point] = []

    def whole(self) -> None:
        """Walk from the beginning to every end."""
        known = frozenset((name,) for name in self._begun.types)
        if self._steps(self._plan.steps, State(known, self._begun.facts)) is not None:
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
        guard = self._trust.guard(step, "when", step.when.place)
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
                self._replies.searched(step.id)
                return self._outcome(step, state, frozenset())
            case ModelStep():
                self._model(step, state)
                return self._outcome(step, state, frozenset())
            case AskStep():
                return self._ask(step, state)
            case CheckStep():
                return self._check(step, state)
            case ChooseStep():
                return self._choose(step, state)
            case EachStep():
                return self._each(step, state)
            case ReplyStep():
                self._replies.check(step, state)
            case EscalateStep() if step.reason.value not in self._policy.reasons:
                known = self._policy.reasons
                hint = did_you_mean(step.reason.value, known) or f"known: {', '.join(known)}"
                self._report.add("P216", step.reason.place, f"{step.reason.value} is no reason to escalate", hint)
        return None

    def _tool(self, step: ToolStep, state: State) -> State | None:
        entry = self._catalogue.get(step.tool.value)
        if entry is None:
            hint = nearest(step.tool.value, self._catalogue.entries)
            self._report.add("P201", step.tool.place, f"there is no tool {step.tool.value}", hint)
            entry = Entry(name=step.tool.value, effect="read")
        else:
            self.points.append(Point(step, self._sight.environment(state), state.facts))
            arguments.check(step, entry, self._sight.environment(state), self._sight.whole, self._report)
            self._facts.check(step, entry, state)
            self._trust.check(step, entry, state)
        if step.approve is not None:
            self._sight.condition(step.approve, state, is_approval=True)
        if entry.effect == "once" and step.on_error is not None and step.on_error.retries:
            message = f"{entry.name} is done once: it is not retried"
            self._report.add("P221", step.place, message, "let on_error escalate instead")
        return self._outcome(step, state, frozenset(entry.provides))

    def _model(self, step: ModelStep, state: State) -> None:
        parts = template.parse(step.task.value)
        if not isinstance(parts, tuple) or any(not isinstance(part, str) for part in parts):
            message = "a model's task holds no values: what others wrote could change it"
            self._report.add("P230", step.task.place, message, "put values into input")
        if present(step.type) == ANY:
            hint = "write {type: string}, or an object with properties"
            self._report.add("P230", step.place, f'the output of "{step.id}" says nothing of what comes', hint)
        if step.given is not None:
            scope = self._sight.environment(state)
            arguments.check_value("input", step.given, scope, self._sight.whole, self._report)
        self._needs_model(step)

    def _needs_model(self, step: Step) -> None:
        if not self._policy.has_model:
            hint = "name one in [models] of segue.toml"
            self._report.add("P235", step.place, f'step "{step.id}" asks a model, and none is configured', hint)

    def _outcome(self, step: Work, state: State, provides: frozenset[str]) -> State | None:
        """Return what holds after a step that can fail, whichever way it went."""
        type_ = self._sight.declare(step)
        value = set() if isinstance(type_, Maybe) else {(step.id,)}
        done = State(state.known | value, state.facts | provides, state.guards)
        guard = self._trust.guard(step, "expect", step.expect.place if step.expect is not None else None)
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
        behind = state.behind(self._trust.guard(step, "check", step.condition.place))
        self._way_out("else", step, self._steps(step.otherwise, behind.with_known(falsities)))
        return behind.with_known(truths)

    def _way_out(self, word: str, step: Step, end: State | None) -> None:
        if end is not None:
            last = nested(step)[-1].place if nested(step) else step.place
            hint = "add one of them" if word == "else" else "add one of them, or write {then: [steps]}"
            message = f'{word} of step "{step.id}" ends in neither a reply nor an escalation'
            self._report.add("P220", last, message, hint)

    def _choose(self, step: ChooseStep, state: State) -> State | None:
        if step.given is not None:
            self._sight.text(step.given, state)
        if step.by == "model":
            self._needs_model(step)
        seen: dict[str, str] = {}
        for option in step.options:
            for example in option.examples:
                if seen.setdefault(example, option.name) != option.name:
                    message = f'"{example}" is an example of {seen[example]} and of {option.name}'
                    self._report.add("P229", option.place, message, "keep it where it belongs")
        guard = self._trust.guard(step, "choose", step.place)
        ends = [self._steps(option.steps, state.behind(guard)) for option in step.options]
        end = reduce(meet, ends, None)
        return end if end is None or may_end(step) else end.past(guard)

    def _each(self, step: EachStep, state: State) -> State:
        item = self._sight.items(step, state)
        guard = self._trust.guard(step, "each", step.items.place)
        with self._sight.loop(step, item):
            end = self._steps(step.steps, state.behind(guard).with_known([(step.name,)]))
        self._check_ends(step, end)
        names = {step.name, *(each.id for each in inside(step))}
        after = state if end is None else meet(state, end.without(names)) or state
        return after.behind(guard) if may_end(step) else after.past(guard)

    def _check_ends(self, step: EachStep, end: State | None) -> None:
        """Report a loop that never comes to its second item."""
        replies = [each for each in going_on(step.steps) if isinstance(each, ReplyStep)]
        for reply in replies:
            message = f'reply "{reply.id}" ends the plan inside of loop "{step.id}"'
            self._report.add("P228", reply.place, message, "reply after the loop, or in the else of a check")
        if end is None and not replies:
            message = f'every way through loop "{step.id}" ends the plan, so it never comes to a second item'
            self._report.add("P228", step.place, message, "let one way go on")

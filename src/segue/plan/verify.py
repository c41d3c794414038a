"""Verification of plans: every finding that can be made without running one, for whoever wrote it.

The plan is walked once from top to bottom with what holds at each point on every path to it: which values are
surely there, and which facts are established. A skipped step, a failed step that goes on and a branch each
lead to a state of their own; where paths meet again, only what all of them have remains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from segue.errors import Finding
from segue.plan import arguments, expression, scope, template
from segue.plan.catalogue import Catalogue, Entry
from segue.plan.expression import Compiled, Environment
from segue.plan.language.typed import Path
from segue.plan.language.types import ANY, BOOL, Maybe, Type, with_article
from segue.plan.plan import (
    REASONS,
    AskStep,
    CheckStep,
    EscalateStep,
    Fields,
    Items,
    Place,
    Plan,
    ReplyStep,
    SearchStep,
    Step,
    Text,
    ToolStep,
    Value,
    nested,
)
from segue.plan.rules import WARNINGS, Problem, nearest, one_line
from segue.plan.template import Template

MAX_STEPS = 200
MAX_DEPTH = 8
"""Levels of steps within steps."""
MAX_VALUES = 2000
"""Values in one step's arguments."""
MAX_VALUE_DEPTH = 12


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a company lets plans rely on."""

    ticket_facts: frozenset[str] = frozenset({"identity_verified"})
    """Facts that a ticket may bring along; looked at again when the plan runs."""
    reasons: tuple[str, ...] = REASONS
    """Reasons that a plan may escalate with."""


@dataclass(frozen=True)
class _State:
    """What holds on every path to a point of the plan."""

    known: frozenset[Path] = frozenset()
    facts: frozenset[str] = frozenset()

    def with_known(self, paths: Iterable[Path]) -> _State:
        return replace(self, known=self.known.union(paths))


def verify(plan: Plan, catalogue: Catalogue, policy: Policy | None = None) -> list[Finding]:
    """Return everything that is wrong with a plan, in the order of its file; pure, and never raises."""
    verification = _Verification(plan, catalogue, policy or Policy())
    if verification.is_within_limits():
        verification.run()
    return sorted(set(verification.findings))


@dataclass
class _Verification:
    """One walk through one plan."""

    plan: Plan
    catalogue: Catalogue
    policy: Policy
    findings: list[Finding] = field(default_factory=list)
    names: dict[str, Type] = field(default_factory=dict)
    """What expressions may use at this point."""
    searches: set[str] = field(default_factory=set)
    """Search steps above this point."""
    later: set[str] = field(default_factory=set)
    """Steps with a value from this point on."""

    def report(self, code: str, place: Place, message: str, hint: str = "") -> None:
        severity = "warning" if code in WARNINGS else "error"
        message, hint = one_line(message), one_line(hint)
        found = Finding(self.plan.source.file, place.line, place.column, code, severity, message, hint)
        self.findings.append(found)

    def is_within_limits(self) -> bool:
        count = 0
        pending = [(step, 1) for step in reversed(self.plan.steps)]
        while pending:
            step, depth = pending.pop()
            count += 1
            if count > MAX_STEPS or depth > MAX_DEPTH:
                limits = f"at most {MAX_STEPS} steps, {MAX_DEPTH} levels deep"
                self.report("P223", step.place, f"the plan is too large: {limits}")
                return False
            if isinstance(step, ToolStep) and _is_too_large(step):
                limits = f"at most {MAX_VALUES} values, {MAX_VALUE_DEPTH} levels deep"
                self.report("P223", step.place, f"the arguments of {step.id} are too large: {limits}")
                return False
            pending.extend((inner, depth + 1) for inner in reversed(nested(step)))
        return True

    def run(self) -> None:
        self.names = {"inputs": scope.inputs_type(self.plan), "ticket": scope.TICKET}
        seen: set[str] = set()
        for step in self.plan.all_steps():
            if step.id in seen:
                self.report("P222", step.place, f'two steps are called "{step.id}"', "rename one")
            seen.add(step.id)
            if scope.value_type(step, self.catalogue) is not None:
                self.later.add(step.id)
        if self.walk(self.plan.steps, _State()) is not None:
            last = self.plan.steps[-1].place if self.plan.steps else Place()
            hint = "end it with a reply or an escalate that has no when"
            self.report("P219", last, "the plan can end here with neither a reply nor an escalation", hint)

    # The walk

    def walk(self, steps: tuple[Step, ...], state: _State) -> _State | None:
        """Return what holds after some steps, or None where every path has ended."""
        now: _State | None = state
        for step in steps:
            if now is None:
                self.report("P218", step.place, f'step "{step.id}" is never reached: every path ends above it')
                return None
            now = self.step(step, now)
        return now

    def step(self, step: Step, state: _State) -> _State | None:
        if step.when is None:
            return self.take(step, state)
        condition = self.condition(step.when, state)
        if condition is None:
            return _meet(self.take(step, state), state)
        taken = self.take(step, state.with_known(condition.checked.truths))
        return _meet(taken, state.with_known(condition.checked.falsities))

    def take(self, step: Step, state: _State) -> _State | None:
        match step:
            case ToolStep():
                return self.tool(step, state)
            case SearchStep():
                self.text(step.query, state)
                self.searches.add(step.id)
                return self.outcome(step, state, frozenset())
            case AskStep():
                return self.ask(step, state)
            case CheckStep():
                return self.check(step, state)
            case ReplyStep():
                self.reply(step, state)
            case EscalateStep() if step.reason.value not in self.policy.reasons:
                hint = nearest(step.reason.value, self.policy.reasons)
                self.report("P216", step.reason.place, f"{step.reason.value} is no reason to escalate", hint)
        return None

    def tool(self, step: ToolStep, state: _State) -> _State | None:
        entry = self.catalogue.get(step.tool.value)
        if entry is None:
            hint = nearest(step.tool.value, self.catalogue.entries)
            self.report("P201", step.tool.place, f"there is no tool {step.tool.value}", hint)
            entry = Entry(name=step.tool.value, effect="read")
        else:
            arguments.check(step, entry, self.environment(state), self.report)
            self.facts(step, entry, state)
        if step.approve is not None:
            self.condition(step.approve, state)
        if entry.effect == "once" and step.on_error is not None and step.on_error.retries:
            message = f"{entry.name} is done once: it is not retried"
            self.report("P221", step.place, message, "let on_error escalate instead")
        return self.outcome(step, state, frozenset(entry.provides))

    def outcome(self, step: ToolStep | SearchStep, state: _State, provides: frozenset[str]) -> _State | None:
        """Return what holds after a step that can fail, whichever way it went."""
        type_ = self.declare(step)
        value = set() if isinstance(type_, Maybe) else {(step.id,)}
        done = _State(state.known | value, state.facts | provides)
        if step.expect is not None:
            expected = self.condition(step.expect, done)
            done = done.with_known(expected.checked.truths if expected else ())
        if step.on_error is None or step.on_error.retries:
            return done
        failed = self.walk(step.on_error.steps, state)
        if step.on_error.goes_on:
            return _meet(done, failed)
        self.way_out("on_error", step, failed)
        return done

    def ask(self, step: AskStep, state: _State) -> _State:
        self.text(step.question, state)
        self.declare(step)
        paths: list[Path] = [(step.id,)]
        if step.into is not None:
            paths.append(("inputs", step.into.value))
            if self.plan.input(step.into.value) is None:
                hint = nearest(step.into.value, [known.name for known in self.plan.inputs])
                self.report("P217", step.into.place, f"there is no input {step.into.value}", hint)
        return state.with_known(paths)

    def check(self, step: CheckStep, state: _State) -> _State:
        condition = self.condition(step.condition, state)
        truths = condition.checked.truths if condition else frozenset()
        falsities = condition.checked.falsities if condition else frozenset()
        self.way_out("else", step, self.walk(step.otherwise, state.with_known(falsities)))
        return state.with_known(truths)

    def way_out(self, word: str, step: Step, end: _State | None) -> None:
        if end is not None:
            last = nested(step)[-1].place if nested(step) else step.place
            hint = "add one of them" if word == "else" else "add one of them, or write {then: [steps]}"
            message = f'{word} of step "{step.id}" ends in neither a reply nor an escalation'
            self.report("P220", last, message, hint)

    def reply(self, step: ReplyStep, state: _State) -> None:
        if step.text is not None:
            compiled = self.text(step.text, state, is_reply=True)
            for cite in compiled.citations if compiled else ():
                self.cited(cite.step, step.text.at(cite.offset), state)
        for search in step.answer:
            self.cited(search.value, search.place, state)

    def cited(self, search: str, place: Place, state: _State) -> None:
        if search not in self.searches:
            hint = nearest(search, self.searches) or "only what a search found can be cited"
            self.report("P215", place, f'"{search}" is no search above', hint)
        elif (search,) not in state.known:
            message = f'search "{search}" may have been skipped or have failed: it has nothing to cite'
            self.report("P215", place, message)

    # Facts

    def facts(self, step: ToolStep, entry: Entry, state: _State) -> None:
        """Report required facts that do not hold on every path; the ticket's count unless a later step's do."""
        for fact in entry.requires:
            if fact in state.facts:
                continue
            above, below = self.providers(fact, step)
            if below:
                message = f'step "{step.id}" runs before "{below[0]}" provides {fact}'
                self.report("P203", step.place, message, f'move "{below[0]}" above "{step.id}"')
            elif fact in self.policy.ticket_facts:
                continue
            elif above:
                message = f'step "{step.id}" requires {fact}, which "{above[-1]}" does not provide on every path'
                self.report("P206", step.place, message, f'let "{above[-1]}" run whenever "{step.id}" does')
            else:
                tools = [known.name for known in self.catalogue.entries.values() if fact in known.provides]
                hint = f"call {' or '.join(sorted(tools))} first" if tools else "no tool provides it"
                self.report("P206", step.place, f'step "{step.id}" requires {fact}, which nothing provides', hint)

    def providers(self, fact: str, step: ToolStep) -> tuple[list[str], list[str]]:
        """Return the ids of the steps above and below that provide a fact."""
        above: list[str] = []
        below: list[str] = []
        side = above
        for other in self.plan.all_steps():
            if other is step:
                side = below
            elif isinstance(other, ToolStep):
                entry = self.catalogue.get(other.tool.value)
                if entry is not None and fact in entry.provides:
                    side.append(other.id)
        return above, below

    # Expressions

    def declare(self, step: Step) -> Type:
        """Let the steps below use a step's value, and return its type."""
        type_ = scope.value_type(step, self.catalogue) or ANY
        self.names[step.id] = type_ if isinstance(type_, Maybe) else Maybe(type_)
        self.later.discard(step.id)
        return type_

    def environment(self, state: _State) -> Environment:
        return Environment(names=self.names, known=state.known, later=frozenset(self.later))

    def condition(self, text: Text, state: _State) -> Compiled | None:
        compiled = expression.compile(text.value, self.environment(state))
        if not isinstance(compiled, Compiled):
            self.report_all(text, compiled)
            return None
        if isinstance(compiled.type, Maybe):
            hint = f"guard it with has({text.value}) && …"
            self.report("P209", text.at(0), f"{text.value} may be missing", hint)
        elif compiled.type not in (BOOL, ANY):
            message = f"{text.value} is {with_article(compiled.type)}, not true or false"
            self.report("P212", text.at(0), message)
        return compiled

    def text(self, text: Text, state: _State, *, is_reply: bool = False) -> Template | None:
        """Check a text that a person or a search reads."""
        compiled = template.compile(text.value, self.environment(state), is_prose=True)
        if not isinstance(compiled, Template):
            self.report_all(text, compiled)
            return None
        for literal in template.escaped(text.value):
            if isinstance(expression.compile(literal.source, self.environment(state)), Compiled):
                hint = f"an amount in dollars is written ${{'$' + string({literal.source})}}"
                self.report("P224", text.at(literal.offset), f"$${{{literal.source}}} is a literal, not a value", hint)
        for cite in () if is_reply else compiled.citations:
            self.report("P214", text.at(cite.offset), "{{…}} cites in a reply only")
        return compiled

    def report_all(self, text: Text, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.report(problem.code, text.at(problem.offset), problem.message, problem.hint)


def _meet(one: _State | None, other: _State | None) -> _State | None:
    """Return what holds where two paths meet; a path that has ended does not arrive."""
    if one is None or other is None:
        return other if one is None else one
    return _State(one.known & other.known, one.facts & other.facts)


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

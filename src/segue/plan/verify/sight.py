"""What the expressions at a point of a plan can see, and whether they are right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from segue.plan import expression, scope, template
from segue.plan.catalogue import Catalogue
from segue.plan.expression import Compiled, Environment, EvaluationError
from segue.plan.language.types import ANY, BOOL, ListOf, Maybe, Type, present, with_article
from segue.plan.plan import EachStep, Plan, Step, Text
from segue.plan.template import Template
from segue.plan.verify.begun import Begun
from segue.plan.verify.report import Report
from segue.plan.verify.state import State


class Sight:
    """The names that have a meaning at the point that a walk has come to."""

    def __init__(self, plan: Plan, catalogue: Catalogue, report: Report, begun: Begun) -> None:
        self._catalogue = catalogue
        self._report = report
        self._names: dict[str, Type] = {"inputs": scope.inputs_type(plan), "ticket": scope.TICKET, **begun.types}
        self._later = {step.id for step in plan.all_steps() if scope.value_type(step, catalogue) is not None}
        self._hidden: set[str] = set()
        self.whole: set[str] = set()
        """Steps whose value is no null: it is missing only where they did not run."""
        self._environment: Environment | None = None
        """Made last; good until another name has a meaning."""

    def declare(self, step: Step) -> Type:
        """Let the steps below use a step's value, and return its type."""
        type_ = scope.value_type(step, self._catalogue) or ANY
        self._names[step.id] = type_ if isinstance(type_, Maybe) else Maybe(type_)
        if not isinstance(type_, Maybe) and type_ != ANY:
            self.whole.add(step.id)
        self._later.discard(step.id)
        self._environment = None
        return type_

    @contextmanager
    def loop(self, step: EachStep, item: Type) -> Iterator[None]:
        """Let the steps of a loop use its item, and nobody after it what they gave."""
        before = dict(self._names)
        self._names[step.name] = Maybe(item)
        self._environment = None
        try:
            yield
        finally:
            self._hidden.update(self._names.keys() - before.keys() - {step.name})
            self._names = before
            self._environment = None

    def environment(self, state: State) -> Environment:
        """Return what an expression may use."""
        made = self._environment
        if made is None or made.known != state.known:
            later, hidden = frozenset(self._later), frozenset(self._hidden)
            made = Environment(names=dict(self._names), known=state.known, later=later, hidden=hidden)
            self._environment = made
        return made

    def items(self, step: EachStep, state: State) -> Type:
        """Check the list of a loop, and return the type of its items."""
        compiled = template.compile(step.items.value, self.environment(state))
        if not isinstance(compiled, Template):
            self._report.add_all(step.items, compiled)
            return ANY
        kind = present(compiled.type)
        if isinstance(compiled.type, Maybe):
            self._report.add("P209", step.items.place, f"{step.items.value} may be missing", "guard the step with when")
        elif not isinstance(kind, ListOf) and kind != ANY:
            message = f"{step.items.value} is {with_article(kind)}, not a list"
            self._report.add("P227", step.items.place, message, 'write in: "${a_list}"')
        return present(kind.item) if isinstance(kind, ListOf) else ANY

    def condition(self, text: Text, state: State, *, is_approval: bool = False) -> Compiled | None:
        """Check a condition; only of an approval it makes sense that it always holds."""
        compiled = expression.compile(text.value, self.environment(state))
        if not isinstance(compiled, Compiled):
            self._report.add_all(text, compiled)
            return None
        self._check_choice(text, compiled, is_approval=is_approval)
        if isinstance(compiled.type, Maybe):
            hint = f"guard it with has({text.value}) && …"
            self._report.add("P209", text.at(0), f"{text.value} may be missing", hint)
        elif compiled.type not in (BOOL, ANY):
            message = f"{text.value} is {with_article(compiled.type)}, not true or false"
            self._report.add("P212", text.at(0), message)
        return compiled

    def _check_choice(self, text: Text, compiled: Compiled, *, is_approval: bool) -> None:
        """Report a condition that reads nothing, so that one of its ways is never taken."""
        if is_approval or compiled.names or compiled.type != BOOL:
            return
        try:
            outcome = str(compiled.holds({})).lower()
        except EvaluationError as error:
            outcome = f"an error: {error}"
        message = f"{text.value} is always {outcome}" if outcome != text.value else f"it is always {outcome}"
        self._report.add("P234", text.at(0), message, "remove what is never reached, or let the condition read a value")

    def text(self, text: Text, state: State, *, is_reply: bool = False) -> Template | None:
        """Check a text that a person or a search reads."""
        environment = self.environment(state)
        compiled = template.compile(text.value, environment, is_prose=True)
        if not isinstance(compiled, Template):
            self._report.add_all(text, compiled)
            return None
        for literal in template.escaped(text.value):
            if isinstance(expression.compile(literal.source, environment), Compiled):
                hint = f"an amount in dollars is written ${{'$' + string({literal.source})}}"
                message = f"$${{{literal.source}}} is a literal, not a value"
                self._report.add("P224", text.at(literal.offset), message, hint)
        for cite in () if is_reply else compiled.citations:
            self._report.add("P214", text.at(cite.offset), "{{…}} cites in a reply only")
        return compiled

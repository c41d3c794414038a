"""What the expressions at a point of a plan can see, and whether they are right."""

from __future__ import annotations

from segue.plan import expression, scope, template
from segue.plan.catalogue import Catalogue
from segue.plan.expression import Compiled, Environment
from segue.plan.language.types import ANY, BOOL, Maybe, Type, with_article
from segue.plan.plan import Plan, Step, Text
from segue.plan.template import Template
from segue.plan.verify.report import Report
from segue.plan.verify.state import State


class Sight:
    """The names that have a meaning at the point that a walk has come to."""

    def __init__(self, plan: Plan, catalogue: Catalogue, report: Report) -> None:
        self._catalogue = catalogue
        self._report = report
        self._names: dict[str, Type] = {"inputs": scope.inputs_type(plan), "ticket": scope.TICKET}
        self._later = {step.id for step in plan.all_steps() if scope.value_type(step, catalogue) is not None}

    def declare(self, step: Step) -> Type:
        """Let the steps below use a step's value, and return its type."""
        type_ = scope.value_type(step, self._catalogue) or ANY
        self._names[step.id] = type_ if isinstance(type_, Maybe) else Maybe(type_)
        self._later.discard(step.id)
        return type_

    def environment(self, state: State) -> Environment:
        """Return what an expression may use."""
        return Environment(names=self._names, known=state.known, later=frozenset(self._later))

    def condition(self, text: Text, state: State) -> Compiled | None:
        """Check a condition."""
        compiled = expression.compile(text.value, self.environment(state))
        if not isinstance(compiled, Compiled):
            self._report.add_all(text, compiled)
            return None
        if isinstance(compiled.type, Maybe):
            hint = f"guard it with has({text.value}) && …"
            self._report.add("P209", text.at(0), f"{text.value} may be missing", hint)
        elif compiled.type not in (BOOL, ANY):
            message = f"{text.value} is {with_article(compiled.type)}, not true or false"
            self._report.add("P212", text.at(0), message)
        return compiled

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

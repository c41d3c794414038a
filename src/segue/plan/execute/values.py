"""The values that a plan has so far, and its texts and conditions filled in with them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from segue.plan import expression, template
from segue.plan.expression import Compiled, Environment, EvaluationError
from segue.plan.plan import Fields, Items, Text, ToolStep, Value
from segue.plan.reads import Reads
from segue.plan.template import Template
from segue.tools import JSON

Reader: TypeAlias = Template | Compiled
"""What reads values of the plan."""


class Values:
    """`ticket`, `inputs` and the steps above, by name; a skipped step is absent."""

    def __init__(self, types: Environment, known: Mapping[str, JSON]) -> None:
        self._types = types
        self._known: ChainMap[str, JSON] = ChainMap(dict(known))

    def inside(self) -> Values:
        """Return a scope that sees these values; what is put into it is not seen outside."""
        inner = Values(self._types, {})
        inner._known = self._known.new_child()
        return inner

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def put(self, name: str, value: JSON) -> None:
        """Give a step its value."""
        self._known[name] = value

    @property
    def inputs(self) -> Mapping[str, JSON]:
        """The inputs that are known."""
        found: Mapping[str, JSON] = self._known["inputs"]
        return found

    def give(self, inputs: Mapping[str, JSON]) -> None:
        """Take in inputs that the customer gave; they are seen in every scope."""
        self._known.maps[-1]["inputs"] = {**self.inputs, **inputs}

    def passages(self, search: str) -> Sequence[JSON]:
        """Return what a search found; nothing where it was skipped."""
        found: Sequence[JSON] = self._known.get(search, {}).get("passages", ())
        return found

    # Filling in

    def text(self, text: Text, cite: Callable[[str], str] | None = None) -> str:
        """Return a text that somebody reads; `cite` gives what stands in place of the citations of a step.

        Raises:
            EvaluationError: A value in it is missing, or cannot be written.
        """
        return self.template(text).text(self._known, cite)

    def holds(self, condition: Text) -> bool:
        """Return whether a condition is true.

        Raises:
            EvaluationError: It is neither true nor false.
        """
        return self.condition(condition).holds(self._known)

    def args(self, step: ToolStep) -> dict[str, JSON]:
        """Return the arguments of a tool step.

        Raises:
            EvaluationError: A value in them is missing.
        """
        return {argument.name: self._filled_in(argument.value) for argument in step.args}

    def _filled_in(self, value: Value) -> JSON:
        match value:
            case Text():
                return self.template(value).value(self._known)
            case Items():
                return [self._filled_in(item) for item in value.items]
            case Fields():
                return {entry.name: self._filled_in(entry.value) for entry in value.fields}
            case _:
                return value.value

    # Compiling

    def template(self, text: Text) -> Template:
        """Return a text ready to be filled in."""
        compiled = template.compile(text.value, self._types)
        if not isinstance(compiled, Template):
            raise EvaluationError(f"{text.value}: {compiled[0].message}")
        return compiled

    def condition(self, text: Text) -> Compiled:
        """Return a condition ready to be evaluated."""
        compiled = expression.compile(text.value, self._types)
        if not isinstance(compiled, Compiled):
            raise EvaluationError(f"{text.value}: {compiled[0].message}")
        return compiled

    def readers(self, reads: Reads) -> list[Reader]:
        """Return what a step reads, ready to be filled in."""
        return [*map(self.template, reads.texts), *map(self.condition, reads.conditions)]

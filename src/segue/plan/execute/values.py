"""The values that a plan has so far, and its texts and conditions filled in with them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from segue.plan import expression, template
from segue.plan.expression import Compiled, Environment, EvaluationError
from segue.plan.language import money
from segue.plan.origin import Origin, Tree
from segue.plan.plan import Fields, Items, Text, ToolStep, Value
from segue.plan.provenance import Origins
from segue.plan.reads import Reads
from segue.plan.template import Template
from segue.plan.trace import of_args
from segue.tools import JSON

Reader: TypeAlias = Template | Compiled
"""What reads values of the plan."""


@dataclass(frozen=True)
class Known:
    """A value and where it comes from."""

    value: JSON
    origin: Origin


class Values:
    """`ticket`, `inputs` and the steps above, by name; a skipped step is absent."""

    def __init__(self, types: Environment, known: Mapping[str, JSON], origins: Origins, said: Origin) -> None:
        """Begin with `ticket` and `inputs`.

        Args:
            types: Of everything that the plan's expressions use.
            known: The values there are.
            origins: Where they come from, and where it comes from which steps run.
            said: Where inputs come from that the customer is asked for.
        """
        self._types = types
        self._said = said
        self._known: ChainMap[str, JSON] = ChainMap(dict(known))
        self._trees: ChainMap[str, Tree] = ChainMap(dict(origins.known))
        self._origins = replace(origins, known=self._trees, is_not_negative=self._is_not_negative)

    def inside(self) -> Values:
        """Return a scope that sees these values; what is put into it is not seen outside."""
        inner = Values(self._types, {}, replace(self._origins, known={}), self._said)
        inner._known, inner._trees = self._known.new_child(), self._trees.new_child()
        inner._origins = replace(inner._origins, known=inner._trees)
        return inner

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def put(self, name: str, known: Known) -> None:
        """Give a step its value."""
        self._known[name] = known.value
        self._trees[name] = known.origin

    @property
    def inputs(self) -> Mapping[str, JSON]:
        """The inputs that are known."""
        found: Mapping[str, JSON] = self._known["inputs"]
        return found

    def give(self, inputs: Mapping[str, JSON]) -> None:
        """Take in inputs that the customer was asked for; they are seen in every scope."""
        self._known.maps[-1]["inputs"] = {**self.inputs, **inputs}
        known = self._trees["inputs"]
        if not isinstance(known, Origin):
            self._trees.maps[-1]["inputs"] = {**known, **dict.fromkeys(inputs, self._said)}

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

    def args(self, step: ToolStep) -> tuple[dict[str, JSON], dict[str, Origin]]:
        """Return the arguments of a tool step, and where each comes from.

        Raises:
            EvaluationError: A value in them is missing.
        """
        args = {argument.name: self._filled_in(argument.value) for argument in step.args}
        return args, of_args(step, self._origins)

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

    def _is_not_negative(self, source: str) -> bool:
        """Say whether an expression gives an amount from 0 up; of one without a value it cannot be said."""
        compiled = expression.compile(source, self._types)
        try:
            return isinstance(compiled, Compiled) and money.at_most("0", str(compiled.evaluate(self._known)))
        except (EvaluationError, ValueError):
            return False

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

"""The values that a plan has so far, and its texts and conditions filled in with them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from segue.plan import expression, template
from segue.plan.expression import Compiled, Environment, EvaluationError
from segue.plan.language import money
from segue.plan.language.types import ANY, ListOf, Type, present
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

    def __init__(
        self,
        types: Environment,
        known: ChainMap[str, JSON],
        trees: ChainMap[str, Tree],
        origins: Origins,
        said: Origin,
    ) -> None:
        """Begin with what is known.

        Args:
            types: Of everything that the plan's expressions use.
            known: The values there are, `ticket` and `inputs` among them; what is put here goes into the first map.
            trees: Where they come from.
            origins: Where the plan's constants come from, and the decisions which steps run.
            said: Where inputs come from that the customer is asked for.
        """
        self._types = types
        self._known = known
        self._trees = trees
        self._origins = replace(origins, known=trees, is_not_negative=self._is_not_negative)
        self._said = said

    def inside(self, names: Mapping[str, Type] | None = None) -> Values:
        """Return a scope that sees these values; what is put into it is not seen outside.

        Args:
            names: What has another type there.
        """
        types = replace(self._types, names={**self._types.names, **names}) if names else self._types
        return Values(types, self._known.new_child(), self._trees.new_child(), self._origins, self._said)

    def with_item(self, name: str, kind: Type, item: Known) -> Values:
        """Return a scope in which an item of a loop has a name."""
        inner = self.inside({name: kind})
        inner.put(name, item)
        return inner

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def put(self, name: str, known: Known) -> None:
        """Give a step its value."""
        self._known[name] = known.value
        self._trees[name] = known.origin

    def kept(self) -> tuple[dict[str, JSON], dict[str, Type], dict[str, Tree]]:
        """Return the values that steps gave, their types, and where they come from."""
        names = [name for name in self._known if name not in ("inputs", "ticket")]
        values, trees = ({name: found[name] for name in names} for found in (self._known, self._trees))
        return values, {name: self._types.names[name] for name in names}, trees

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

    def by_models(self, text: Text) -> tuple[str, ...]:
        """Return the values in a text that models wrote, as they stand in it.

        Raises:
            EvaluationError: A value in it is missing, or cannot be written.
        """
        return tuple(
            template.written(part.evaluate(self._known), part.source)
            for part in self.template(text).parts
            if isinstance(part, Compiled) and self._origins.of_expression(part.source).is_by_models
        )

    def items(self, text: Text) -> tuple[list[JSON], Type, Origin]:
        """Return a list, the type of its items, and where it comes from.

        Raises:
            EvaluationError: It is no list.
        """
        compiled = self.template(text)
        found, kind = compiled.value(self._known), present(compiled.type)
        if not isinstance(found, list):
            raise EvaluationError(f"{text.value}: is no list")
        return found, kind.item if isinstance(kind, ListOf) else ANY, self._origins.of_text(text.value)

    def given(self, value: Value | None) -> Known:
        """Return a value of the plan with everything filled in.

        Raises:
            EvaluationError: A value in it is missing.
        """
        if value is None:
            return Known(None, self._origins.constant)
        return Known(self._filled_in(value), self._origins.of_value(value))

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

"""Whether a step's arguments fit the tool that it calls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from segue.plan import template
from segue.plan.catalogue import Entry
from segue.plan.expression import Compiled, Environment
from segue.plan.language import money
from segue.plan.language.types import (
    ANY,
    BOOL,
    DOUBLE,
    INT,
    MONEY,
    ListOf,
    MapOf,
    Maybe,
    Record,
    Scalar,
    Type,
    mismatch,
    present,
    with_article,
)
from segue.plan.plan import Argument, Constant, Fields, Items, Place, Text, ToolStep, Value
from segue.plan.rules import nearest
from segue.plan.template import Template
from segue.plan.verify.report import Report


def check(step: ToolStep, entry: Entry, environment: Environment, whole: Collection[str], report: Report) -> None:
    """Report every argument that is unknown, missing or of a type that does not fit.

    Args:
        step: Whose arguments they are.
        entry: What it calls.
        environment: What may be used there.
        whole: Steps above whose value is no null: it is missing only where they did not run.
        report: Where it is said.
    """
    given = {argument.name for argument in step.args}
    for parameter in entry.parameters:
        if parameter.required and parameter.name not in given:
            message = f"{entry.name} needs the argument {parameter.name} ({parameter.type})"
            report.add("P204", step.tool.place, message)
    for argument in step.args:
        known = entry.parameter(argument.name)
        if known is None:
            hint = nearest(argument.name, [parameter.name for parameter in entry.parameters])
            report.add("P202", argument.place, f"{entry.name} takes no argument {argument.name}", hint)
        target = known.type if known else ANY
        _Check(environment, whole, report).value(argument.name, argument.value, target)


def check_value(name: str, value: Value, environment: Environment, whole: Collection[str], report: Report) -> None:
    """Report what is wrong inside a value that may be of any type."""
    _Check(environment, whole, report).value(name, value, ANY)


@dataclass(frozen=True)
class _Check:
    environment: Environment
    whole: Collection[str]
    report: Report

    def value(self, name: str, value: Value, target: Type) -> None:
        match value:
            case Text():
                self.text(name, value, target)
            case Constant():
                self.constant(name, value, present(target))
                if value.value is None and not isinstance(target, Maybe) and target != ANY:
                    self.unfit(value.place, f"{name} is null, and {with_article(target)} is needed")
            case Items():
                self.items(name, value, present(target))
            case Fields():
                self.fields(name, value, present(target))

    def unfit(self, place: Place, message: str, hint: str = "") -> None:
        self.report.add("P205", place, f"argument {message}", hint)

    def text(self, name: str, text: Text, target: Type) -> None:
        compiled = template.compile(text.value, self.environment)
        if not isinstance(compiled, Template):
            self.report.add_all(text, compiled)
            return
        for cite in compiled.citations:
            self.report.add("P214", text.at(cite.offset), "{{…}} cites in a reply only", "a value is written ${…}")
        if all(isinstance(part, str) for part in compiled.parts):
            self.literal(name, text, compiled.text({}), present(target))
            return
        skipped = self.skipped(compiled)
        reason = mismatch(compiled.type, target) or skipped
        if not reason:
            return
        is_missing = bool(skipped) or (isinstance(compiled.type, Maybe) and not isinstance(target, Maybe))
        hint = f"guard the step with when: has({text.value[2:-1]})" if is_missing else ""
        self.report.add("P209" if is_missing else "P205", text.place, f"argument {name}: {text.value} {reason}", hint)

    def skipped(self, compiled: Template) -> str:
        """Say that there is no value where its step was skipped; one that may be null is there all the same."""
        part = compiled.parts[0]
        path = part.checked.path if isinstance(part, Compiled) and isinstance(compiled.type, Maybe) else None
        is_skipped = path is not None and path[0] in self.whole and path[:1] not in (self.environment.known or ())
        return "may be missing, because its step may have been skipped or have failed" if is_skipped else ""

    def literal(self, name: str, text: Text, value: str, target: Type) -> None:
        if target == MONEY:
            try:
                money.read(value)
            except ValueError as error:
                self.unfit(text.place, f"{name}: {error}")
        elif isinstance(target, Scalar) and target.name == "string":
            if target.values and value not in target.values:
                message = f"{name} is {value!r}, not one of {', '.join(target.values)}"
                self.unfit(text.place, message, nearest(value, target.values))
        elif target != ANY:
            hint = "remove the quotes" if target in (INT, DOUBLE, BOOL) else ""
            self.unfit(text.place, f"{name} is a text, not {with_article(target)}", hint)

    def constant(self, name: str, constant: Constant, target: Type) -> None:
        fits: dict[type, tuple[Type, ...]] = {
            bool: (BOOL,),
            int: (INT, DOUBLE, MONEY),
            float: (DOUBLE, MONEY),
        }
        if constant.value is None or target == ANY or target in fits[type(constant.value)]:
            return
        kind = fits[type(constant.value)][0]
        hint = "put it in quotes" if isinstance(target, Scalar) and target.name == "string" else ""
        self.unfit(constant.place, f"{name} is {with_article(kind)}, not {with_article(target)}", hint)

    def items(self, name: str, items: Items, target: Type) -> None:
        if not isinstance(target, ListOf) and target != ANY:
            self.unfit(items.place, f"{name} is a list, not {with_article(target)}")
        item_type = target.item if isinstance(target, ListOf) else ANY
        for number, item in enumerate(items.items):
            self.value(f"{name}[{number}]", item, item_type)

    def fields(self, name: str, fields: Fields, target: Type) -> None:
        if not isinstance(target, Record | MapOf) and target != ANY:
            self.unfit(fields.place, f"{name} is a record, not {with_article(target)}")
        for field in fields.fields:
            self.value(f"{name}.{field.name}", field.value, self.field_type(name, field, target))
        if isinstance(target, Record):
            given = {field.name for field in fields.fields}
            for wanted in target.fields:
                if wanted.required and wanted.name not in given:
                    self.unfit(fields.place, f"{name} lacks the field {wanted.name} ({wanted.type})")

    def field_type(self, name: str, field: Argument, target: Type) -> Type:
        if isinstance(target, MapOf):
            return target.value
        if not isinstance(target, Record):
            return ANY
        found = target.field(field.name)
        if found is None:
            hint = nearest(field.name, [known.name for known in target.fields])
            self.unfit(field.place, f"{name} has no field {field.name}", hint)
        return found.type if found else ANY

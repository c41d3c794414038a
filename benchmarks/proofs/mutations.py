"""Faults put into good plans, one at a time and everywhere they fit: each kind is a mistake that people make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from segue.plan.catalogue import Catalogue
from segue.plan.language.types import MONEY
from segue.plan.plan import (
    Argument,
    AskStep,
    CheckStep,
    ChooseStep,
    Constant,
    EachStep,
    EscalateStep,
    Items,
    ModelStep,
    OnError,
    Plan,
    ReplyStep,
    SearchStep,
    Step,
    Text,
    ToolStep,
    Work,
)
from segue.tools.tool import Tool

Steps: TypeAlias = tuple[Step, ...]
Tools: TypeAlias = Mapping[str, Tool]
Rewrite: TypeAlias = Callable[["_Subject", Steps, int], Iterator[tuple[str, Steps]]]
"""Yields the kind of a fault, and a list of steps with it at one place."""


@dataclass(frozen=True)
class Mutant:
    """A plan with one fault."""

    kind: str
    plan: Plan
    tools: Tools


@dataclass(frozen=True)
class _Subject:
    plan: Plan
    tools: Tools


def mutants(plan: Plan, tools: Tools) -> Iterator[Mutant]:
    """Yield a plan with every fault that can be put into it."""
    subject = _Subject(plan, tools)
    for rewrite in (_moved, _dropped, _conditional, _unguarded, _argued, _ended, _misread, _replied):
        for kind, steps in _everywhere(plan.steps, rewrite, subject):
            yield Mutant(kind, replace(plan, steps=steps), tools)
    used = {step.tool.value for step in plan.all_steps() if isinstance(step, ToolStep)}
    for name in sorted(used & tools.keys()):
        if tools[name].owner is not None:
            yield Mutant("owner not looked at", plan, {**tools, name: replace(tools[name], owner=None)})
        if tools[name].trusted and tools[name].effect == "read":
            yield Mutant("tool not trusted", plan, {**tools, name: replace(tools[name], trusted=False, owner=None)})


def _everywhere(steps: Steps, rewrite: Rewrite, subject: _Subject) -> Iterator[tuple[str, Steps]]:
    """Yield some steps with a fault at each place in turn, inside of steps too."""
    for at, step in enumerate(steps):
        yield from rewrite(subject, steps, at)
        for inner, put in _inner(step):
            for kind, changed in _everywhere(inner, rewrite, subject):
                yield kind, _with(steps, at, put(changed))


def _inner(step: Step) -> Iterator[tuple[Steps, Callable[[Steps], Step]]]:
    match step:
        case CheckStep():
            yield step.otherwise, lambda new: replace(step, otherwise=new)
        case EachStep():
            yield step.steps, lambda new: replace(step, steps=new)
        case ChooseStep():
            for number, option in enumerate(step.options):
                yield (
                    option.steps,
                    lambda new, n=number: replace(  # type: ignore[misc]
                        step,
                        options=tuple(
                            replace(each, steps=new) if m == n else each for m, each in enumerate(step.options)
                        ),
                    ),
                )
        case ToolStep() | SearchStep() | ModelStep() if step.on_error is not None and step.on_error.steps:
            on_error = step.on_error
            yield on_error.steps, lambda new: replace(step, on_error=replace(on_error, steps=new))


def _with(steps: Steps, at: int, *new: Step) -> Steps:
    return (*steps[:at], *new, *steps[at + 1 :])


# The faults


def _moved(subject: _Subject, steps: Steps, at: int) -> Iterator[tuple[str, Steps]]:
    if at + 1 < len(steps):
        yield "order swapped", (*steps[:at], steps[at + 1], steps[at], *steps[at + 2 :])
    if at + 2 < len(steps):
        yield "done too late", (*steps[:at], *steps[at + 1 : -1], steps[at], steps[-1])


def _dropped(subject: _Subject, steps: Steps, at: int) -> Iterator[tuple[str, Steps]]:
    step, without = steps[at], (*steps[:at], *steps[at + 1 :])
    if isinstance(step, ToolStep) and step.tool.value in subject.tools:
        tool = subject.tools[step.tool.value]
        yield "fact not established" if tool.provides else "lookup dropped", without
    elif isinstance(step, SearchStep):
        yield "evidence dropped", without
    elif isinstance(step, CheckStep):
        yield "guard dropped", without
    elif isinstance(step, AskStep | ModelStep):
        yield "question dropped", without
    elif isinstance(step, ReplyStep | EscalateStep):
        yield "end dropped", without


def _conditional(subject: _Subject, steps: Steps, at: int) -> Iterator[tuple[str, Steps]]:
    step = steps[at]
    if isinstance(step, ToolStep | SearchStep | ModelStep) and step.when is None:
        is_fact = isinstance(step, ToolStep) and subject.tools[step.tool.value].provides
        when = Text(value="ticket.channel == 'email' && ticket.subject.contains('1')")
        yield "fact only sometimes" if is_fact else "value only sometimes", _with(steps, at, replace(step, when=when))
    if isinstance(step, Work) and (step.on_error is None or not step.on_error.goes_on):
        found = SearchStep(id=f"{step.id}_other", query=Text(value="what to do instead"))
        onward = replace(step, on_error=OnError(steps=(found,), goes_on=True))
        yield "failure passed over", _with(steps, at, onward)


def _unguarded(subject: _Subject, steps: Steps, at: int) -> Iterator[tuple[str, Steps]]:
    step = steps[at]
    if step.when is not None:
        yield "guard dropped", _with(steps, at, replace(step, when=None))
    if isinstance(step, Work) and step.expect is not None:
        yield "guard dropped", _with(steps, at, replace(step, expect=None))
    if isinstance(step, ToolStep) and step.approve is not None:
        yield "approval dropped", _with(steps, at, replace(step, approve=None))
        never = Text(value="ticket.channel == 'telephone'")
        yield "approval dropped", _with(steps, at, replace(step, approve=never))
    if isinstance(step, ToolStep) and subject.tools[step.tool.value].effect == "once":
        yield "action tried again", _with(steps, at, replace(step, on_error=OnError(retries=2)))
    if isinstance(step, EachStep):
        yield "loop unbounded", _with(steps, at, replace(step, most=100_000))


def _argued(subject: _Subject, steps: Steps, at: int) -> Iterator[tuple[str, Steps]]:
    step = steps[at]
    if not isinstance(step, ToolStep):
        return
    yield "unknown tool", _with(steps, at, replace(step, tool=replace(step.tool, value=f"{step.tool.value}x")))
    more = Argument(name="surprise", value=Text(value="x"))
    yield "unknown argument", _with(steps, at, replace(step, args=(*step.args, more)))
    entry = Catalogue.of([subject.tools[step.tool.value]]).entries[step.tool.value]
    for number, argument in enumerate(step.args):
        without = (*step.args[:number], *step.args[number + 1 :])
        yield "argument dropped", _with(steps, at, replace(step, args=without))

        def other(value: Any, n: int = number) -> Steps:
            changed = tuple(replace(a, value=value) if m == n else a for m, a in enumerate(step.args))
            return _with(steps, at, replace(step, args=changed))

        for wrong in (Constant(value=7), Constant(value=True), Text(value="no amount"), Items(items=())):
            yield "wrong type", other(wrong)
        for source in _sources(subject.plan):
            yield "source lowered", other(Text(value=source))
        known = entry.parameter(argument.name)
        if isinstance(argument.value, Text) and known is not None and known.type == MONEY:
            sum_ = re.sub(r"^\$\{(.*)\}$", r"${\1 + 1}", argument.value.value)
            yield "money added up", other(replace(argument.value, value=sum_))


def _sources(plan: Plan) -> Iterator[str]:
    """Yield what a customer, a model or an article could put in the place of an argument."""
    yield "${ticket.text}"
    yield "${ticket.customer.name}"
    for entry in plan.inputs:
        yield f"${{inputs.{entry.name}}}"
    for step in plan.all_steps():
        if isinstance(step, AskStep):
            yield f"${{{step.id}.text}}"
        elif isinstance(step, ModelStep):
            yield f"${{{step.id}}}"
        elif isinstance(step, SearchStep):
            yield f"${{{step.id}.passages[0].text}}"


def _ended(subject: _Subject, steps: Steps, at: int) -> Iterator[tuple[str, Steps]]:
    step = steps[at]
    if isinstance(step, CheckStep):
        yield "way out dropped", _with(steps, at, replace(step, otherwise=step.otherwise[:-1]))
        yield "no condition", _with(steps, at, replace(step, condition=Text(value="'yes'")))
    if isinstance(step, Work) and step.on_error is not None and len(step.on_error.steps) > 1:
        short = replace(step.on_error, steps=step.on_error.steps[:-1])
        yield "way out dropped", _with(steps, at, replace(step, on_error=short))
    if isinstance(step, EscalateStep):
        yield "no reason", _with(steps, at, replace(step, reason=Text(value="because")))
    if isinstance(step, AskStep) and step.into is not None:
        yield "name misspelt", _with(steps, at, replace(step, into=Text(value=f"{step.into.value}x")))


_READ = re.compile(r"\b(inputs|ticket|[a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\b(?!\()")


def _misread(subject: _Subject, steps: Steps, at: int) -> Iterator[tuple[str, Steps]]:
    """Misspell each name that is read."""
    step = steps[at]
    ids = {"inputs", "ticket", *(each.id for each in subject.plan.all_steps())}
    for key in ("when", "condition", "expect", "approve", "query", "question", "text", "items"):
        text = getattr(step, key, None)
        if isinstance(text, Text):
            for wrong in _misspelt(text.value, ids):
                changed: Any = {key: replace(text, value=wrong)}
                yield "name misspelt", _with(steps, at, replace(step, **changed))
    for number, argument in enumerate(step.args if isinstance(step, ToolStep) else ()):
        if isinstance(argument.value, Text) and isinstance(step, ToolStep):
            for wrong in _misspelt(argument.value.value, ids):
                args = list(step.args)
                args[number] = replace(argument, value=replace(argument.value, value=wrong))
                yield "name misspelt", _with(steps, at, replace(step, args=tuple(args)))


def _misspelt(text: str, ids: set[str]) -> Iterator[str]:
    for match in _READ.finditer(text):
        if match[1] in ids:
            yield f"{text[: match.end()]}x{text[match.end() :]}"
            yield f"{text[: match.end(1)]}x{text[match.end(1) :]}"


def _replied(subject: _Subject, steps: Steps, at: int) -> Iterator[tuple[str, Steps]]:
    step = steps[at]
    if not isinstance(step, ReplyStep):
        return
    if step.text is not None and "{{" in step.text.value:
        bare = replace(step.text, value=re.sub(r"\{\{\w+\}\}", "our rules", step.text.value))
        yield "evidence dropped", _with(steps, at, replace(step, text=bare))
        wrong = replace(step.text, value=re.sub(r"\{\{(\w+)\}\}", r"{{\1x}}", step.text.value))
        yield "cites nothing", _with(steps, at, replace(step, text=wrong))
    if step.answer:
        yield "cites nothing", _with(steps, at, replace(step, answer=(Text(value="nowhere"),)))

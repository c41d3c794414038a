"""What each kind of step reads, as texts and conditions of the plan."""

from __future__ import annotations

from dataclasses import dataclass

from segue.plan.plan import (
    AskStep,
    CheckStep,
    ChooseStep,
    EachStep,
    Fields,
    Items,
    ModelStep,
    ReplyStep,
    SearchStep,
    Step,
    Text,
    ToolStep,
    Value,
    Work,
)


@dataclass(frozen=True, slots=True)
class Reads:
    """Everything in a step that reads values."""

    texts: tuple[Text, ...] = ()
    conditions: tuple[Text, ...] = ()


def before(step: Step) -> Reads:
    """Return what a step reads before it has a value of its own."""
    when = (step.when,) if step.when is not None else ()
    match step:
        case ToolStep():
            texts = tuple(text for argument in step.args for text in texts_of(argument.value))
            return Reads(texts, (*when, step.approve) if step.approve is not None else when)
        case SearchStep():
            return Reads((step.query,), when)
        case ModelStep():
            return Reads(texts_of(step.given) if step.given is not None else (), when)
        case ChooseStep(given=Text() as text) | EachStep(items=text):
            return Reads((text,), when)
        case AskStep():
            return Reads((step.question,), when)
        case CheckStep():
            return Reads((), (*when, step.condition))
        case ReplyStep(text=Text() as text):
            return Reads((text,), when)
        case _:
            return Reads((), when)


def all_of(step: Step) -> Reads:
    """Return everything that a step reads, its own value included."""
    first = before(step)
    if isinstance(step, Work) and step.expect is not None:
        return Reads(first.texts, (*first.conditions, step.expect))
    return first


def texts_of(value: Value) -> tuple[Text, ...]:
    """Return the texts in a value."""
    match value:
        case Text():
            return (value,)
        case Items():
            return tuple(text for item in value.items for text in texts_of(item))
        case Fields():
            return tuple(text for entry in value.fields for text in texts_of(entry.value))
        case _:
            return ()

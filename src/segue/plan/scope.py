"""What the names in a plan's expressions mean: the ticket, the inputs, and the steps above."""

from __future__ import annotations

from segue.plan.catalogue import Catalogue
from segue.plan.expression import Environment
from segue.plan.language.types import (
    ANY,
    BOOL,
    DOUBLE,
    INT,
    MONEY,
    STRING,
    Field,
    ListOf,
    Maybe,
    Record,
    Scalar,
    Type,
    record,
)
from segue.plan.plan import AskStep, EachStep, Input, ModelStep, Plan, SearchStep, Step, ToolStep

TICKET = record(
    id=STRING,
    subject=STRING,
    text=STRING,
    channel=STRING,
    customer=record(id=STRING, email=STRING, name=STRING, authenticated=BOOL),
)
"""What the customer's mail does not say is an empty text."""
FOUND = record(
    found=BOOL,
    passages=ListOf(record(document=STRING, title=STRING, heading=STRING, text=STRING, score=DOUBLE)),
)
"""The value of a search."""
ANSWER = record(text=STRING)
"""The value of an ask."""

_INPUTS = {"integer": INT, "number": DOUBLE, "boolean": BOOL, "money": MONEY}


def value_type(step: Step, catalogue: Catalogue) -> Type | None:
    """Return the type of a step's value, or None where it has none; of an unknown tool it is `any`."""
    match step:
        case ToolStep():
            entry = catalogue.get(step.tool.value)
            return entry.type if entry else ANY
        case SearchStep():
            return FOUND
        case ModelStep():
            return step.type
        case AskStep():
            return ANSWER
        case _:
            return None


def inputs_type(plan: Plan) -> Record:
    """Return the type of `inputs`: a missing one is nothing if it is optional, or if a step asks for it."""
    asked = plan.asked_inputs()
    return Record(
        tuple(
            Field(
                entry.name,
                _input_type(entry) if entry.required and entry.name not in asked else Maybe(_input_type(entry)),
            )
            for entry in plan.inputs
        )
    )


def _input_type(entry: Input) -> Type:
    return Scalar("string", entry.choices) if entry.choices else _INPUTS.get(entry.type, STRING)


def environment(plan: Plan, catalogue: Catalogue) -> Environment:
    """Return what the expressions of a verified plan use when it runs, wherever they stand in it.

    The item of a loop is `any` here: it has its type where the loop is gone through.
    """
    names: dict[str, Type] = {"inputs": inputs_type(plan), "ticket": TICKET}
    for step in plan.all_steps():
        type_ = value_type(step, catalogue)
        if type_ is not None:
            names[step.id] = type_
        if isinstance(step, EachStep):
            names[step.name] = ANY
    return Environment(names=names)

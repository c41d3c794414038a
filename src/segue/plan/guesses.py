"""Which inputs of a plan a model may find in the customer's words: those that no action demands to be more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from segue.plan import demands
from segue.plan.catalogue import Catalogue
from segue.plan.origin import of_customer
from segue.plan.plan import Plan, ToolStep
from segue.plan.trace import assumed, is_always_approved, trace


def harmless(plan: Plan, catalogue: Catalogue, names: Iterable[str]) -> frozenset[str]:
    """Return the inputs among some that may be a model's guess; the others are asked for, or end as `low_confidence`.

    A guess is of level `content`. An argument that demands more would end the plan as `policy`, where a question to the
    customer lets it go on; where a person approves the action, they see where the value comes from.
    """
    known = {entry.name for entry in plan.inputs}
    usual = frozenset(_short(plan, catalogue, frozenset()))
    return frozenset(
        name for name in names if name in known and frozenset(_short(plan, catalogue, frozenset({name}))) <= usual
    )


def _short(plan: Plan, catalogue: Catalogue, guessed: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield step and parameter of each argument that falls short if some inputs are guesses."""
    known = assumed(plan)
    inputs = known["inputs"]
    guess = of_customer(is_authenticated=True, is_guessed=True)
    said = {**(inputs if isinstance(inputs, dict) else {}), **dict.fromkeys(guessed, guess)}
    args = trace(plan, catalogue, {**known, "inputs": said}).args
    for step in plan.all_steps():
        entry = catalogue.get(step.tool.value) if isinstance(step, ToolStep) else None
        if isinstance(step, ToolStep) and entry is not None and not is_always_approved(step, entry):
            for each in demands.short(entry, args.get(step.id, {})):
                yield step.id, each.parameter

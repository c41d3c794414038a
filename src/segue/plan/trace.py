"""The origins of everything in a plan, as far as they can be told before it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from segue.plan.catalogue import Catalogue, Entry
from segue.plan.origin import (
    ANSWER,
    COMPOSED,
    KNOWLEDGE,
    NOWHERE,
    PROCEDURE,
    Level,
    Origin,
    Tree,
    lowest,
    of_customer,
    of_model,
    of_ticket,
)
from segue.plan.plan import (
    AskStep,
    CheckStep,
    ChooseStep,
    EachStep,
    ModelStep,
    OnError,
    Plan,
    ReplyStep,
    SearchStep,
    Step,
    Text,
    ToolStep,
)
from segue.plan.provenance import Origins


@dataclass(frozen=True)
class Trace:
    """Where everything in a plan comes from, if each record that has an owner is the customer's."""

    known: Mapping[str, Tree]
    """Values, by name."""
    presence: Mapping[str, Origin]
    """By step: of the decision whether it runs, where there is one."""
    args: Mapping[str, Mapping[str, Origin]]
    """By tool step: of each argument."""
    decisions: Mapping[tuple[str, str], Origin]
    """By step and key (`when`, `check`, `expect`, `choose`, `each`, `reply`): of what is read there."""


def trace(plan: Plan, catalogue: Catalogue, known: Mapping[str, Tree] | None = None) -> Trace:
    """Return where everything in a plan comes from; pure, and never raises on a plan within the limits.

    Args:
        plan: The plan.
        catalogue: The tools it uses; of one that is not there, everything is `content`.
        known: Where `ticket` and the inputs come from; else as of an authenticated customer whose words gave them.
    """
    tracing = _Tracing(plan, catalogue, dict(known or assumed(plan)))
    tracing.steps(plan.steps, None)
    return Trace(tracing.known, tracing.presence, tracing.args, tracing.decisions)


def assumed(plan: Plan) -> dict[str, Tree]:
    """Return where `ticket` and the inputs come from, if the customer is authenticated and said it all.

    What a model wants to know of a customer, and how it asks for it, is as little believed as the model.
    """
    said = of_customer(is_authenticated=True, is_guessed=plan.made_by == "model")
    return {"ticket": of_ticket(is_authenticated=True), "inputs": {entry.name: said for entry in plan.inputs}}


def constant(plan: Plan) -> Origin:
    """Return the origin of what stands in a plan itself."""
    return COMPOSED if plan.made_by == "model" else PROCEDURE


def of_args(step: ToolStep, origins: Origins) -> dict[str, Origin]:
    """Return where each argument of a tool step comes from."""
    return {argument.name: origins.of_value(argument.value) for argument in step.args}


def of_result(entry: Entry | None, args: Iterable[Origin], *, is_record: bool = True) -> Origin:
    """Return where a tool's result comes from.

    Args:
        entry: The tool; `None` for one that is not known.
        args: Where its arguments come from.
        is_record: There is one, so that its owner was looked at.
    """
    if entry is None:
        return NOWHERE
    source = f"tool:{entry.name}"
    if not entry.trusted:
        return Origin(Level.CONTENT, (source,))
    if entry.owner is not None and is_record:
        return Origin(Level.SYSTEM, (source,))
    given = list(args)
    return lowest(given).with_source(source) if given else Origin(Level.SYSTEM, (source,))


def approved(args: Mapping[str, Origin]) -> dict[str, Origin]:
    """Return where arguments come from once a person has said yes to exactly these."""
    return {name: Origin(Level.SYSTEM, origin.with_source("person").sources) for name, origin in args.items()}


def is_always_approved(step: ToolStep, entry: Entry | None) -> bool:
    """Say whether no run makes a call without a person's yes to its arguments."""
    conditions = [step.approve.value if step.approve else "", (entry.approve if entry else None) or ""]
    return any(condition.strip() == "true" for condition in conditions)


@dataclass
class _Tracing:
    """One pass over one plan."""

    plan: Plan
    catalogue: Catalogue
    known: dict[str, Tree]
    presence: dict[str, Origin] = field(default_factory=dict)
    args: dict[str, dict[str, Origin]] = field(default_factory=dict)
    decisions: dict[tuple[str, str], Origin] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._origins = Origins(self.known, self.presence, constant(self.plan))

    def steps(self, steps: Iterable[Step], decided: Origin | None) -> None:
        """Trace some steps; `decided` is the origin of what decides that they run."""
        for step in steps:
            self._step(step, _both(decided, self._decision(step, "when", step.when)))

    def _step(self, step: Step, decided: Origin | None) -> None:
        match step:
            case ToolStep():
                self._tool(step, decided)
            case SearchStep():
                query = self._origins.of_text(step.query.value)
                self._result(step, KNOWLEDGE, lowest([query, KNOWLEDGE]), decided, step.on_error, step.expect)
            case ModelStep():
                answer = of_model(
                    self._origins.of_value(step.given) if step.given is not None else self._origins.constant
                )
                self._result(step, answer, answer, decided, step.on_error, step.expect)
            case AskStep():
                self._give(step, ANSWER, decided)
            case CheckStep():
                self.steps(step.otherwise, _both(decided, self._decision(step, "check", step.condition)))
            case ChooseStep():
                self._choose(step, decided)
            case EachStep():
                self._each(step)
            case ReplyStep(text=Text() as text):
                told = replace(self._origins, presence={})  # what decides between its words is not told in it
                self.decisions[step.id, "reply"] = told.of_text(text.value)

    def _tool(self, step: ToolStep, decided: Origin | None) -> None:
        entry = self.catalogue.get(step.tool.value)
        given = of_args(step, self._origins)
        self.args[step.id] = given
        if is_always_approved(step, entry):
            given = approved(given)
        result = of_result(entry, given.values())
        asked = lowest([*given.values(), result])  # whoever gives the arguments can make it fail, or find nothing
        if entry is None or entry.may_find_nothing:
            decided = _both(decided, asked)
        self._result(step, result, asked, decided, step.on_error, step.expect)

    def _choose(self, step: ChooseStep, decided: Origin | None) -> None:
        given = step.given.value if step.given is not None else "${ticket.text}"
        read = self._origins.of_text(given)
        choice = of_model(read) if step.by == "model" else Origin(Level.CONTENT, read.sources)
        self.decisions[step.id, "choose"] = choice
        for option in step.options:
            self.steps(option.steps, _both(decided, choice))

    def _each(self, step: EachStep) -> None:
        items = self._origins.of_text(step.items.value)
        self.decisions[step.id, "each"] = items
        before = self.known.get(step.name)
        self.known[step.name] = items
        self.steps(step.steps, None)
        if before is None:
            del self.known[step.name]
        else:
            self.known[step.name] = before

    def _result(
        self,
        step: Step,
        value: Origin,
        failure: Origin,
        decided: Origin | None,
        on_error: OnError | None,
        expect: Text | None,
    ) -> None:
        self._give(step, value, decided)
        failed = _both(_both(decided, failure), self._decision(step, "expect", expect))
        if on_error is not None and on_error.goes_on and failed is not None:
            self.presence[step.id] = failed
        if on_error is not None:
            self.steps(on_error.steps, failed)

    def _give(self, step: Step, value: Origin, decided: Origin | None) -> None:
        self.known[step.id] = value
        if decided is not None:
            self.presence[step.id] = decided

    def _decision(self, step: Step, key: str, condition: Text | None) -> Origin | None:
        if condition is None:
            return None
        self.decisions[step.id, key] = self._origins.of_expression(condition.value)
        return self.decisions[step.id, key]


def _both(one: Origin | None, other: Origin | None) -> Origin | None:
    if one is None or other is None:
        return other if one is None else one
    return lowest((one, other))

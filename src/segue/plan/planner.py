"""Planning without a model: what a plan requires and does not look up is looked up, where that can be done in one way.

Backward chaining over `provides`: a fact that a step requires and nothing establishes is established right before it by
tools that only read. And plans that a model wrote are read here: by the same grammar, through the same door.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from segue.errors import Finding
from segue.plan import demands, procedure
from segue.plan.catalogue import Catalogue, Entry, Parameter
from segue.plan.expression import Environment
from segue.plan.language.types import Maybe, Record, Type, mismatch, present
from segue.plan.nesting import with_steps_before
from segue.plan.origin import NEEDED, Origin, Tree, at
from segue.plan.plan import Argument, Plan, Step, Text, ToolStep
from segue.plan.trace import of_result, trace
from segue.plan.verify import Policy, verify
from segue.plan.verify.verification import Point, points

MOST_INSERTED: Final = 4
"""Steps that are inserted before one step, at most."""
_OF_CUSTOMER: Final = {"customer_id": "ticket.customer.id", "email": "ticket.customer.email"}
_FENCE: Final = re.compile(r"\A\s*```[a-z]*\n(.*?)\n```\s*\Z", re.DOTALL)


def complete(plan: Plan, catalogue: Catalogue, policy: Policy | None = None) -> Plan:
    """Return the plan with the reads that establish what its steps require; pure.

    Only tools of effect `read` are inserted. Each of their arguments comes from the one source that there is for it: an
    input of the same name, the customer's id or email address, or the result of a step above (`order_id` is
    `order.id`, or a field `order_id`), of a type that fits and believed as far as the tool demands. The fewest steps
    win, the earlier tools of the catalogue among as many. What cannot be filled stays as it is, and is a finding.
    """
    policy = policy or Policy()
    tried: set[tuple[str, str]] = set()
    while True:
        found = next(iter(_lacking(plan, catalogue, policy, tried)), None)
        if found is None:
            return plan
        point, fact = found
        tried.add((point.step.id, fact))
        steps = _Search(plan, catalogue, policy, point).establish(fact)
        plan = with_steps_before(plan, point.step.id, steps) if steps else plan


def read_model_plan(
    text: str, catalogue: Catalogue, policy: Policy | None = None, *, name: str = "plan"
) -> tuple[Plan | None, list[Finding]]:
    """Read a plan that a model wrote, in YAML or JSON, completed and verified.

    Its constants are as little believed as the model, a person approves each of its actions, and its replies rest on
    searches.

    Returns:
        The plan, or None where a finding is an error; every finding, with places in the text.
    """
    parsed, findings = parse_model_plan(text, name=name)
    if parsed is None:
        return None, findings
    plan = complete(parsed, catalogue, policy)
    findings = verify(plan, catalogue, policy)
    is_sound = all(finding.severity != "error" for finding in findings)
    return plan if is_sound else None, findings


def parse_model_plan(text: str, *, name: str = "plan") -> tuple[Plan | None, list[Finding]]:
    """Read the form of a plan that a model wrote; what it means is verified where it goes on from another one.

    Returns:
        The plan, or None where there are findings; the findings.
    """
    parsed, findings = procedure.parse(_bare(text), name)
    return (None if parsed is None else replace(parsed, made_by="model")), findings


def _bare(text: str) -> str:
    """Return a plan without the fence that models put around it; JSON's escapes are not all YAML's."""
    fenced = _FENCE.match(text)
    text = fenced.group(1) if fenced else text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except (ValueError, RecursionError):
        return text


def _lacking(
    plan: Plan, catalogue: Catalogue, policy: Policy, tried: set[tuple[str, str]]
) -> Iterator[tuple[Point, str]]:
    """Yield the steps that require a fact which nothing in the plan provides."""
    tools = [step for step in plan.all_steps() if isinstance(step, ToolStep)]
    entries = [entry for step in tools if (entry := catalogue.get(step.tool.value)) is not None]
    provided = policy.ticket_facts.union(*(entry.provides for entry in entries))
    wanted = [fact for entry in entries for fact in entry.requires if fact not in provided]
    for point in points(plan, catalogue, policy) if wanted else ():
        entry = catalogue.get(point.step.tool.value)
        for fact in entry.requires if entry is not None and point.step.when is None else ():
            if fact not in provided | point.facts and (point.step.id, fact) not in tried:
                yield point, fact


@dataclass(frozen=True)
class _Known:
    """What can be used at a point of a plan, some steps inserted."""

    facts: frozenset[str]
    types: Mapping[str, Type]
    """Values that are surely there."""
    trees: Mapping[str, Tree]
    steps: tuple[Step, ...] = ()
    """Inserted."""


class _Search:
    """The search for the fewest reads that establish a fact at one point of a plan."""

    def __init__(self, plan: Plan, catalogue: Catalogue, policy: Policy, point: Point) -> None:
        self._catalogue = catalogue
        self._point = point
        self._ids = {step.id for step in plan.all_steps()} | {"inputs", "ticket"}
        names = {name: kind for name, kind in point.scope.names.items() if self._is_there(name, point.scope)}
        facts = point.facts | policy.ticket_facts
        self._start = _Known(facts, names, trace(plan, catalogue).known)

    def establish(self, fact: str) -> tuple[Step, ...]:
        """Return the steps, none where there is no way."""
        for most in range(1, MOST_INSERTED + 1):
            found = self._reach((fact,), self._start, most, frozenset())
            if found is not None:
                return found.steps
        return ()

    def _is_there(self, name: str, scope: Environment) -> bool:
        return name in ("inputs", "ticket") or (name,) in (scope.known or ())

    def _reach(self, facts: Sequence[str], known: _Known, most: int, open_: frozenset[str]) -> _Known | None:
        """Return what is known once all facts hold; `open_` are those that are being established."""
        lacking = [fact for fact in facts if fact not in known.facts]
        if not lacking:
            return known
        if not most or lacking[0] in open_:
            return None
        options = (
            self._called(entry, known, most, open_ | {lacking[0]})
            for entry in self._catalogue.entries.values()
            if entry.effect == "read" and lacking[0] in entry.provides
        )
        reached = (self._reach(facts, one, most - self._count(one, known), open_) for one in options if one is not None)
        return min((one for one in reached if one is not None), key=lambda one: len(one.steps), default=None)

    @staticmethod
    def _count(one: _Known, before: _Known) -> int:
        return len(one.steps) - len(before.steps)

    def _called(self, entry: Entry, known: _Known, most: int, open_: frozenset[str]) -> _Known | None:
        """Return what is known once a tool was called, and what it requires established before."""
        ready = self._reach(entry.requires, known, most - 1, open_)
        if ready is None:
            return None
        args: list[Argument] = []
        origins: dict[str, Origin] = {}
        for parameter in entry.parameters:
            if not parameter.required:
                continue
            sources = list(_sources(parameter, ready))
            if len(sources) != 1:
                return None
            path, origins[parameter.name] = sources[0]
            place = self._point.step.place
            args.append(Argument(name=parameter.name, value=Text(value=f"${{{path}}}", place=place), place=place))
        step = ToolStep(
            id=self._free(entry, ready), place=self._point.step.place, tool=Text(value=entry.name), args=tuple(args)
        )
        assert not demands.short(entry, origins)  # noqa: S101  # each source was believed far enough
        return _Known(
            ready.facts | frozenset(entry.provides),
            ready.types if isinstance(entry.type, Maybe) else {**ready.types, step.id: entry.type},
            {**ready.trees, step.id: of_result(entry, origins.values())},
            (*ready.steps, step),
        )

    def _free(self, entry: Entry, known: _Known) -> str:
        """Return an id that no step has."""
        word = re.sub(r"[^a-z0-9_]+", "_", entry.name.rpartition(".")[2].lower()).strip("_")
        first = word if re.match(r"[a-z]", word) else f"read_{word}".rstrip("_")
        taken = self._ids | {step.id for step in known.steps}
        number = 1
        while (name := first[:56] if number == 1 else f"{first[:56]}_{number}") in taken:
            number += 1
        return name


def _sources(parameter: Parameter, known: _Known) -> Iterator[tuple[str, Origin]]:
    """Yield the paths that an argument can come from, each with its origin."""
    for path, kind in _paths(parameter.name, known.types):
        origin = at(known.trees, tuple(path.split(".")))
        fits = not mismatch(kind, parameter.type)
        if fits and origin.level.rank >= NEEDED[parameter.integrity].rank:
            yield path, origin


def _paths(name: str, types: Mapping[str, Type]) -> Iterator[tuple[str, Type]]:
    """Yield what is called like an argument: an input, the customer's, a field; `order.id` for `order_id`."""
    if name in _OF_CUSTOMER:
        yield _OF_CUSTOMER[name], _field(types["ticket"], *_OF_CUSTOMER[name].split(".")[1:])
    for owner, kind in types.items():
        record = present(kind)
        for field in record.fields if isinstance(record, Record) and owner != "ticket" else ():
            if field.name == name or (owner != "inputs" and f"{owner}_{field.name}" == name):
                yield f"{owner}.{field.name}", field.type if field.required else Maybe(present(field.type))


def _field(kind: Type, *names: str) -> Type:
    for name in names:
        record = present(kind)
        found = record.field(name) if isinstance(record, Record) else None
        kind = found.type if found is not None else kind
    return kind

"""Conditions and references of plans: typed CEL, run by Google's runtime; nothing else imports it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, TypeAlias

from cel_expr_python import cel

from segue.errors import SegueError
from segue.plan.language import choice, money
from segue.plan.language.checker import Checked, check
from segue.plan.language.functions import is_money
from segue.plan.language.syntax import Call, ExpressionSyntaxError, Name, Node, parse
from segue.plan.language.typed import MAX_SLOTS, Path, quote
from segue.plan.language.types import Maybe, Type
from segue.plan.rules import Problem

JSON: TypeAlias = Any

MAX_VALUES: Final = {0: 100_000, 1: 10_000, 2: 300}
"""Values in what an expression reads, by its depth of loops: the runtime has no time limit."""

_CACHED = 4096


class EvaluationError(SegueError):
    """An expression has no value: something is missing, out of range or of another type than declared."""


class NotListed(EvaluationError):
    """A value that `pick` looks for is not in its list."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What an expression may use at its place in the plan."""

    names: Mapping[str, Type]
    """`inputs`, `ticket` and the steps above."""
    known: frozenset[Path] | None = None
    """Paths that surely have a value; `None` once a plan is verified: then a missing value is no fault."""
    later: frozenset[str] = frozenset()
    """Steps further down."""
    hidden: frozenset[str] = frozenset()
    """Steps inside of loops that are over."""


@dataclass(frozen=True)
class Compiled:
    """An expression that can be evaluated as often as one likes, from any thread."""

    source: str
    names: frozenset[str]
    """`inputs`, `ticket` and the steps that it uses."""
    checked: Checked

    @property
    def type(self) -> Type:
        """Type of its values."""
        return self.checked.type

    @property
    def reads(self) -> frozenset[Path]:
        """The paths whose values it uses; those it only asks about with `has` are not among them."""
        if self.checked.path is not None:
            return frozenset((self.checked.path,))
        return frozenset(slot.path for slot in self.checked.slots if not slot.asks_presence)

    def evaluate(self, values: Mapping[str, JSON]) -> JSON:
        """Return the expression's value.

        Args:
            values: JSON by name; a skipped step is absent. Missing and null are the same.

        Raises:
            EvaluationError: There is none.
        """
        path = self.checked.path
        if path is None:
            return self._run(values)
        found = _find(values, path)
        if found is None and not isinstance(self.type, Maybe):
            raise EvaluationError(f"{self.source}: {'.'.join(path)} has no value")
        return found

    def holds(self, values: Mapping[str, JSON]) -> bool:
        """Return whether a condition is true.

        Raises:
            EvaluationError: It is neither true nor false.
        """
        result = self.evaluate(values)
        if not isinstance(result, bool):
            raise EvaluationError(f"{self.source}: is neither true nor false")
        return result

    @cached_property
    def _program(self) -> Any:
        return _RUNTIME.compile(self.checked.code)

    def _run(self, values: Mapping[str, JSON]) -> JSON:
        data: dict[str, JSON] = {}
        for slot in self.checked.slots:
            found = _find(values, slot.path)
            if slot.asks_presence:
                data[slot.name] = found is not None
            elif found is not None:  # left out, it is an error only where it is needed
                data[slot.name] = self._admit(found)
        try:
            result = self._program.eval(data=data)
            kind, value = result.type().name(), result.plain_value()
        except (RuntimeError, ValueError, OverflowError) as error:
            raise self._failed(str(error)) from error
        if kind == "ERROR":  # the runtime raises nothing: its error is a text, which would count as true
            raise self._failed(str(value))
        if isinstance(value, float) and not math.isfinite(value):
            raise self._failed("the result is no finite number")
        return value

    def _admit(self, value: JSON) -> JSON:
        """Keep from the runtime what it would silently misread: it cuts texts at a NUL."""
        budget = MAX_VALUES[self.checked.loops]
        for part in _parts(value):
            budget -= 1
            if budget < 0:
                raise EvaluationError(f"{self.source}: more than {MAX_VALUES[self.checked.loops]} values")
            if isinstance(part, str) and "\0" in part:
                raise EvaluationError(f"{self.source}: a text holds a NUL character")
        return value

    def _failed(self, message: str) -> EvaluationError:
        for slot in self.checked.slots:
            if f'"{slot.name}"' in message:
                message = f"{'.'.join(slot.path)} has no value"
        if message.endswith(choice.NOT_LISTED):
            return NotListed(f"{self.source}: the value is not in the list that it must be picked from")
        status, _, rest = message.partition(": ")
        return EvaluationError(f"{self.source}: {rest if status.isupper() and rest else message}")


def compile(source: str, environment: Environment) -> Compiled | tuple[Problem, ...]:  # noqa: A001  # plan.expression.compile
    """Return an expression ready to be evaluated, or all that is wrong with it."""
    parsed = _parse(source)
    if isinstance(parsed, Problem):
        return (parsed,)
    roots = parsed[1]
    names = environment.names
    types = tuple([(name, names[name]) for name in roots if name in names])
    if len(types) < len(roots):  # not cached: an unknown name's hint needs all names, loops have names of their own
        types = tuple(names.items())
    known = environment.known
    if known is not None:
        known = frozenset([path for path in known if path[0] in roots])
    return _compile(source, types, known, environment.later.intersection(roots), environment.hidden.intersection(roots))


def tree(source: str) -> Node | None:
    """Return the tree of an expression; `None` for what is none."""
    parsed = _parse(source)
    return None if isinstance(parsed, Problem) else parsed[0]


@lru_cache(maxsize=_CACHED)
def _parse(source: str) -> tuple[Node, tuple[str, ...]] | Problem:
    """Return an expression's tree, and every name in it, sorted."""
    try:
        tree = parse(source)
    except ExpressionSyntaxError as error:
        return Problem("P210", error.offset, error.message)
    return tree, tuple(sorted(_names(tree)))


@lru_cache(maxsize=_CACHED)
def _compile(
    source: str,
    types: tuple[tuple[str, Type], ...],
    known: frozenset[Path] | None,
    later: frozenset[str],
    hidden: frozenset[str],
) -> Compiled | tuple[Problem, ...]:
    parsed = _parse(source)
    assert not isinstance(parsed, Problem)  # noqa: S101  # `compile` has looked
    checked = check(source, parsed[0], names=dict(types), known=known, later=later, hidden=hidden)
    if not isinstance(checked, Checked):
        return checked
    bad = [Problem("P211", at, "is no regular expression") for at, text in checked.patterns if not _works(text)]
    compiled = Compiled(source, frozenset(slot.path[0] for slot in checked.slots), checked)
    try:
        if checked.path is None:
            _ = compiled._program  # noqa: SLF001  # what the runtime refuses is found now, not in the middle of a run
    except RuntimeError as error:
        bad.append(Problem("P210", 0, f"is refused by the runtime: {str(error).splitlines()[0]}"))
    return tuple(bad) or compiled


def _names(tree: Node) -> frozenset[str]:
    """Return every name in a tree, those of loops' items too."""
    if isinstance(tree, Name):
        return frozenset((tree.name,))
    parts = [getattr(tree, name) for name in tree.__dataclass_fields__]
    if isinstance(tree, Call) and is_money(tree):
        parts = [tree.args]
    nodes = [
        node for part in parts for node in (part if isinstance(part, tuple) else (part,)) if isinstance(node, Node)
    ]
    return frozenset().union(*(_names(node) for node in nodes))


def _find(values: Mapping[str, JSON], path: Path) -> JSON:
    found: JSON = values
    for part in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _parts(value: JSON) -> Iterator[JSON]:
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending.extend(part)
        elif isinstance(part, Mapping):
            pending.extend(part.values())
            pending.extend(part)
        yield part


def _works(pattern: str) -> bool:
    result = _RUNTIME.compile(f'"".matches({quote(pattern)})').eval()
    return bool(result.type().name() == "BOOL")


def _function(name: str, result: Any, implementation: Any) -> Any:
    texts = [cel.Type.STRING, cel.Type.STRING]
    overload = cel.Overload(id=f"{name}_texts", return_type=result, parameters=texts, impl=implementation)
    return cel.FunctionDecl(name, [overload])


def _from_list(name: str, implementation: Any, *types: Any) -> Any:
    """Return a function of a value of one of these types and a list of whatever."""
    overloads = [
        cel.Overload(
            id=f"{name}_{number}",
            return_type=type_,
            parameters=[type_, cel.Type.List(cel.Type.DYN)],
            impl=implementation,
        )
        for number, type_ in enumerate(types)
    ]
    return cel.FunctionDecl(name, overloads)


_FUNCTIONS = [
    _function("money_eq", cel.Type.BOOL, money.equal),
    _function("money_lt", cel.Type.BOOL, money.less),
    _function("money_le", cel.Type.BOOL, money.at_most),
    _function("money_add", cel.Type.STRING, money.add),
    _function("money_sub", cel.Type.STRING, money.sub),
    _function("money_min", cel.Type.STRING, money.smaller),
    _function("money_max", cel.Type.STRING, money.greater),
    _function("money_percent", cel.Type.STRING, money.percent),
    _from_list("pick", choice.item, cel.Type.STRING, cel.Type.INT, cel.Type.DOUBLE, cel.Type.BOOL),
    _from_list("pick_money", choice.amount, cel.Type.STRING),
]
_TYPES = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "any": cel.Type.DYN,
}
_RUNTIME = cel.NewEnv(
    variables={f"{name}{number}": type_ for name, type_ in _TYPES.items() for number in range(MAX_SLOTS)},
    functions=_FUNCTIONS,
)
"""One for all expressions: making one takes 20 times as long as compiling an expression in it."""

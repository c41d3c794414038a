"""Types of expressions: from a tree and the types of its names to checked text for the CEL runtime.

The runtime knows neither decimals nor missing values, and gives no tree to rewrite. So each expression is
typed here, where every fault can be put in the author's own words and columns, and is handed on with its
names replaced by variables, money by functions over text, and `has` by truth values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from segue.plan.language import functions, operators
from segue.plan.language.syntax import (
    Binary,
    Call,
    Conditional,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Name,
    Node,
    Select,
    Unary,
)
from segue.plan.language.typed import NOTHING, Draft, Path, Slot, Typed, is_null, plain, quote
from segue.plan.language.types import (
    ANY,
    BOOL,
    DOUBLE,
    INT,
    MONEY,
    STRING,
    ListOf,
    MapOf,
    Maybe,
    Record,
    Type,
    maybe,
    present,
    with_article,
)
from segue.plan.rules import Problem, nearest

_LITERALS: dict[str, Type] = {
    "bool": BOOL,
    "int": INT,
    "double": DOUBLE,
    "string": STRING,
    "null": Maybe(ANY),
}
_LARGEST = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An expression without faults, ready for the runtime."""

    type: Type
    code: str
    path: Path | None
    """Where the whole expression is one path, that."""
    slots: tuple[Slot, ...]
    truths: frozenset[Path]
    """What is surely there where the expression is true."""
    falsities: frozenset[Path]
    """What is surely there where it is false."""
    loops: int
    """Depth of nested loops."""
    patterns: tuple[tuple[int, str], ...]
    """(offset, text) of constant regular expressions: only the runtime can tell whether they work."""


def check(
    source: str,
    tree: Node,
    *,
    names: Mapping[str, Type],
    known: frozenset[Path] | None,
    later: frozenset[str],
    hidden: frozenset[str] = frozenset(),
) -> Checked | tuple[Problem, ...]:
    """Return the typed form of an expression, or all that is wrong with it.

    Args:
        source: The author's text, for messages.
        tree: Its tree.
        names: Types of what may be used.
        known: Paths that surely have a value; `None` when a missing value shall be no fault.
        later: Steps that stand further down.
        hidden: Steps inside of loops that are over.
    """
    checker = _Checker(source, names, known, later, hidden)
    typed = checker.check(tree, known or NOTHING)
    code = checker.emit(typed)
    if checker.problems:
        return tuple(checker.problems)
    return Checked(
        type=typed.type,
        code=code,
        path=typed.path,
        slots=tuple(checker.slots.values()),
        truths=typed.truths,
        falsities=typed.falsities,
        loops=checker.deepest,
        patterns=tuple(checker.patterns),
    )


class _Checker(Draft):
    """One pass over one tree; `seen` is what surely has a value at the node."""

    def __init__(
        self,
        source: str,
        names: Mapping[str, Type],
        known: frozenset[Path] | None,
        later: frozenset[str],
        hidden: frozenset[str],
    ) -> None:
        super().__init__(source, names, is_strict=known is not None)
        self._later = later
        self._hidden = hidden

    def check(self, node: Node, seen: frozenset[Path]) -> Typed:
        match node:
            case Literal():
                typed = self._literal(node)
            case Name():
                typed = self._name(node, seen)
            case Select():
                typed = self._select(node, node.base, node.field, seen)
            case Index():
                typed = self._index(node, seen)
            case Unary():
                typed = self._unary(node, seen)
            case Binary():
                typed = operators.binary(self, node, seen)
            case Logic():
                typed = self._logic(node, seen)
            case Conditional():
                typed = self._conditional(node, seen)
            case ListLiteral():
                typed = self._list(node, seen)
            case Call():
                typed = functions.call(self, node, seen)
            case _:
                assert_never(node)
        return typed

    def _literal(self, node: Literal) -> Typed:
        if node.kind == "int" and not -_LARGEST <= int(node.text) < _LARGEST:
            return self.fault("P210", node.start, "is too large a number")
        code = quote(node.text) if node.kind == "string" else node.text
        return Typed(type=_LITERALS[node.kind], code=code, is_atom=not code.startswith("-"))

    def _name(self, node: Name, seen: frozenset[Path]) -> Typed:
        if node.name in self.locals:
            type_, code = self.locals[node.name]
            local = (f"item {code}",)
            type_ = present(type_) if local in seen else type_
            return Typed(type=type_, code=code, there=f"{code} != null", local=local)
        if node.name in self.names:
            path, type_ = (node.name,), self.names[node.name]
            return Typed(type=present(type_) if path in seen else type_, path=path)
        if node.name in self._later:
            return self.fault(
                "P208", node.start, f"{node.name} has no value yet: it runs later", f'move "{node.name}" above'
            )
        if node.name in self._hidden:
            return self.fault("P208", node.start, f"{node.name} is inside a loop, and has no value after it")
        hint = nearest(node.name, [*self.names, *self.locals])
        return self.fault("P207", node.start, f"{node.name} is neither a step above, nor inputs, nor ticket", hint)

    def _select(self, node: Node, base_node: Node, field: str, seen: frozenset[Path]) -> Typed:
        base = self.value(base_node, seen)
        type_ = self._field_type(node, base_node, base.type, field)
        path = (*base.path, field) if base.path else None
        local = (*base.local, field) if base.local else None
        type_ = present(type_) if (path or local) in seen else type_
        if path:
            return Typed(type=type_, path=path)
        owner, key = self.atom(base), quote(field)
        code = f"{owner}[{key}]"
        return Typed(type=type_, code=code, there=f"({key} in {owner} && {code} != null)", local=local)

    def _field_type(self, node: Node, base_node: Node, base: Type, field: str) -> Type:
        if isinstance(base, MapOf):
            return base.value
        if not isinstance(base, Record):
            if base != ANY:
                self.fault("P211", node.start, f"{self.text(base_node)} is {with_article(base)} and has no fields")
            return ANY
        found = base.field(field)
        if found is None:
            hint = nearest(field, [known.name for known in base.fields])
            return self.fault("P207", node.start, f"{self.text(base_node)} has no field {field}", hint).type
        return found.type if found.required else maybe(found.type)

    def _index(self, node: Index, seen: frozenset[Path]) -> Typed:
        if isinstance(node.key, Literal) and node.key.kind == "string":
            return self._select(node, node.base, node.key.text, seen)
        base = self.value(node.base, seen)
        with self.guarding(yes=False):
            key = self.value(node.key, seen)
        wanted: Type = ANY
        item: Type = ANY
        if isinstance(base.type, ListOf):
            wanted, item = INT, base.type.item
        elif isinstance(base.type, MapOf):
            wanted, item = STRING, base.type.value
        elif base.type != ANY:
            return self.fault(
                "P211", node.start, f"{self.text(node.base)} is {with_article(base.type)} and has no items"
            )
        if ANY not in (wanted, key.type) and plain(key.type) != wanted:
            message = f"{self.text(node.key)} is {with_article(key.type)}, not {with_article(wanted)}"
            return self.fault("P211", node.key.start, message)
        code = f"{self.atom(base)}[{self.emit(key)}]"
        return Typed(type=item, code=code, there=f"{code} != null")

    def _unary(self, node: Unary, seen: frozenset[Path]) -> Typed:
        if node.operator == "!":
            typed = self.condition(node.operand, seen)
            code, truths, falsities = f"!{self.atom(typed)}", typed.falsities, typed.truths
            return Typed(type=BOOL, code=code, is_atom=False, truths=truths, falsities=falsities)
        typed = self.value(node.operand, seen)
        if typed.type == MONEY:
            return self.fault("P213", node.start, "- does not work on money", "write money.sub(0, …)")
        if typed.type not in (INT, DOUBLE, ANY):
            message = f"{self.text(node.operand)} is {with_article(typed.type)}, not a number"
            return self.fault("P211", node.operand.start, message)
        return Typed(type=typed.type, code=f"-{self.atom(typed)}", is_atom=False)

    def _logic(self, node: Logic, seen: frozenset[Path]) -> Typed:
        is_both = node.operator == "&&"
        parts = []
        for operand in node.operands:
            typed = self.condition(operand, seen)
            seen |= typed.truths if is_both else typed.falsities
            parts.append(typed)
        code = f" {node.operator} ".join(self.atom(part) for part in parts)
        truths, falsities = [part.truths for part in parts], [part.falsities for part in parts]
        return Typed(
            type=BOOL,
            code=code,
            is_atom=False,
            truths=frozenset.union(*truths) if is_both else frozenset.intersection(*truths),
            falsities=frozenset.intersection(*falsities) if is_both else frozenset.union(*falsities),
        )

    def _conditional(self, node: Conditional, seen: frozenset[Path]) -> Typed:
        condition = self.condition(node.condition, seen)
        yes = self._branch(node.yes, seen | condition.truths)
        no = self._branch(node.no, seen | condition.falsities)
        if is_null(node.yes) or is_null(node.no):
            type_ = maybe(no.type if is_null(node.yes) else yes.type)
            codes = f"dyn({self.emit(yes)})", f"dyn({self.emit(no)})"
        elif both := operators.unify(self, node.yes, yes, node.no, no):
            type_, codes = both[0], both[1:]
        else:
            message = f"is {with_article(yes.type)} or {with_article(no.type)}: both must be of one type"
            return self.fault("P211", node.start, message)
        return Typed(type=type_, code=f"{self.atom(condition)} ? {codes[0]} : {codes[1]}", is_atom=False)

    def _branch(self, node: Node, seen: frozenset[Path]) -> Typed:
        return self.check(node, seen) if is_null(node) else self.value(node, seen)

    def _list(self, node: ListLiteral, seen: frozenset[Path]) -> Typed:
        items = [self.value(item, seen) for item in node.items]
        kinds = {plain(item.type) for item in items}
        code = ", ".join(self.emit(item) for item in items)
        return Typed(type=ListOf(kinds.pop() if len(kinds) == 1 else ANY), code=f"[{code}]")

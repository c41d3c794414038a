"""Provenance of expressions: what the origin of a computation follows from.

Three levels. `system`: the company's own words, and its systems' records that surely are the customer's. `customer`:
what the authenticated customer says, found by pattern or type. `content`: what anybody may have written, and whatever a
model makes of it. A computation takes the lowest level of all that it reads, so nothing rises by being mixed; it rises
only where the company's own list or limit decides, or outside of expressions its own record or person. The idea is that
of Biba's integrity (1977), and of agents whose plan no text can change (Debenedetti and others, 2025).

An expression is read once, as a formula over the paths in it. The formula is asked twice: with the origins that can be
assumed, when a plan is verified, and with those that values really have, when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from segue.plan import expression, template
from segue.plan.language import functions
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
from segue.plan.language.typed import Path, is_null
from segue.plan.origin import NOWHERE, PROCEDURE, Origin, Tree, at, lowest
from segue.plan.plan import Fields, Items, Text, Value
from segue.plan.template import Insert


@dataclass(frozen=True, slots=True)
class Formula:
    """What the origin of a computation is the lowest of."""

    reads: frozenset[Path] = frozenset()
    """Values."""
    asks: frozenset[Path] = frozenset()
    """Whether there is a value."""
    has_constants: bool = False
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """`money.min(…)`: no more than either side, so it may be believed as far as the better one, unless negative."""

    sides: tuple[Formula, Formula]
    source: str
    """The whole of it, as it is written."""


IsNotNegative: TypeAlias = Callable[[str], bool]
"""Says whether the expression with this text gives an amount from 0 up."""


@dataclass(frozen=True)
class Origins:
    """Where the values come from that expressions read at some point of a plan."""

    known: Mapping[str, Tree]
    """By name, as expressions see them."""
    presence: Mapping[str, Origin]
    """Of the decision whether a step ran, where there was one, by its id."""
    constant: Origin = PROCEDURE
    """Of what stands in the plan itself."""
    is_not_negative: IsNotNegative = lambda _: True
    """Asked for each bound; what is only assumed is assumed to be one."""

    def of_expression(self, source: str) -> Origin:
        """Return where the value of an expression comes from."""
        return self._of(formula(source))

    def of_text(self, text: str) -> Origin:
        """Return where a text with values in it comes from."""
        return self._of(_formula_of_text(text))

    def of_value(self, value: Value) -> Origin:
        """Return where an argument comes from."""
        match value:
            case Text():
                return self.of_text(value.value)
            case Items(items=items):
                return lowest([self.constant, *map(self.of_value, items)])
            case Fields(fields=fields):
                return lowest([self.constant, *(self.of_value(entry.value) for entry in fields)])
            case _:
                return self.constant

    def of_presence(self, path: Path) -> Origin:
        """Return where it comes from whether there is a value at a path."""
        decided = self.presence.get(path[0])
        value = [at(self.known, path)] if path[0] in self.known or decided is None else []
        return lowest([*value, *([decided] if decided is not None else [])])

    def _of(self, found: Formula | None) -> Origin:
        if found is None:
            return NOWHERE
        parts = [at(self.known, path) for path in found.reads]
        if found.has_constants:
            parts.append(self.constant)
        if found.asks:
            parts += map(self.of_presence, found.asks)
        if found.bounds:
            parts += map(self._of_bound, found.bounds)
        return lowest(parts)

    def _of_bound(self, bound: Bound) -> Origin:
        sides = [self._of(side) for side in bound.sides]
        if sides[0].level is not sides[1].level and self.is_not_negative(bound.source):
            return max(sides, key=lambda side: side.level.rank)
        return lowest(sides)


@lru_cache(maxsize=4096)
def formula(source: str) -> Formula | None:
    """Return what the origin of an expression depends on; `None` for what is no expression."""
    tree = expression.tree(source)
    return None if tree is None else _Reading(source).of(tree, {})


@lru_cache(maxsize=4096)
def _formula_of_text(text: str) -> Formula | None:
    """Return what the origin of a text with values in it depends on; `None` for what cannot be filled in."""
    parts = template.parse(text)
    if not isinstance(parts, tuple):
        return None
    inserted = [formula(part.source) for part in parts if isinstance(part, Insert)]
    found = [each for each in inserted if each is not None]
    if len(found) < len(inserted):
        return None
    has_words = len(parts) > len(inserted) or not parts
    return _together([*found, Formula(has_constants=True)] if has_words else found)


Loops: TypeAlias = Mapping[str, Formula]
"""Formulas of the lists that loops go through, by the name of their item."""


class _Reading:
    """Turns the tree of an expression into a formula."""

    def __init__(self, source: str) -> None:
        self._source = source

    def of(self, node: Node, loops: Loops) -> Formula:
        match node:
            case Literal():
                return Formula(has_constants=True)
            case Name(name=name) if name in loops:
                return loops[name]
            case Call():
                return self._call(node, loops)
            case Binary() if node.operator in ("==", "!=") and (is_null(node.left) or is_null(node.right)):
                return self._asked(node.right if is_null(node.left) else node.left, loops)
            case _:
                path = _path(node, loops)
                return Formula(reads=frozenset((path,))) if path else _together(self._parts(node, loops))

    def _parts(self, node: Node, loops: Loops) -> Iterable[Formula]:
        match node:
            case Select(base=base):
                yield self.of(base, loops)
            case Index(base=base, key=key):
                yield from (self.of(base, loops), self.of(key, loops))
            case Unary(operand=operand):
                yield self.of(operand, loops)
            case Binary(left=left, right=right):
                yield from (self.of(left, loops), self.of(right, loops))
            case Logic(operands=operands):
                yield from (self.of(operand, loops) for operand in operands)
            case Conditional(condition=condition, yes=yes, no=no):
                yield from (self.of(part, loops) for part in (condition, yes, no))
            case ListLiteral(items=parts):
                yield Formula(has_constants=True)
                yield from (self.of(part, loops) for part in parts)

    def _call(self, node: Call, loops: Loops) -> Formula:
        if functions.is_money(node):
            if node.name == "min" and len(node.args) == 2 and not loops:
                return self._bound(node)
            return _together(self.of(arg, loops) for arg in node.args)
        if node.target is None:
            if node.name == "has" and len(node.args) == 1:
                return self._asked(node.args[0], loops)
            if node.name == "pick" and len(node.args) == 2:
                return self.of(node.args[1], loops)  # whatever asks for it, only what the list holds comes out
            return _together(self.of(arg, loops) for arg in node.args)
        target = self.of(node.target, loops)
        if node.name in functions.LOOPS and len(node.args) == 2 and isinstance(node.args[0], Name):
            return _together((target, self.of(node.args[1], {**loops, node.args[0].name: target})))
        return _together((target, *(self.of(arg, loops) for arg in node.args)))

    def _asked(self, node: Node, loops: Loops) -> Formula:
        path = _path(node, loops)
        if path:
            return Formula(asks=frozenset((path,)))
        base = node
        while isinstance(base, Select | Index):
            base = base.base
        whole = _path(base, loops) if isinstance(base, Name) else None
        return _together((self.of(node, loops), Formula(asks=frozenset((whole,) if whole else ()))))

    def _bound(self, node: Call) -> Formula:
        left, right = (self.of(arg, {}) for arg in node.args)
        return Formula(bounds=(Bound((left, right), self._source[node.start : node.end]),))


def _path(node: Node, loops: Loops) -> Path | None:
    """Return the path that a part of an expression is, if it is one that begins with a name of the plan."""
    fields: list[str] = []
    while not isinstance(node, Name):
        if isinstance(node, Select):
            fields.append(node.field)
            node = node.base
        elif isinstance(node, Index) and isinstance(node.key, Literal) and node.key.kind == "string":
            fields.append(node.key.text)
            node = node.base
        else:
            return None
    return None if node.name in loops else (node.name, *reversed(fields))


def _together(parts: Iterable[Formula]) -> Formula:
    found = list(parts)
    return Formula(
        reads=frozenset().union(*(part.reads for part in found)),
        asks=frozenset().union(*(part.asks for part in found)),
        has_constants=any(part.has_constants for part in found),
        bounds=tuple(dict.fromkeys(bound for part in found for bound in part.bounds)),
    )

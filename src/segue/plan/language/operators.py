"""Operators of expressions: which operands fit, and how money is compared."""

from __future__ import annotations

from segue.plan.language.syntax import Binary, ListLiteral, Literal, Node
from segue.plan.language.typed import Draft, Path, Typed, is_null, plain, prefixes, quote
from segue.plan.language.types import ANY, BOOL, DOUBLE, INT, MONEY, STRING, ListOf, MapOf, Scalar, Type, with_article
from segue.plan.rules import nearest

_COMPARISONS = {
    "<": "money_lt({0}, {1})",
    "<=": "money_le({0}, {1})",
    ">": "money_lt({1}, {0})",
    ">=": "money_le({1}, {0})",
    "==": "money_eq({0}, {1})",
    "!=": "!money_eq({0}, {1})",
}
_INSTEAD = {"+": "add", "-": "sub", "*": "percent", "/": "percent", "%": "percent"}


def binary(draft: Draft, node: Binary, seen: frozenset[Path]) -> Typed:
    """Type an operator between two values."""
    if node.operator in ("==", "!=") and (is_null(node.left) or is_null(node.right)):
        return _null_test(draft, node, seen)
    if node.operator == "in":
        return _membership(draft, node, seen)
    left, right = draft.value(node.left, seen), draft.value(node.right, seen)
    if node.operator in _COMPARISONS:
        return _comparison(draft, node, left, right)
    return _arithmetic(draft, node, left, right)


def unify(draft: Draft, left_node: Node, left: Typed, right_node: Node, right: Typed) -> tuple[Type, str, str] | None:
    """Return the common type of two values and their texts as that type, or None.

    A literal whole number widens to the other side's type; any literal number widens to money.
    """
    kinds = (plain(left.type), plain(right.type))
    if MONEY in kinds:
        texts = as_money(draft, left_node, left), as_money(draft, right_node, right)
        return (MONEY, *texts) if all(texts) else None
    if kinds == (DOUBLE, INT) and isinstance(right_node, Literal):
        return DOUBLE, draft.atom(left), f"({right_node.text}.0)"
    if kinds == (INT, DOUBLE) and isinstance(left_node, Literal):
        return DOUBLE, f"({left_node.text}.0)", draft.atom(right)
    if kinds[0] == kinds[1] or ANY in kinds:
        return (kinds[1] if kinds[0] == ANY else kinds[0]), draft.atom(left), draft.atom(right)
    return None


def as_money(draft: Draft, node: Node, typed: Typed) -> str:
    """Return the runtime's text of an amount, empty where the part is none."""
    if typed.type == MONEY:
        return draft.emit(typed)
    if typed.type == ANY:
        return f"string({draft.emit(typed)})"
    is_number = isinstance(node, Literal) and node.kind in ("int", "double")
    return quote(node.text) if is_number and isinstance(node, Literal) else ""


def _null_test(draft: Draft, node: Binary, seen: frozenset[Path]) -> Typed:
    typed = draft.asked(node.right if is_null(node.left) else node.left, seen)
    there, paths = draft.presence(typed), prefixes(typed.path or typed.local)
    if node.operator == "!=":
        return Typed(type=BOOL, code=there, is_atom=False, truths=paths)
    return Typed(type=BOOL, code=f"!({there})", is_atom=False, falsities=paths)


def _comparison(draft: Draft, node: Binary, left: Typed, right: Typed) -> Typed:
    both = unify(draft, node.left, left, node.right, right)
    is_equality = node.operator in ("==", "!=")
    if both is None or not isinstance(both[0], Scalar) or (both[0] == BOOL and not is_equality):
        return _incomparable(draft, node, left, right)
    if is_equality:
        _check_choice(draft, node.left, left, node.right)
        _check_choice(draft, node.right, right, node.left)
    kind, first, second = both
    form = _COMPARISONS[node.operator] if kind == MONEY else f"{{0}} {node.operator} {{1}}"
    return Typed(type=BOOL, code=form.format(first, second), is_atom=False)


def _incomparable(draft: Draft, node: Binary, left: Typed, right: Typed) -> Typed:
    types = {plain(left.type), plain(right.type)}
    hint = ""
    if types == {INT, DOUBLE}:
        hint = f"write double({draft.text(node.left if left.type == INT else node.right)})"
    elif types == {MONEY, STRING}:
        hint = "write amounts without quotes, and declare inputs that hold one as money"
    elif STRING in types and isinstance(number := node.left if right.type == STRING else node.right, Literal):
        hint = f"write '{draft.text(number)}'"
    sides = f"{draft.text(node.left)} ({left.type}) and {draft.text(node.right)} ({right.type})"
    return draft.fault("P211", node.operator_start, f"{sides} cannot be compared by {node.operator}", hint)


def _check_choice(draft: Draft, node: Node, typed: Typed, other: Node) -> None:
    """Note a comparison with a text that never comes."""
    values = typed.type.values if isinstance(typed.type, Scalar) else ()
    if values and isinstance(other, Literal) and other.kind == "string" and other.text not in values:
        message = f"{draft.text(node)} is never {draft.text(other)}"
        draft.fault("P211", other.start, message, nearest(other.text, values))


def _membership(draft: Draft, node: Binary, seen: frozenset[Path]) -> Typed:
    left = draft.value(node.left, seen)
    if isinstance(node.right, ListLiteral):
        tests = [_equals(draft, node, left, item, seen) for item in node.right.items]
        return Typed(type=BOOL, code=" || ".join(tests) or "false", is_atom=False)
    right = draft.value(node.right, seen)
    if not isinstance(right.type, ListOf | MapOf) and right.type != ANY:
        message = f"{draft.text(node.right)} is {with_article(right.type)}: `in` looks into a list"
        return draft.fault("P211", node.operator_start, message)
    item = right.type.item if isinstance(right.type, ListOf) else STRING
    if MONEY in (left.type, item):
        hint = f"write {draft.text(node.right)}.exists(x, x == {draft.text(node.left)})"
        return draft.fault("P211", node.operator_start, "`in` cannot look for money", hint)
    if ANY not in (right.type, left.type, item) and plain(left.type) != plain(item):
        message = f"{draft.text(node.left)} is {with_article(left.type)}, {draft.text(node.right)} holds {item}"
        return draft.fault("P211", node.operator_start, message)
    return Typed(type=BOOL, code=f"{draft.atom(left)} in {draft.atom(right)}", is_atom=False)


def _equals(draft: Draft, node: Binary, left: Typed, item: Node, seen: frozenset[Path]) -> str:
    equal = Binary(
        start=node.start,
        end=item.end,
        operator="==",
        left=node.left,
        right=item,
        operator_start=item.start,
    )
    return _comparison(draft, equal, left, draft.value(item, seen)).code


def _arithmetic(draft: Draft, node: Binary, left: Typed, right: Typed) -> Typed:
    operator, types = node.operator, (plain(left.type), plain(right.type))
    first, second = draft.text(node.left), draft.text(node.right)
    if MONEY in types and not (operator == "+" and STRING in types):
        hint = f"write money.{_INSTEAD[operator]}({first}, {second})"
        return draft.fault("P213", node.operator_start, f"{operator} does not work on money", hint)
    both = unify(draft, node.left, left, node.right, right)
    kind = both[0] if both else None
    adds = operator == "+" and (kind == STRING or isinstance(kind, ListOf))
    if both is None or not (kind in (INT, ANY) or adds or (kind == DOUBLE and operator != "%")):
        hint = "put values into a text with ${…}" if operator == "+" and STRING in types else ""
        sides = f"{first} ({left.type}) and {second} ({right.type})"
        return draft.fault("P211", node.operator_start, f"{operator} does not work on {sides}", hint)
    return Typed(type=both[0], code=f"{both[1]} {operator} {both[2]}", is_atom=False)

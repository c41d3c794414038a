"""Functions, methods and loops of expressions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from segue.plan.language.operators import as_money, unify
from segue.plan.language.syntax import Call, Index, Literal, Name, Node, Select
from segue.plan.language.typed import Draft, Path, Typed, plain, prefixes
from segue.plan.language.types import ANY, BOOL, DOUBLE, INT, MONEY, STRING, ListOf, MapOf, Scalar, Type, with_article
from segue.plan.rules import nearest

MAX_NESTEDLOOPS: Final = 2
MAXLOOPS: Final = 4

MONEY_FUNCTIONS: Final = ("add", "sub", "min", "max", "percent")
_TEXT = ("contains", "startsWith", "endsWith", "matches")
LOOPS: Final = ("all", "exists", "exists_one", "filter", "map")
_CONVERSIONS: dict[str, tuple[Type, tuple[str, ...]]] = {
    "string": (STRING, ("string", "int", "double", "bool", "money", "any")),
    "int": (INT, ("int", "double", "string", "any")),
    "double": (DOUBLE, ("double", "int", "string", "money", "any")),
}


def call(draft: Draft, node: Call, seen: frozenset[Path]) -> Typed:
    """Type a function, a method or a loop."""
    if node.target is None:
        return _function(draft, node, seen)
    if is_money(node) or (isinstance(node.target, Name) and node.target.name == "money" not in draft.names):
        return _money(draft, node, seen)
    if node.name in LOOPS:
        return _loop(draft, node, node.target, seen)
    if node.name == "size":
        return _size(draft, node, (node.target, *node.args), seen)
    if node.name in _TEXT:
        return _text_method(draft, node, node.target, seen)
    hint = nearest(node.name, (*_TEXT, *LOOPS, "size"))
    return draft.fault("P211", node.name_start, f"{node.name} is no method of a value", hint)


def is_money(node: Call) -> bool:
    """Say whether `money` is the library here, even where a step is called so: records have no methods."""
    return isinstance(node.target, Name) and node.target.name == "money" and node.name in MONEY_FUNCTIONS


def _function(draft: Draft, node: Call, seen: frozenset[Path]) -> Typed:
    if node.name == "has":
        return _has(draft, node, seen)
    if node.name == "size":
        return _size(draft, node, node.args, seen)
    if node.name == "pick":
        return _pick(draft, node, seen)
    if node.name not in _CONVERSIONS:
        hint = nearest(node.name, ("has", "size", "pick", *_CONVERSIONS))
        return draft.fault("P211", node.name_start, f"{node.name} is no function", hint)
    if not _takes(draft, node, node.args, 1):
        return Typed(type=ANY)
    kind, sources = _CONVERSIONS[node.name]
    given = draft.value(node.args[0], seen)
    if str(given.type) not in sources:
        message = f"{draft.text(node.args[0])} is {with_article(given.type)}: {node.name} cannot convert it"
        return draft.fault("P211", node.args[0].start, message)
    return Typed(type=kind, code=f"{node.name}({draft.emit(given)})")


def _takes(draft: Draft, node: Call, args: tuple[Node, ...], count: int) -> bool:
    if len(args) != count:
        values = "1 value" if count == 1 else f"{count} values"
        draft.fault("P211", node.name_start, f"{node.name} takes {values}, not {len(args)}")
    return len(args) == count


def _has(draft: Draft, node: Call, seen: frozenset[Path]) -> Typed:
    if not _takes(draft, node, node.args, 1):
        return Typed(type=BOOL)
    if not isinstance(node.args[0], Name | Select | Index):
        return draft.fault("P211", node.args[0].start, "has takes a step, an input or a field")
    typed = draft.asked(node.args[0], seen)
    truths = prefixes(typed.path or typed.local)
    return Typed(type=BOOL, code=draft.presence(typed), is_atom=False, truths=truths)


def _pick(draft: Draft, node: Call, seen: frozenset[Path]) -> Typed:
    """Type the item of a list that equals a value: whoever wrote the value, only what the list holds comes out."""
    if not _takes(draft, node, node.args, 2):
        return Typed(type=ANY)
    value, found = (draft.value(arg, seen) for arg in node.args)
    if not isinstance(found.type, ListOf) and found.type != ANY:
        message = f"{draft.text(node.args[1])} is {with_article(found.type)}: pick takes an item of a list"
        return draft.fault("P211", node.args[1].start, message)
    item = plain(found.type.item) if isinstance(found.type, ListOf) else ANY
    if MONEY in (item, value.type) and item in (MONEY, INT, DOUBLE, ANY):
        amount = _amount(draft, node.args[0], value)
        return Typed(type=MONEY, code=f"pick_money({amount}, {draft.emit(found)})")
    both = unify(draft, node.args[0], value, node.args[1], Typed(type=item))
    if both is None or not isinstance(both[0], Scalar):
        sides = f"{draft.text(node.args[0])} ({value.type}) with the items of {draft.text(node.args[1])} ({item})"
        return draft.fault("P211", node.name_start, f"pick cannot compare {sides}")
    return Typed(type=both[0], code=f"pick({both[1]}, {draft.emit(found)})")


def _size(draft: Draft, node: Call, args: tuple[Node, ...], seen: frozenset[Path]) -> Typed:
    if not _takes(draft, node, args, 1):
        return Typed(type=ANY)
    given = draft.value(args[0], seen)
    if plain(given.type) not in (STRING, ANY) and not isinstance(given.type, ListOf | MapOf):
        message = f"{draft.text(args[0])} is {with_article(given.type)} and has no size"
        return draft.fault("P211", args[0].start, message)
    return Typed(type=INT, code=f"size({draft.emit(given)})")


def _text_method(draft: Draft, node: Call, target: Node, seen: frozenset[Path]) -> Typed:
    if not _takes(draft, node, node.args, 1):
        return Typed(type=ANY)
    pattern = node.args[0]
    parts = draft.value(target, seen), draft.value(pattern, seen)
    for part, written in zip(parts, (target, pattern), strict=True):
        if plain(part.type) not in (STRING, ANY):
            message = f"{draft.text(written)} is {with_article(part.type)}, and {node.name} looks into texts"
            return draft.fault("P211", written.start, message)
    if node.name == "matches" and isinstance(pattern, Literal):
        draft.patterns.append((pattern.start, pattern.text))
    return Typed(type=BOOL, code=f"{draft.atom(parts[0])}.{node.name}({draft.emit(parts[1])})")


def _money(draft: Draft, node: Call, seen: frozenset[Path]) -> Typed:
    if node.name not in MONEY_FUNCTIONS:
        hint = nearest(node.name, MONEY_FUNCTIONS)
        return draft.fault("P211", node.name_start, f"money.{node.name} is no function", hint)
    if not _takes(draft, node, node.args, 2):
        return Typed(type=MONEY)
    codes = [_amount(draft, arg, draft.value(arg, seen)) for arg in node.args]
    return Typed(type=MONEY, code=f"money_{node.name}({', '.join(codes)})")


def _amount(draft: Draft, node: Node, typed: Typed) -> str:
    if code := as_money(draft, node, typed):
        return code
    if typed.type != INT:
        draft.fault("P211", node.start, f"{draft.text(node)} is {with_article(typed.type)}, not money")
    return f"string({draft.emit(typed)})"


def _loop(draft: Draft, node: Call, target: Node, seen: frozenset[Path]) -> Typed:
    if not _takes(draft, node, node.args, 2):
        return Typed(type=ANY)
    variable, body = node.args
    if not isinstance(variable, Name) or variable.name in draft.names or variable.name in draft.locals:
        message = f"{draft.text(variable)} stands for the item of the list, so it must be a new name"
        return draft.fault("P211", variable.start, message)
    base = draft.value(target, seen)
    if not isinstance(base.type, ListOf) and base.type != ANY:
        return draft.fault("P211", target.start, f"{draft.text(target)} is {with_article(base.type)}, not a list")
    item_type = base.type.item if isinstance(base.type, ListOf) else ANY
    with _item(draft, node, variable.name, item_type) as item:
        typed = draft.value(body, seen) if node.name == "map" else draft.condition(body, seen)
        code = f"{draft.atom(base)}.{node.name}({item}, {draft.emit(typed)})"
    results = {"map": ListOf(typed.type), "filter": base.type}
    return Typed(type=results.get(node.name, BOOL), code=code)


@contextmanager
def _item(draft: Draft, node: Call, name: str, type_: Type) -> Iterator[str]:
    """Give the item of a loop its name, and see that loops stay few: nothing else limits their time."""
    draft.loops += 1
    draft.locals[name] = (type_, f"x{draft.loops}")
    draft.deepest = max(draft.deepest, len(draft.locals))
    if len(draft.locals) > MAX_NESTEDLOOPS or draft.loops > MAXLOOPS:
        limit = f"an expression has at most {MAXLOOPS} loops, {MAX_NESTEDLOOPS} inside each other"
        draft.fault("P210", node.name_start, limit)
    try:
        yield f"x{draft.loops}"
    finally:
        del draft.locals[name]

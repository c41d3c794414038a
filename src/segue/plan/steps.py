"""The steps of a procedure file: from YAML to the steps of a plan, as the grammar's tables say."""

from __future__ import annotations

from typing import Any, Final

from segue.plan import grammar
from segue.plan.document import Mapping, Node, Scalar, Sequence
from segue.plan.fields import Shapes, fields
from segue.plan.form import Form
from segue.plan.grammar import KINDS, MAX_ITEMS, MAX_RETRIES, Table
from segue.plan.language.syntax import RESERVED
from segue.plan.plan import OnError, Option, Step
from segue.plan.rules import nearest

_EXAMPLE = "write {id: order, tool: orders.lookup}"


def read(form: Form, node: Node) -> tuple[Step, ...]:
    """Return the steps at the top level of a procedure."""
    if not isinstance(node, Sequence):
        form.report("P107", node.place, "steps is a list of steps", f"{_EXAMPLE} as an item of it")
        return ()
    if not node.items:
        form.report("P107", node.place, "steps is empty", "the shortest plan is one reply")
    return _all(form, node.items, prefix="")


def _all(form: Form, nodes: tuple[Node, ...], prefix: str) -> tuple[Step, ...]:
    steps = (_step(form, node, f"{prefix}.{number}" if prefix else "", number) for number, node in enumerate(nodes))
    return tuple(step for step in steps if step is not None)


def _inside(form: Form, node: Node, prefix: str, *, may_be_empty: bool = False) -> tuple[Step, ...]:
    """Return the steps inside a step: one, or a list."""
    nodes = node.items if isinstance(node, Sequence) else (node,)
    if not nodes and not may_be_empty:
        form.report("P107", node.place, "needs at least one step", "{escalate: policy} hands over to a person")
    return _all(form, nodes, prefix)


def _step(form: Form, node: Node, generated: str, number: int) -> Step | None:
    mapping = form.mapping(node, "a step", _EXAMPLE)
    if mapping is None:
        return None
    kind = _kind(form, mapping)
    step_id = _id(form, mapping, generated) or f"step.{number}"
    if kind is None:
        return None
    made = fields(form, mapping, KINDS[kind].table, step_id, _SHAPES, beside=("id",))
    return None if made is None else KINDS[kind].make(id=step_id, place=mapping.place, **made)


def _kind(form: Form, mapping: Mapping) -> str | None:
    names = {key.text: key for key, _ in mapping.entries}
    kinds = [name for name in names if name in KINDS]
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        message = f"one step cannot both {' and '.join(kinds)}"
        form.report("P109", names[kinds[1]].place, message, "write two steps")
        return None
    others = [name for name in names if name not in ("id", "when")]
    hint = nearest(others[0], KINDS) if others else ""
    message = f"a step says what it does: one of {', '.join(KINDS)}"
    form.report("P109", names[others[0]].place if others else mapping.place, message, hint)
    return None


def _id(form: Form, mapping: Mapping, generated: str) -> str:
    node = next((value for key, value in mapping.entries if key.text == "id"), None)
    if node is None:
        if not generated:
            form.report("P106", mapping.place, "a step needs the key id", "a word for it, such as order")
        return generated
    return form.identifier(node, "id", RESERVED) or generated


def _table(form: Form, node: Node, table: Table, owner: str) -> dict[str, Any] | None:
    example = next((key.example for key in table.keys.values() if key.example), "")
    mapping = form.mapping(node, table.what, f"begin with {example}" if example else "")
    return None if mapping is None else fields(form, mapping, table, owner, _SHAPES)


def _reply(form: Form, node: Node, what: str, owner: str) -> dict[str, Any] | None:
    if isinstance(node, Mapping):
        return fields(form, node, grammar.COMPOSED, owner, _SHAPES)
    text = form.text(node, what)
    return {"text": text} if text else None


def _searches(form: Form, node: Node, what: str, owner: str) -> Any:
    if isinstance(node, Sequence) and not node.items:
        form.report("P107", node.place, "answer names at least one search step")
    return form.texts(node, what)


def _arguments(form: Form, node: Node, what: str, owner: str) -> Any:
    mapping = form.mapping(node, what)
    return form.arguments(mapping) if mapping else None


def _options(form: Form, node: Node, what: str, owner: str) -> tuple[Option, ...] | None:
    mapping = form.mapping(node, what, "write {late: [steps], lost: [steps]}")
    if mapping is None:
        return None
    if not grammar.MIN_OPTIONS <= len(mapping.entries) <= grammar.MAX_OPTIONS:
        limits = f"{grammar.MIN_OPTIONS} to {grammar.MAX_OPTIONS}"
        form.report("P107", node.place, f"{what} are {limits}, not {len(mapping.entries)}")
        return None
    options = (_option(form, key, value, owner) for key, value in mapping.entries)
    return tuple(option for option in options if option is not None)


def _option(form: Form, key: Scalar, node: Node, owner: str) -> Option | None:
    if len(key.text) > grammar.LONGEST_NAME or not key.text.strip() or not key.text.isprintable():
        limit = f"one line of at most {grammar.LONGEST_NAME} characters"
        form.report("P107", key.place, f"the name of an option is {limit}")
        return None
    prefix = f"{owner}.{key.text}"
    names = [name.text for name, _ in node.entries] if isinstance(node, Mapping) else []
    if isinstance(node, Mapping) and any(name in grammar.OPTION.keys for name in names):
        made = fields(form, node, grammar.OPTION, prefix, _SHAPES)
        return None if made is None else Option(name=key.text, place=key.place, **made)
    return Option(name=key.text, place=key.place, steps=_inside(form, node, prefix, may_be_empty=True))


def _texts(form: Form, node: Node, what: str, owner: str) -> tuple[str, ...]:
    return tuple(text.value for text in form.texts(node, what))


def _on_error(form: Form, node: Node, what: str, owner: str) -> OnError | None:
    names = [key.text for key, _ in node.entries] if isinstance(node, Mapping) else []
    if isinstance(node, Scalar):
        hint = "write {retry: 3}, {then: [steps]} or {escalate: tool_failed}"
        form.report("P107", node.place, f"on_error is a step or a list of steps, not {node.text!r}", hint)
        return None
    if isinstance(node, Mapping) and ("retry" in names or "then" in names):
        word = "retry" if "retry" in names else "then"
        value = form.keys(node, f"on_error with {word}", (word,))[word]
        if word == "retry":
            return OnError(retries=form.whole(value, "retry", 1, MAX_RETRIES))
        return OnError(steps=_inside(form, value, f"{owner}.then"), goes_on=True)
    return OnError(steps=_inside(form, node, f"{owner}.on_error"))


_SHAPES: Final[Shapes] = {
    "text": lambda form, node, what, _: form.text(node, what),
    "condition": lambda form, node, what, _: form.text(node, what),
    "reason": lambda form, node, what, _: form.text(node, what),
    "words": lambda form, node, what, _: form.words(node, what),
    "texts": _texts,
    "value": lambda form, node, what, _: form.value(node),
    "arguments": _arguments,
    "schema": lambda form, node, what, _: form.plain_mapping(node, what),
    "name": lambda form, node, what, _: form.identifier(node, what, RESERVED) or None,
    "most": lambda form, node, what, _: form.whole(node, what, 1, MAX_ITEMS),
    "by": lambda form, node, what, _: form.one_of(node, what, ("model", "classifier")),
    "branch": lambda form, node, what, owner: _inside(form, node, f"{owner}.{what}"),
    "body": lambda form, node, what, owner: _inside(form, node, owner, may_be_empty=True),
    "on_error": _on_error,
    "options": _options,
    "searches": _searches,
    "reply": _reply,
    "choice": lambda form, node, what, owner: _table(form, node, grammar.CHOICE, owner),
    "loop": lambda form, node, what, owner: _table(form, node, grammar.LOOP, owner),
    "question": lambda form, node, what, owner: _table(form, node, grammar.QUESTION, owner),
}

"""The steps of a procedure file: from YAML to the steps of a plan."""

from __future__ import annotations

from typing import Any

from segue.plan.document import Mapping, Node, Scalar, Sequence
from segue.plan.form import IDENTIFIER, Form
from segue.plan.language.syntax import RESERVED
from segue.plan.plan import (
    AskStep,
    CheckStep,
    EscalateStep,
    OnError,
    ReplyStep,
    SearchStep,
    Step,
    ToolStep,
)
from segue.plan.rules import nearest

_KINDS: dict[str, tuple[str, ...]] = {
    "tool": ("args", "expect", "approve", "on_error"),
    "search": ("expect", "on_error"),
    "ask": ("into",),
    "check": ("else",),
    "reply": (),
    "escalate": (),
}
"""Kinds of steps, and the keys that each may have beside `id` and `when`."""
_PLANNED = ("model", "choose", "each")
"""Kinds of the language that are not built yet."""
_MOST_RETRIES = 10
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


def _inside(form: Form, node: Node, prefix: str) -> tuple[Step, ...]:
    """Return the steps of `else`, `on_error` or `then`: one, or a list."""
    nodes = node.items if isinstance(node, Sequence) else (node,)
    if not nodes:
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
    keys = form.keys(mapping, f"a {kind} step", ("id", "when", kind, *_KINDS[kind]))
    common = {
        "id": step_id,
        "place": mapping.place,
        "when": form.text(keys.get("when"), "when"),
    }
    return _READERS[kind](form, keys, common)


def _kind(form: Form, mapping: Mapping) -> str | None:
    names = {key.text: key for key, _ in mapping.entries}
    kinds = [name for name in names if name in _KINDS]
    planned = [name for name in names if name in _PLANNED]
    for name in planned:
        form.report("P110", names[name].place, f"{name} steps are part of the language, but not built yet")
    if planned:
        return None
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        message = f"one step cannot both {' and '.join(kinds)}"
        form.report("P109", names[kinds[1]].place, message, "write two steps")
        return None
    others = [name for name in names if name not in ("id", "when")]
    hint = nearest(others[0], _KINDS) if others else ""
    message = f"a step says what it does: one of {', '.join(_KINDS)}"
    form.report("P109", names[others[0]].place if others else mapping.place, message, hint)
    return None


def _id(form: Form, mapping: Mapping, generated: str) -> str:
    node = next((value for key, value in mapping.entries if key.text == "id"), None)
    if node is None:
        if not generated:
            form.report("P106", mapping.place, "a step needs the key id", "a word for it, such as order")
        return generated
    text = form.words(node, "id")
    if text and not IDENTIFIER.fullmatch(text):
        better = "small letters, digits and _, beginning with a letter"
        form.report("P108", node.place, f"{text!r} is no id", better)
    elif text in RESERVED:
        form.report("P108", node.place, f"{text} is a word of the language", "choose another id")
    return text or generated


def _tool(form: Form, keys: dict[str, Node], common: dict[str, Any]) -> Step | None:
    tool = form.text(keys["tool"], "tool")
    args = form.mapping(keys["args"], "args") if "args" in keys else None
    if tool is None:
        return None
    return ToolStep(
        **common,
        tool=tool,
        args=form.arguments(args) if args else (),
        expect=form.text(keys.get("expect"), "expect"),
        approve=form.text(keys.get("approve"), "approve"),
        on_error=_on_error(form, keys.get("on_error"), common["id"]),
    )


def _search(form: Form, keys: dict[str, Node], common: dict[str, Any]) -> Step | None:
    query = form.text(keys["search"], "search")
    expect = form.text(keys.get("expect"), "expect")
    on_error = _on_error(form, keys.get("on_error"), common["id"])
    return SearchStep(**common, query=query, expect=expect, on_error=on_error) if query else None


def _ask(form: Form, keys: dict[str, Node], common: dict[str, Any]) -> Step | None:
    question = form.text(keys["ask"], "ask")
    into = form.text(keys.get("into"), "into")
    return AskStep(**common, question=question, into=into) if question else None


def _check(form: Form, keys: dict[str, Node], common: dict[str, Any]) -> Step | None:
    condition = form.text(keys["check"], "check")
    if "else" not in keys:
        form.report("P106", common["place"], "a check step needs the key else", "else: {escalate: policy}")
        return None
    otherwise = _inside(form, keys["else"], f"{common['id']}.else")
    return CheckStep(**common, condition=condition, otherwise=otherwise) if condition else None


def _reply(form: Form, keys: dict[str, Node], common: dict[str, Any]) -> Step | None:
    node = keys["reply"]
    if not isinstance(node, Mapping):
        text = form.text(node, "reply")
        return ReplyStep(**common, text=text) if text else None
    parts = form.keys(node, "a composed reply", ("answer", "guidance"), ("answer",))
    if "answer" not in parts:
        return None
    answer = form.texts(parts["answer"], "answer")
    if isinstance(parts["answer"], Sequence) and not parts["answer"].items:
        form.report("P107", parts["answer"].place, "answer names at least one search step")
    return ReplyStep(**common, answer=answer, guidance=form.words(parts.get("guidance"), "guidance"))


def _escalate(form: Form, keys: dict[str, Node], common: dict[str, Any]) -> Step | None:
    reason = form.text(keys["escalate"], "escalate")
    return EscalateStep(**common, reason=reason) if reason else None


_READERS = {
    "tool": _tool,
    "search": _search,
    "ask": _ask,
    "check": _check,
    "reply": _reply,
    "escalate": _escalate,
}


def _on_error(form: Form, node: Node | None, owner: str) -> OnError | None:
    if node is None:
        return None
    names = [key.text for key, _ in node.entries] if isinstance(node, Mapping) else []
    if isinstance(node, Scalar):
        hint = "write {retry: 3}, {then: [steps]} or {escalate: tool_failed}"
        form.report("P107", node.place, f"on_error is a step or a list of steps, not {node.text!r}", hint)
        return None
    if isinstance(node, Mapping) and ("retry" in names or "then" in names):
        word = "retry" if "retry" in names else "then"
        value = form.keys(node, f"on_error with {word}", (word,))[word]
        if word == "retry":
            return OnError(retries=form.whole(value, "retry", 1, _MOST_RETRIES))
        return OnError(steps=_inside(form, value, f"{owner}.then"), goes_on=True)
    return OnError(steps=_inside(form, node, f"{owner}.on_error"))

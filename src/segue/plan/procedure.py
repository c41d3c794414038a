"""Procedures: a company's YAML files, read as plans, with every fault of their form."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import get_args

from segue.errors import Finding
from segue.plan import document, steps
from segue.plan.document import Mapping, Node
from segue.plan.form import IDENTIFIER, Form
from segue.plan.plan import Input, InputType, Place, Plan, Source
from segue.plan.rules import nearest

_KEYS = ("topic", "description", "examples", "guidance", "inputs", "steps")
_INPUT_KEYS = ("type", "required", "ask", "description", "pattern", "enum")
_LONGEST_TOPIC = 80
_LONGEST_PATTERN = 500


def parse(source: str | bytes, file: str) -> tuple[Plan | None, list[Finding]]:
    """Read one procedure.

    Args:
        source: The file's text, or its bytes in UTF-8.
        file: Its path relative to the workspace, with `/`.

    Returns:
        The plan, or None where there are findings; every finding of the file, by place.
    """
    data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    form = Form(file)
    node, faults = document.read(data)
    form.take(faults)
    plan = _plan(form, node, Source(file=file, sha256=hashlib.sha256(data).hexdigest())) if node else None
    return (None if form.findings else plan), sorted(form.findings)


def load_all(folder: Path) -> tuple[dict[str, Plan], list[Finding]]:
    """Read a workspace's folder of procedures.

    Returns:
        The plans without findings, by topic; the findings of all files. No folder: nothing of either.
    """
    plans: dict[str, Plan] = {}
    findings: list[Finding] = []
    paths = (path for path in folder.glob("*") if path.suffix in (".yaml", ".yml"))
    for path in sorted(paths):
        file = f"{folder.name}/{path.name}"
        try:
            data = path.read_bytes()
        except OSError as error:
            findings.append(Finding(file, 0, 0, "P101", "error", f"cannot be read: {error.strerror}"))
            continue
        plan, faults = parse(data, file)
        findings += faults
        if plan is not None and plan.topic in plans:
            first = plans[plan.topic].source.file
            message = f"the topic {plan.topic} has a procedure already, in {first}"
            findings.append(Finding(file, 1, 0, "P113", "error", message, "join the two, or rename one topic"))
        elif plan is not None:
            plans[plan.topic] = plan
    return plans, findings


def _plan(form: Form, node: Node, source: Source) -> Plan | None:
    mapping = form.mapping(node, "a procedure", "begin with topic: and steps:")
    if mapping is None:
        return None
    keys = form.keys(mapping, "a procedure", _KEYS, ("topic", "steps"))
    return Plan(
        topic=_topic(form, keys.get("topic")),
        description=form.words(keys.get("description"), "description"),
        examples=tuple(text.value for text in form.texts(keys.get("examples"), "examples")),
        guidance=form.words(keys.get("guidance"), "guidance"),
        inputs=_inputs(form, keys["inputs"]) if "inputs" in keys else (),
        steps=steps.read(form, keys["steps"]) if "steps" in keys else (),
        source=source,
    )


def _topic(form: Form, node: Node | None) -> str:
    topic = form.words(node, "topic")
    if node is not None and (len(topic) > _LONGEST_TOPIC or not topic.isprintable()):
        form.report("P107", node.place, f"topic is one line of at most {_LONGEST_TOPIC} characters")
    return topic


def _inputs(form: Form, node: Node) -> tuple[Input, ...]:
    mapping = form.mapping(node, "inputs", "write order_id: {type: string}")
    found = []
    for key, value in mapping.entries if mapping else ():
        if not IDENTIFIER.fullmatch(key.text):
            better = "small letters, digits and _, beginning with a letter"
            form.report("P108", key.place, f"{key.text!r} is no name of an input", better)
        inner = form.mapping(value, f"input {key.text}", "write {type: string}")
        if inner is not None:
            found.append(_input(form, key.text, key.place, inner))
    return tuple(found)


def _input(form: Form, name: str, place: Place, mapping: Mapping) -> Input:
    keys = form.keys(mapping, f"input {name}", _INPUT_KEYS)
    choices = tuple(text.value for text in form.texts(keys.get("enum"), "enum"))
    type_ = _input_type(form, keys.get("type"))
    if choices and type_ != "string":
        form.report("P111", keys["enum"].place, f"enum is for inputs of type string, not {type_}")
    return Input(
        name=name,
        place=place,
        type=type_,
        required=form.flag(keys.get("required"), "required", default=True),
        ask=form.words(keys.get("ask"), "ask"),
        description=form.words(keys.get("description"), "description"),
        pattern=_pattern(form, keys.get("pattern")),
        choices=choices,
    )


def _input_type(form: Form, node: Node | None) -> InputType:
    if node is None:
        return "string"
    text = form.words(node, "type")
    for known in get_args(InputType):
        if text == known:
            return known  # type: ignore[no-any-return]  # get_args knows no element types
    if text:
        form.report("P111", node.place, f"{text} is no type of an input", nearest(text, get_args(InputType)))
    return "string"


def _pattern(form: Form, node: Node | None) -> str:
    if node is None:
        return ""
    text = form.words(node, "pattern")
    if len(text) > _LONGEST_PATTERN:
        form.report("P111", node.place, f"a pattern has at most {_LONGEST_PATTERN} characters")
        return ""
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        form.report("P111", node.place, f"the pattern is no regular expression: {error}")
    return text

"""Procedures: a company's YAML files, read as plans, with every fault of their form."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final, get_args

from segue.errors import Finding
from segue.plan import document, steps
from segue.plan.document import Mapping, Node
from segue.plan.fields import Shapes, fields
from segue.plan.form import IDENTIFIER, Form
from segue.plan.grammar import INPUT, LONGEST_NAME, LONGEST_PATTERN, PROCEDURE
from segue.plan.plan import Input, InputType, Plan, Source
from segue.plan.rules import nearest


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
    made = None if mapping is None else fields(form, mapping, PROCEDURE, "", _SHAPES)
    if mapping is not None and not {key.text for key, _ in mapping.entries} & {"steps", "guidance"}:
        form.report("P106", mapping.place, "a procedure needs the key steps", "or guidance, by which a model plans")
    return None if made is None else Plan(source=source, **made)


def _topic(form: Form, node: Node, what: str, owner: str) -> str | None:
    topic = form.words(node, what)
    if len(topic) > LONGEST_NAME or not topic.isprintable():
        form.report("P107", node.place, f"{what} is one line of at most {LONGEST_NAME} characters")
    return topic or None


def _inputs(form: Form, node: Node, what: str, owner: str) -> tuple[Input, ...]:
    mapping = form.mapping(node, what, "write order_id: {type: string}")
    found = []
    for key, value in mapping.entries if mapping else ():
        if not IDENTIFIER.fullmatch(key.text):
            better = "small letters, digits and _, beginning with a letter"
            form.report("P108", key.place, f"{key.text!r} is no name of an input", better)
        inner = form.mapping(value, f"input {key.text}", "write {type: string}")
        made = None if inner is None else fields(form, inner, INPUT, key.text, _SHAPES)
        if inner is not None and made is not None:
            found.append(Input(name=key.text, place=key.place, **made))
            _check_choices(form, inner, found[-1])
    return tuple(found)


def _check_choices(form: Form, mapping: Mapping, entry: Input) -> None:
    if entry.choices and entry.type != "string":
        place = next(value.place for key, value in mapping.entries if key.text == "enum")
        form.report("P111", place, f"enum is for inputs of type string, not {entry.type}")


def _input_type(form: Form, node: Node, what: str, owner: str) -> InputType | None:
    text = form.words(node, what)
    for known in get_args(InputType):
        if text == known:
            return known  # type: ignore[no-any-return]  # get_args knows no element types
    if text:
        form.report("P111", node.place, f"{text} is no type of an input", nearest(text, get_args(InputType)))
    return None


def _pattern(form: Form, node: Node, what: str, owner: str) -> str:
    text = form.words(node, what)
    if len(text) > LONGEST_PATTERN:
        form.report("P111", node.place, f"a pattern has at most {LONGEST_PATTERN} characters")
        return ""
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        form.report("P111", node.place, f"the pattern is no regular expression: {error}")
    return text


_SHAPES: Final[Shapes] = {
    "topic": _topic,
    "words": lambda form, node, what, _: form.words(node, what),
    "texts": lambda form, node, what, _: tuple(text.value for text in form.texts(node, what)),
    "flag": lambda form, node, what, _: form.flag(node, what),
    "inputs": _inputs,
    "input_type": _input_type,
    "pattern": _pattern,
    "steps": lambda form, node, _, __: steps.read(form, node),
}

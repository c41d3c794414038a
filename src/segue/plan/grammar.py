"""The grammar of procedure files, as tables: what may stand under which key, and what is made of it.

Reading, hints about unknown keys, the schema for editors and its descriptions all come from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from segue.plan.plan import (
    AskStep,
    CheckStep,
    ChooseStep,
    EachStep,
    EscalateStep,
    ModelStep,
    ReplyStep,
    SearchStep,
    Step,
    ToolStep,
)

MAX_RETRIES: Final = 10
MAX_ITEMS: Final = 1000
MIN_OPTIONS: Final = 2
MAX_OPTIONS: Final = 20
LONGEST_NAME: Final = 80
"""Characters of a topic, and of an option's name."""
LONGEST_PATTERN: Final = 500
INLINE: Final = "*"
"""Stands for a field where a key's own keys are fields of the step."""

Shape = Literal[
    "topic",
    "words",
    "texts",
    "inputs",
    "steps",
    "input_type",
    "pattern",
    "flag",
    "text",
    "condition",
    "value",
    "arguments",
    "branch",
    "on_error",
    "options",
    "name",
    "most",
    "by",
    "schema",
    "reason",
    "searches",
    "choice",
    "loop",
    "question",
    "reply",
    "body",
]
"""How a key's value is read, and what an editor lets stand there."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """What may stand under one key."""

    field: str
    """Of what is made of it; `INLINE` for a mapping whose keys are fields themselves."""
    shape: Shape
    about: str
    is_required: bool = False
    example: str = ""
    """A hint where it is missing."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """The keys of a mapping."""

    what: str
    """As a message calls it."""
    keys: Mapping[str, Key]

    def required(self) -> dict[str, str]:
        """Return the keys that must be there, each with a hint."""
        return {name: key.example for name, key in self.keys.items() if key.is_required}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of step: the key that names it, and those it may have beside."""

    make: Callable[..., Step]
    about: str
    table: Table


def _key(field: str, shape: Shape, about: str, example: str = "") -> Key:
    return Key(field=field, shape=shape, about=about, example=example)


def _required(field: str, shape: Shape, about: str, example: str = "") -> Key:
    return Key(field=field, shape=shape, about=about, example=example, is_required=True)


PROCEDURE: Final = Table(
    what="a procedure",
    keys={
        "topic": _required("topic", "topic", "What the tickets are about; one file for each topic."),
        "description": _key("description", "words", "What the customer wants, in a sentence."),
        "examples": _key("examples", "texts", "What customers write who want it."),
        "guidance": _key("guidance", "words", "For a model: how the reply is written, and without steps what is done."),
        "inputs": _key("inputs", "inputs", "What must be known of the request, by name."),
        "steps": _key("steps", "steps", "Read from top to bottom; without them a model plans by the guidance."),
    },
)

INPUT: Final = Table(
    what="input",
    keys={
        "type": _key("type", "input_type", "`string` without it."),
        "required": _key("required", "flag", "`true` without it; else use the value behind `has(inputs.name)`."),
        "ask": _key("ask", "words", "The question to the customer where it is missing; without it, `low_confidence`."),
        "description": _key("description", "words", "What it is."),
        "pattern": _key("pattern", "pattern", "A regular expression that finds it in the customer's words."),
        "enum": _key("choices", "texts", "The only texts there are, for `string`."),
    },
)

COMMON: Final = {"when": _key("when", "condition", "Where it is false, the step is skipped.")}
"""What every step may have beside its `id`."""

_EXPECT = _key("expect", "condition", "A condition on the step's own value; where it is false, `on_error` applies.")
_ON_ERROR = _key("on_error", "on_error", "A step or steps that end the plan, `{retry: n}` or `{then: [steps]}`.")

COMPOSED: Final = Table(
    what="a composed reply",
    keys={
        "answer": _required("answer", "searches", "Ids of the searches whose passages it is composed from."),
        "guidance": _key("guidance", "words", "For a model that composes it."),
    },
)
CHOICE: Final = Table(
    what="choose",
    keys={
        "by": _required("by", "by", "Who chooses: `model` or `classifier`.", "by: classifier"),
        "options": _required("options", "options", "The ways on, by name.", "options: {late: [steps], lost: [steps]}"),
        "input": _key("given", "text", "What is looked at; the request's words without it."),
    },
)
OPTION: Final = Table(
    what="an option",
    keys={
        "description": _key("description", "words", "What speaks for it."),
        "examples": _key("examples", "texts", "Texts for which it is the right one."),
        "steps": _required("steps", "body", "Where the plan goes on; none: below.", "steps: []"),
    },
)
LOOP: Final = Table(
    what="each",
    keys={
        "in": _required("items", "text", "The list, as one `${…}`.", 'in: "${order.items}"'),
        "as": _required("name", "name", "What an item is called inside.", "as: item"),
        "max": _required("most", "most", "A longer list escalates `policy` before the first item.", "max: 20"),
        "steps": _required("steps", "branch", "Taken for each item, one after the other."),
    },
)
QUESTION: Final = Table(
    what="model",
    keys={
        "task": _required(
            "task", "text", "What the model is to do, without values.", 'task: "Say which colour is meant"'
        ),
        "input": _key("given", "value", "What it is shown."),
        "output": _required("output", "schema", "JSON Schema of its answer.", "output: {type: string}"),
    },
)


def _kind(name: str, make: Callable[..., Step], about: str, keys: Mapping[str, Key]) -> Kind:
    return Kind(make=make, about=about, table=Table(what=f"a {name} step", keys={**COMMON, **keys}))


KINDS: Final[dict[str, Kind]] = {
    "tool": _kind(
        "tool",
        ToolStep,
        "Call a tool; its value is the tool's result.",
        {
            "tool": _required("tool", "text", "Its name."),
            "args": _key("args", "arguments", "By name; an argument that is exactly one `${…}` keeps its type."),
            "expect": _EXPECT,
            "approve": _key("approve", "condition", "Where it is true, a person must say yes first."),
            "on_error": _ON_ERROR,
        },
    ),
    "search": _kind(
        "search",
        SearchStep,
        "Search the articles; its value is `{found, passages}`.",
        {
            "search": _required("query", "text", "What is looked for."),
            "expect": _EXPECT,
            "on_error": _ON_ERROR,
        },
    ),
    "model": _kind(
        "model",
        ModelStep,
        "Ask a model; its value is the answer.",
        {"model": _required(INLINE, "question", "The task, what the model is shown, and the answer's schema.")}
        | {"expect": _EXPECT, "on_error": _ON_ERROR},
    ),
    "ask": _kind(
        "ask",
        AskStep,
        "Ask the customer and wait; its value is `{text}`.",
        {
            "ask": _required("question", "text", "The question."),
            "into": _key("into", "text", "The input that the answer fills."),
        },
    ),
    "check": _kind(
        "check",
        CheckStep,
        "Go on only where a condition holds.",
        {
            "check": _required("condition", "condition", "The condition."),
            "else": _required("otherwise", "branch", "Where it does not: ends the plan.", "else: {escalate: policy}"),
        },
    ),
    "choose": _kind(
        "choose",
        ChooseStep,
        "Go one of several ways; unsure which, escalate `low_confidence`.",
        {"choose": _required(INLINE, "choice", "Who chooses, between what.")},
    ),
    "each": _kind(
        "each",
        EachStep,
        "Take steps for each item of a list.",
        {"each": _required(INLINE, "loop", "The list, the item's name, how many at most, and the steps.")},
    ),
    "reply": _kind(
        "reply",
        ReplyStep,
        "Answer the customer and end.",
        {"reply": _required(INLINE, "reply", "A text, or `{answer: [search]}` composed from passages.")},
    ),
    "escalate": _kind(
        "escalate",
        EscalateStep,
        "Hand the ticket to a person and end.",
        {"escalate": _required("reason", "reason", "Why.")},
    ),
}
"""By the key that makes a step one of this kind."""

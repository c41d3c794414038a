"""A second opinion on a reply: whether it rests on its sources, answers the question, and tells only what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from segue.models.model import Part
from segue.redaction import Personal
from segue.support.asking.questions import Question
from segue.support.brain import Finished

JSON = Any
SYSTEM = """\
You check a reply before a company sends it to a customer. Look for what is wrong with it, and be strict.

- is_grounded: everything that it states stands in the sources or in the list of what was done.
- is_answer: it answers what the customer asks.
- is_true_to_deeds: it says that something was done, or will be, only where a source or the list of what was done does.
- why: where one of them is false, what is wrong, in one sentence; else an empty text."""
_FAULTS = {
    "is_grounded": "it states what no source says",
    "is_answer": "it does not answer the question",
    "is_true_to_deeds": "it promises what was not done",
}
LONGEST = 300
"""Characters of a model's reason."""


def question(reply: Finished, personal: Personal) -> Question:
    """Return what a model is asked about a reply."""
    sources = [Part(text=text, label="source", is_public=True) for text in reply.sources]
    done = "\n".join(json.dumps(call, ensure_ascii=False) for call in reply.done) or "nothing"
    return Question(
        task="judge",
        system=SYSTEM,
        parts=(
            *sources,
            Part(text=done, label="done"),
            Part(text=reply.question, label="question"),
            Part(text=reply.text, label="reply"),
        ),
        schema={
            "type": "object",
            "properties": {**{name: {"type": "boolean"} for name in _FAULTS}, "why": {"type": "string"}},
            "required": [*_FAULTS, "why"],
            "additionalProperties": False,
        },
        personal=personal,
    )


def objection(value: Mapping[str, JSON]) -> str:
    """Return what a model has against a reply; empty where it has nothing."""
    faults = [fault for name, fault in _FAULTS.items() if not value[name]]
    why = " ".join(value["why"].split())[:LONGEST]
    return f"a second opinion: {' and '.join(faults)}{f' ({why})' if why else ''}" if faults else ""

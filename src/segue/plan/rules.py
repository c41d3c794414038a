"""Every rule about tools, procedures and plans: its code and what it asks."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from segue.tools import python

FORM: Final[dict[str, str]] = {
    "P101": "A procedure file is readable UTF-8 text of at most 256 kB.",
    "P102": "A procedure file is one well-formed YAML document.",
    "P103": "A key stands once in a mapping.",
    "P104": "Anchors, aliases, merge keys, tags and further documents are not used.",
    "P105": "Every key is known.",
    "P106": "Every required key is there.",
    "P107": "Every value is of the kind its key asks for.",
    "P108": "An id is written like `order_2` and is no reserved word; steps at the top level have one.",
    "P109": "A step is of exactly one kind.",
    "P111": "An input's type, pattern and choices can work.",
    "P112": "A procedure file is nested at most 40 levels deep.",
    "P113": "A topic has one file.",
}
"""Rules on how a procedure is written, checked while it is read."""

MEANING: Final[dict[str, str]] = {
    "P201": "A tool that a step names is in the catalogue.",
    "P202": "An argument is one that the tool takes.",
    "P203": "A fact that a step requires is not provided only later.",
    "P204": "A tool gets every argument that it requires.",
    "P205": "An argument's value fits the parameter's type.",
    "P206": "A fact that a step requires is provided on every path to it.",
    "P207": "A name in an expression is an input, the ticket or a step; a field is one that its record has.",
    "P208": "An expression uses only steps above it.",
    "P209": "A value that may be missing is used only where it is known to be there.",
    "P210": "An expression is well-formed CEL within the limits on length, nesting and loops.",
    "P211": "The operands of an expression fit each other.",
    "P212": "A condition is true or false.",
    "P213": "Money is combined only by money.add, money.sub, money.min, money.max and money.percent.",
    "P214": "A text's ${…} and {{…}} are closed, and what they insert can be written as text.",
    "P215": "A citation or an answer names searches that ran before it.",
    "P216": "A reason to escalate is one of the known reasons.",
    "P217": "The input that an ask fills is declared.",
    "P218": "Every step can be reached.",
    "P219": "Every path ends in a reply or an escalation.",
    "P220": "A way out ends in a reply or an escalation.",
    "P221": "A `once` action is not retried.",
    "P222": "An id names one step.",
    "P223": "A plan keeps within the limits on nesting, on steps and on values.",
    "P224": "A $${…} that would be a value without the first dollar sign is meant as a literal.",
    "P225": "An argument may be believed as far as its parameter demands, or a person approves it.",
    "P226": "What decides whether a `once` action happens may be believed, or a person approves the action.",
    "P227": "A loop goes through a list, and its item has a name of its own.",
    "P228": "A loop neither replies nor ends the plan by itself; a way out inside it may.",
    "P229": "An example speaks for one option of a choice.",
    "P230": "A model's task is a text without values, and its output a schema that says what comes.",
    "P231": "A reply that a model has composed comes after a search.",
    "P232": "In a plan made by a model, a person approves every action.",
    "P233": "In a plan made by a model, every reply cites or is composed from a search.",
    "P234": "A condition can be true and can be false.",
    "P235": "A step that asks a model has one to ask.",
    "P237": "In a plan made by a model, no input has a pattern: how long one takes cannot be told.",
    "P238": "A procedure that is guidance alone has a model that plans by it.",
    "P236": "A plan can end within the steps that a run may take.",
}
"""Rules on what a plan means, checked by `verify` whoever wrote the plan."""

_LONGEST = 400

WARNINGS: Final = frozenset(("P224", "P226", "P234", "P235", "P236", "P238"))
"""Rules whose findings stop nothing."""
STRICT: Final = frozenset(("P226",))
"""Those that do in a plan made by a model."""

RULES: Final[dict[str, str]] = {
    **python.RULES,
    "C105": "A tool's approve is a condition over its arguments.",
    **FORM,
    **MEANING,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in an expression or a template."""

    code: str
    offset: int
    """Characters from the beginning of the text."""
    message: str
    hint: str = ""


def one_line(text: str) -> str:
    """Return a text of a finding so that it fits a line of a terminal, whatever an author's words hold."""
    text = "".join(char if char.isprintable() else " " for char in text[:_LONGEST])
    return " ".join(text.split())


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the known word most like `word`, else the few that there are."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(known)}" if 0 < len(known) <= 12 else ""

"""A plan in a model's words: shown the tools and the language, it writes one that `verify` lets through or does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from segue.errors import Finding
from segue.models.model import Part
from segue.plan.catalogue import Catalogue, Entry
from segue.plan.execute import Ended
from segue.plan.plan import Plan
from segue.plan.schema import schema
from segue.redaction import Personal
from segue.support.asking.questions import Question, Questions
from segue.support.brain import Planned
from segue.support.explain import REJECTED

JSON = Any
OUTPUT_TOKENS = 4096
TRIES = 2
"""A plan with an error goes back once, with what was found."""
COMPOSED = "composed"
"""Topic of a plan for what has none; a model's own words for it would be shown to whoever approves."""
SHOWN_RESULT = 2000
"""Characters of a tool's result."""
SYSTEM = """\
You write the plan by which a company deals with one customer's request: as few steps as it takes, with the tools that
are listed and no others. It is JSON: {"topic": "...", "inputs": {...}, "steps": [...]}. It is read from top to bottom.

Each step has an "id" (small letters, digits, _; unique) and one of these keys:
- {"id": "order", "tool": "orders.lookup", "args": {"order_id": "${inputs.order_id}"}} calls a tool; then the step's id
  is its result, such as ${order.total}. An argument that is exactly one ${...} keeps its type.
- {"id": "rules", "search": "refund policy"} searches the articles; its value is {found, passages}.
- {"id": "open", "check": "order.status == 'open'", "else": {"escalate": "policy"}} goes on only where a condition (CEL)
  holds; "else" is a reply or an escalate.
- {"id": "done", "reply": "Order ${order.id} is on its way, see {{rules}}."} answers the customer and ends the plan.
  {{rules}} cites what a search found. {"id": "done", "reply": {"answer": ["rules"]}} composes the answer from passages.
- {"id": "hand_over", "escalate": "policy"} gives the ticket to a person and ends the plan.

"inputs" names what the customer must say: {"order_id": {"type": "string", "ask": "Which order is it about?"}}, then
${inputs.order_id}. It has no "pattern". ticket.id, ticket.text, ticket.customer.id and ticket.customer.email are there.

- Every tool step whose effect is write or once has "approve": "true": a person looks at it first.
- Look things up before you act. What a tool requires must be provided by a step above it, or by the ticket:
  identity_verified is what an authenticated customer brings along.
- An argument that must be "trusted" comes from the result of a tool with an owner, never from the customer's words.
- Every reply rests on a search above it and cites it. Every way through the plan ends in a reply or an escalate.
- Where the tools and articles cannot help, the plan is a search and an escalate with no_procedure."""
AGAIN = """\
The plan that you wrote has the errors below. Write it again without them."""
REPLAN = """\
An earlier plan for this request failed. Write the one that goes on from there. What its steps gave is still there under
their ids, so no step of yours has one of these ids. Nothing that was done is done again. Where nothing is left to try,
escalate with tool_failed."""
Read = Callable[[str], tuple[Plan | None, list[Finding]]]
"""Reads a plan that a model wrote; where it is `None`, a finding says why."""


def _schema() -> dict[str, JSON]:
    """Return the schema of procedures as far as a model may write them: with steps, none of which asks a model."""
    whole = {name: rule for name, rule in schema().items() if name != "anyOf"}
    rules = {name: rule for name, rule in whole["$defs"].items() if name not in ("model", "question")}
    kinds = [rule for rule in rules["step"]["oneOf"] if rule != {"$ref": "#/$defs/model"}]
    return {**whole, "required": ["topic", "steps"], "$defs": {**rules, "step": {"oneOf": kinds}}}


SCHEMA = _schema()


def question(asked: str, catalogue: Catalogue, guidance: str, personal: Personal) -> Question:
    """Return what a model is asked to plan."""
    told = (Part(text=f"How this company wants it done: {guidance}", is_trusted=True),) if guidance else ()
    return Question(
        task="plan",
        system=SYSTEM,
        parts=(
            Part(text="\n".join(map(_tool, catalogue.entries.values())) or "none", label="tools", is_public=True),
            *told,
            Part(text=asked, label="request"),
        ),
        schema=SCHEMA,
        personal=personal,
        output_tokens=OUTPUT_TOKENS,
    )


def question_after(asked: str, plan: Plan, ended: Ended, catalogue: Catalogue, personal: Personal) -> Question:
    """Return what a model is asked once a plan has failed."""
    first = question(asked, catalogue, plan.guidance if plan.made_by == "company" else "", personal)
    taken = [f"{taken.id} ({taken.kind}): {taken.result}" for taken in ended.taken]
    calls = [_call(call.tool, call.args, call.error or call.result) for call in ended.calls]
    failed = f"It ended: {ended.why}"
    return replace(
        first,
        system=f"{SYSTEM}\n\n{REPLAN}",
        parts=(*first.parts, Part(text="\n".join([*taken, *calls, failed]), label="done")),
    )


async def plan(questions: Questions, question: Question, read: Read) -> Planned | None:
    """Ask for a plan until it can be read, at most twice.

    Returns:
        The plan, or why it was rejected; `None` where no model answered.
    """
    asked, found = question, Planned()
    for _ in range(TRIES):
        given = await questions.ask(asked)
        if given is None:
            return None if not found.why else found
        written = json.dumps(given.value, ensure_ascii=False)
        made, findings = read(written)
        faults = [str(finding) for finding in findings if finding.severity == "error"]
        if given.invented:
            faults = [f"it speaks of {', '.join(given.invented)}, which nobody said"]
        if made is not None and not faults:
            return Planned(plan=made)
        found = Planned(why=f"{REJECTED}{given.model} made was rejected: {faults[0]}")
        asked = replace(
            question,
            system=f"{question.system}\n\n{AGAIN}",
            parts=(*question.parts, Part(text=written, label="plan"), Part(text="\n".join(faults), label="errors")),
        )
    return found


def named(plan: Plan, topic: str | None) -> Plan:
    """Return a model's plan under a name of ours."""
    return replace(plan, topic=topic or COMPOSED)


def _tool(entry: Entry) -> str:
    """Return a tool as a model sees it, in one line of JSON."""
    about: Mapping[str, JSON] = {
        "tool": entry.name,
        "about": entry.description,
        "effect": entry.effect,
        "args": {
            parameter.name: {
                **parameter.schema,
                **({} if parameter.required else {"optional": True}),
                **({} if parameter.integrity == "free" else {"must be": parameter.integrity}),
            }
            for parameter in entry.parameters
        },
        "gives": entry.result,
        "owner": entry.owner,
        "requires": entry.requires,
        "provides": entry.provides,
    }
    return json.dumps({name: value for name, value in about.items() if value not in (None, "", ())}, ensure_ascii=False)


def _call(tool: str, args: Mapping[str, JSON], result: JSON) -> str:
    return json.dumps({"tool": tool, "args": args, "result": result}, ensure_ascii=False)[:SHOWN_RESULT]

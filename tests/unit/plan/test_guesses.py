"""A model may guess an input only where no action demands that the customer, or the company, has said it."""

from __future__ import annotations

import pytest

from segue.plan.catalogue import Catalogue, Entry, Parameter
from segue.plan.guesses import harmless
from segue.plan.plan import Plan
from segue.plan.procedure import parse
from segue.tools import Integrity

TEXT = {"type": "string"}
HEAD = "topic: x\ninputs: {a: {type: string}, b: {type: string}}\nsteps:\n"


def catalogue(integrity: Integrity) -> Catalogue:
    told = Parameter(name="to", schema=TEXT, integrity=integrity)
    note = Parameter(name="note", schema=TEXT, required=False)
    move = Entry(name="move", effect="write", parameters=(told, note), result=TEXT)
    find = Entry(name="find", effect="read", parameters=(Parameter(name="what", schema=TEXT),), result=TEXT)
    return Catalogue(entries={entry.name: entry for entry in (move, find)})


def plan(*lines: str) -> Plan:
    found, findings = parse(HEAD + "".join(f"  - {line}\n" for line in lines) + "  - {id: end, reply: Done.}\n", "x")
    assert found is not None, findings
    return found


@pytest.mark.parametrize(
    ("integrity", "line", "may"),
    [
        (Integrity.FREE, '{id: m, tool: move, args: {to: "${inputs.a}"}}', {"a", "b"}),
        (Integrity.FROM_CUSTOMER, '{id: m, tool: move, args: {to: "${inputs.a}"}}', {"b"}),
        (Integrity.FROM_CUSTOMER, '{id: m, tool: move, args: {to: "${inputs.a}", note: "${inputs.b}"}}', {"b"}),
        (Integrity.FROM_CUSTOMER, '{id: m, tool: move, args: {to: "${inputs.a}"}, approve: "true"}', {"a", "b"}),
        (Integrity.FREE, '{id: m, reply: "${inputs.a}"}', {"a", "b"}),
    ],
)
def test_an_input_may_be_guessed_where_nothing_demands_more(integrity: Integrity, line: str, may: set[str]) -> None:
    assert harmless(plan(line), catalogue(integrity), ["a", "b", "c"]) == may


def test_what_is_looked_up_by_a_guess_is_a_guess() -> None:
    through = plan(
        '{id: found, tool: find, args: {what: "${inputs.a}"}}', '{id: m, tool: move, args: {to: "${found}"}}'
    )
    assert harmless(through, catalogue(Integrity.FROM_CUSTOMER), ["a", "b"]) == {"b"}


def test_of_an_argument_that_falls_short_anyway_a_guess_takes_nothing_away() -> None:
    short = plan('{id: m, tool: move, args: {to: "${inputs.a}"}}')
    assert harmless(short, catalogue(Integrity.TRUSTED), ["a"]) == {"a"}

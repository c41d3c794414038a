"""Faulty plans: what does harm in simulated worlds is found by `verify`, and what is good is not accused."""

from __future__ import annotations

import asyncio
from itertools import islice
from pathlib import Path

import pytest

from benchmarks import data
from benchmarks.proofs import gold, mutated, oracle, subjects
from benchmarks.proofs.mutated import Proof, prove
from benchmarks.proofs.subjects import Subject
from segue.plan.procedure import parse

WORLDS = 4
FEWER = 3
"""Each so-manieth mutant is tried here; `python -m benchmarks.proofs.mutated` tries all of every plan."""


@pytest.fixture(scope="module")
def proof() -> Proof:
    return prove(subjects.synthetic(), worlds=WORLDS, wanted=lambda _, number: number % FEWER == 0)


def test_every_fault_that_is_seen_to_do_harm_is_found(proof: Proof) -> None:
    assert proof.missed == []
    assert len(proof.harmful) >= 10
    assert proof.harmful.total() >= 100


def test_no_good_plan_is_accused(proof: Proof) -> None:
    assert proof.accused == []
    assert proof.plans == 8


def test_the_proof_fails_for_who_finds_nothing() -> None:
    blind = prove(
        islice(subjects.synthetic(), 1), worlds=WORLDS, verifies=lambda *_: [], wanted=lambda _, n: n % FEWER == 0
    )
    assert not blind.holds
    assert len(blind.missed) == blind.harmful.total() > 0


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('{id: a, tool: money.refund, args: {order_id: "1", amount: "${inputs.amount}"}}', "decided by others"),
        ('{id: a, tool: orders.swap, args: {order_id: "1", sku: x, note: x}}', "fact"),
        ("{id: a, tool: money.pay}", "no such tool"),
        ('{id: a, tool: orders.note, args: {order_id: "1"}}', "arguments"),
        ('{id: a, search: "${late.text}"}', "crash"),
        ('{id: a, check: "1 == 2", else: {search: x}}', "a way out leads on"),
        ("{id: a, search: x, when: \"ticket.channel == 'fax'\"}", "cites nothing"),
    ],
)
def test_harm_is_seen_when_it_happens(line: str, kind: str) -> None:
    source = f"topic: x\ninputs: {{amount: {{type: money}}}}\nsteps:\n  - {line}\n  - {{id: b, search: x}}\n"
    end = "  - {id: end, reply: 'See {{a}}.'}\n" if kind == "cites nothing" else "  - {id: end, reply: 'Done.'}\n"
    plan, findings = parse(source + end, "x.yaml")
    assert plan is not None, findings
    tools = {each.name: each for each in subjects.own_tools()}
    assert kind in {harm.kind for harm in oracle.harms(plan, tools, mutated.WORLDS, stop=False)}


def test_a_subject_has_a_name_of_its_own() -> None:
    found: list[Subject] = list(subjects.synthetic())
    assert len({subject.name for subject in found}) == len(found)


@pytest.mark.parametrize(("name", "every"), [("tau2_retail", 60), ("tau2_banking", 6)])
def test_what_is_right_in_a_real_domain_is_accepted_and_ends_as_it_should(
    name: str, every: int, tmp_path: Path
) -> None:
    try:
        domain = gold.domain(name, tmp_path)
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    result = asyncio.run(gold.prove(domain, gold.SOURCES[name](data.folder(name)), every))
    assert result.wrong == []
    assert result.tried == result.accepted == result.same_end > 0
    assert result.mutants == result.rejected

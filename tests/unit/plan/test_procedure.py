import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from segue.plan.catalogue import Catalogue
from segue.plan.plan import (
    AskStep,
    CheckStep,
    Constant,
    EscalateStep,
    Fields,
    Input,
    Items,
    Place,
    Plan,
    ReplyStep,
    SearchStep,
    Text,
    ToolStep,
)
from segue.plan.procedure import load_all, parse
from segue.plan.verify import verify

REFUND = r"""
topic: refund
description: The customer wants money back for an order.
examples: ["I want my money back for order 123456", "please refund me"]
guidance: Apologise once, be brief.            # for a model that writes the reply
inputs:
  order_id: {type: string, pattern: "\\b\\d{6}\\b", ask: "Which order is it about?"}
steps:
  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}, expect: "order.status != 'unknown'", on_error: {escalate: tool_failed}}
  - {id: policy, search: "refund policy ${order.category}"}
  - {id: window, check: "order.age_days <= 30", else: {reply: "The 30 days for a refund are over, see {{policy}}."}}
  - {id: refund, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}, approve: "order.total > 100"}
  - {id: done, reply: "We refunded ${refund.amount}; it reaches you within 5 days."}
"""  # noqa: E501  # the contract's example as it stands there

PLANS = TypeAdapter(Plan)


def plan(source: str) -> Plan:
    found, findings = parse(source, "procedures/x.yaml")
    assert found is not None, findings
    return found


def value(scalar: str) -> Any:
    """Returns what a YAML scalar becomes as an argument."""
    step = plan(f"topic: x\nsteps:\n  - {{id: a, tool: t, args: {{v: {scalar}}}}}\n").steps[0]
    assert isinstance(step, ToolStep)
    argument = step.args[0].value
    assert isinstance(argument, Text | Constant)
    return argument.value


def test_the_refund_procedure_is_read_as_it_is_written() -> None:
    refund = plan(REFUND)
    assert [step.id for step in refund.steps] == ["order", "policy", "window", "refund", "done"]
    assert [type(step) for step in refund.steps] == [ToolStep, SearchStep, CheckStep, ToolStep, ReplyStep]
    assert refund.inputs == (
        Input(name="order_id", place=Place(7, 3), pattern=r"\b\d{6}\b", ask="Which order is it about?"),
    )
    assert refund.guidance == "Apologise once, be brief."
    assert [step.id for step in refund.all_steps()][:3] == ["order", "order.on_error.0", "policy"]
    assert len(refund.source.sha256) == 64


def test_the_refund_procedure_verifies_clean(catalogue: Catalogue) -> None:
    assert verify(plan(REFUND), catalogue) == []


def test_the_smallest_procedure_is_a_reply() -> None:
    smallest = plan('topic: x\nsteps: [{id: a, reply: "…"}]')
    assert smallest.steps == (
        ReplyStep(id="a", place=Place(2, 9), text=Text(value="…", place=Place(2, 24), anchors=((0, 2, 25),))),
    )


def test_a_plan_survives_json(catalogue: Catalogue) -> None:
    for source in (REFUND, EVERYTHING):
        before = plan(source)
        assert PLANS.validate_json(PLANS.dump_json(before)) == before
        assert PLANS.validate_python(json.loads(json.dumps(PLANS.dump_python(before, mode="json")))) == before


EVERYTHING = """
topic: everything
inputs:
  reason: {type: string, enum: [late, broken, 3], required: false, description: why}
  amount: {type: money, required: true}
steps:
  - id: reason
    when: "!has(inputs.reason)"
    ask: Why?
    into: reason
  - id: raw
    tool: orders.raw
    args: {order_id: "1", deep: [1, {x: null, y: 2.5}, yes]}
    approve: true
    expect: has(raw)
    on_error: {then: [{search: a}, {id: second, search: b}]}
  - id: again
    search: c
    on_error: {retry: 3}
  - id: gate
    check: "again.found"
    else:
      - search: d
      - escalate: not_grounded
  - id: done
    reply: {answer: [again], guidance: be kind}
"""


def test_every_kind_of_step_is_read() -> None:
    ask, raw, again, gate, done = plan(EVERYTHING).steps
    assert isinstance(ask, AskStep)
    assert ask.when is not None
    assert (ask.when.value, ask.question.value, ask.into and ask.into.value) == (
        "!has(inputs.reason)",
        "Why?",
        "reason",
    )
    assert isinstance(raw, ToolStep)
    deep = raw.args[1].value
    assert isinstance(deep, Items)
    assert isinstance(deep.items[1], Fields)
    assert deep.items[2] == Text(value="yes", place=Place(13, 56))
    assert raw.approve is not None
    assert raw.approve.value == "true"
    assert raw.on_error is not None
    assert raw.on_error.goes_on
    assert [step.id for step in raw.on_error.steps] == ["raw.then.0", "second"]
    assert isinstance(again, SearchStep)
    assert again.on_error is not None
    assert (again.on_error.retries, again.on_error.goes_on) == (3, False)
    assert isinstance(gate, CheckStep)
    assert isinstance(gate.otherwise[1], EscalateStep)
    assert isinstance(done, ReplyStep)
    assert ([text.value for text in done.answer], done.guidance, done.text) == (["again"], "be kind", None)
    assert plan(EVERYTHING).inputs[0].choices == ("late", "broken", "3")
    assert plan(EVERYTHING).asked_inputs() == {"reason"}


WORDS = ["yes", "no", "on", "off", "Yes", "2026-05-01", "12:30:00", "1_000", "1.2.3", "=", "-", "+1-2"]
NUMBERS = ["007", "0123456", "0b1", ".inf", ".nan", "123456789012345678901", "1e999", "1e"]


@pytest.mark.parametrize("word", WORDS + NUMBERS)
def test_what_only_yaml_1_1_takes_for_a_value_stays_text(word: str) -> None:
    assert value(word) == word


@pytest.mark.parametrize(
    ("word", "result"),
    [("12", 12), ("-3", -3), ("0", 0), ("0x1F", 31), ("0o17", 15), ("1.5", 1.5), ("-.5", -0.5), ("1e3", 1000.0),
     ("true", True), ("FALSE", False), ("null", None), ("~", None), ("'12'", "12"), ('"true"', "true"), ('""', "")],
)  # fmt: skip
def test_numbers_truth_values_and_null_are_resolved_unless_quoted(word: str, result: Any) -> None:
    assert value(word) == result
    assert type(value(word)) is type(result)


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("steps:\n  - {id: a, check: x.y, else: {escalate: policy}}", 2, 20),
        ("steps:\n  - {id: a, check: 'x.y', else: {escalate: policy}}", 2, 21),
        ('steps:\n  - {id: a, check: "\\"\\" == \\u0022\\u0022 && x.y", else: {escalate: policy}}', 2, 45),
        ("steps:\n  - {id: a, check: '''a'' == x.y', else: {escalate: policy}}", 2, 30),
        ("steps:\n  - id: a\n    check: |\n      1 == 1\n      && x.y\n    else: {escalate: policy}", 5, 10),
        ("steps:\n  - id: a\n    check: >-\n      1 == 1 &&\n      x.y\n    else: {escalate: policy}", 5, 7),
        ("steps:\n  - id: a\n    check: 1 == 1 &&\n      2 == 2 && x.y\n    else: {escalate: policy}", 4, 17),
        (
            'steps:\n  - id: a\n    check: "1 == 1 &&\n\n      2 == 2 && \\\n      x.y"\n    else: {escalate: policy}',
            6,
            7,
        ),
        ("steps:\r\n  - id: a\r\n    check: |\r\n      1 == 1\r\n      && x.y\r\n    else: {escalate: policy}", 5, 10),
        ('steps:\n  - {id: a, reply: "Grüße 🎉 ${x.y}"}', 2, 31),
    ],
)
def test_a_finding_points_into_the_text_as_it_is_written(
    source: str, line: int, column: int, catalogue: Catalogue
) -> None:
    found = [finding for finding in verify(plan(f"{source}\ntopic: t"), catalogue) if finding.code == "P207"]
    assert [(finding.line, finding.column) for finding in found] == [(line, column)]


def test_every_fault_of_a_file_is_found_at_once() -> None:
    steps = "  - {tool: t}\n  - {id: In, reply: a}\n  - {id: b, each: {in: x, as: y, max: 0, steps: []}}\n"
    source = f"topic: x\ndescripton: y\nsteps:\n{steps}"
    _, findings = parse(source, "procedures/x.yaml")
    assert [str(finding) for finding in findings] == [
        "procedures/x.yaml:2:1 P105 a procedure has no key descripton (hint: did you mean description?)",
        "procedures/x.yaml:4:5 P106 a step needs the key id (hint: a word for it, such as order)",
        "procedures/x.yaml:5:10 P108 'In' is no id (hint: small letters, digits and _, beginning with a letter)",
        "procedures/x.yaml:6:39 P107 max is a whole number from 1 to 1000",
        "procedures/x.yaml:6:49 P107 needs at least one step (hint: {escalate: policy} hands over to a person)",
    ]


def test_the_folder_of_procedures_is_read_whole(tmp_path: Path) -> None:
    folder = tmp_path / "procedures"
    assert load_all(folder) == ({}, [])
    folder.mkdir()
    (folder / "a.yaml").write_text("topic: one\nsteps: [{id: a, reply: x}]")
    (folder / "b.yml").write_text("\ufefftopic: two\nsteps: [{id: a, reply: x}]", encoding="utf-8")
    (folder / "c.yaml").write_text("topic: one\nsteps: [{id: a, reply: y}]")
    (folder / "d.yaml").write_bytes(b"topic: x\n# \xff\n")
    (folder / "e.yaml").mkdir()
    (folder / "notes.txt").write_text("not a procedure")
    plans, findings = load_all(folder)
    assert {topic: plan.source.file for topic, plan in plans.items()} == {
        "one": "procedures/a.yaml",
        "two": "procedures/b.yml",
    }
    assert [(finding.file, finding.line, finding.code) for finding in findings] == [
        ("procedures/c.yaml", 1, "P113"),
        ("procedures/d.yaml", 2, "P101"),
        ("procedures/e.yaml", 0, "P101"),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("topic: ~", "topic is empty"),
        ("topic: " + "x" * 81, "at most 80 characters"),
        ('topic: "a\\nb"', "one line"),
        ("steps: []", "steps is empty"),
        ("steps: [{id: a, search: x, on_error: []}]", "at least one step"),
        ("steps: [{id: a, reply: {answer: []}}]", "at least one search"),
        ("steps: [{id: a, reply: {guidance: x}}]", "needs the key answer"),
        ("steps: [{id: a, reply: ''}]", "reply is empty"),
        ("steps: [{id: a, tool: {}}]", "tool is a text, not a mapping"),
        ("steps: [{id: a, tool: b, args: [c]}]", "args is written as keys"),
        ("inputs: {a: {required: maybe}}", "required is true or false"),
        ("inputs: {a: {pattern: '" + "x" * 501 + "'}}", "at most 500 characters"),
        ("inputs: [a]", "inputs is written as keys"),
        ("examples: {a: b}", "list of texts"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_what_it_should_be(line: str, says: str) -> None:
    lines = {"topic": "topic: x", "steps": "steps: [{id: a, reply: x}]", line.partition(":")[0]: line}
    _, findings = parse("\n".join(lines.values()), "x.yaml")
    assert len(findings) == 1
    assert says in findings[0].message
    assert findings[0].line == list(lines).index(line.partition(":")[0]) + 1


@pytest.mark.parametrize(
    "source",
    [
        "[" * 100_000,
        "- " * 50_000,
        "a: " * 1000,
        '"\\UFFFFFFFF"',
        '"\\ud800": x',
        "%YAML " + "9" * 5000 + ".1\n---\na: b",
        "topic: x\nsteps: " + "[" * 60 + "]" * 60,
        "? [a]\n: b",
        "\x00",
        "topic: &a [*a]",
        "steps: {",
        "topic: x\nsteps: [[], {}, ~, {id: [], when: {}, tool: []}]",
        "x" * 300_000,
        "",
        "---\n---\n",
        "!!python/object:os.system {}",
    ],
)
def test_no_file_is_too_strange_to_have_findings(source: str) -> None:
    found, findings = parse(source, "x.yaml")
    assert found is None
    assert findings


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_has_findings(source: str) -> None:
    found, findings = parse(source, "x.yaml")
    assert (found is None) == bool(findings)


@given(data=st.data())
def test_a_mutated_procedure_is_a_plan_or_has_findings(data: st.DataObject, catalogue: Catalogue) -> None:
    source = data.draw(st.sampled_from([REFUND, EVERYTHING]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(source)))
        length = data.draw(st.integers(0, 12))
        put = data.draw(
            st.sampled_from(["", " ", "\n", ":", "{", "}", "[", "]", "- ", '"', "'", "${", "}}", "x", "&", "#", "|"])
        )
        source = source[:start] + put + source[start + length :]
    found, findings = parse(source, "x.yaml")
    assert (found is None) == bool(findings)
    if found is not None:
        verify(found, catalogue)

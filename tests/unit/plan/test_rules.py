# ruff: noqa: E501  # a table reads best with one rule to a row
"""Every rule has a file that breaks it, with § where the finding must point, and one beside it that does not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from segue.errors import Finding
from segue.plan.procedure import load_all
from segue.plan.rules import FORM, MEANING, RULES, WARNINGS
from segue.tools import python

HEAD = (
    "topic: x\ninputs: {order_id: {type: string}, late: {type: string, required: false}, sum: {type: money}}\nsteps:\n"
)
LOOKUP = '  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}\n'
END = "  - {id: done, reply: Done.}\n"


def steps(*lines: str) -> str:
    return HEAD + "".join(f"  - {line}\n" for line in lines)


def after_lookup(*lines: str) -> str:
    return HEAD + LOOKUP + "".join(f"  - {line}\n" for line in lines) + END


REFUND = '{id: refund, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}}'
IDENTITY = "{id: identity, tool: identity.verify, args: {code: abc}}"
RESERVE = "{id: hold, tool: stock.reserve, args: {sku: a, count: 1}}"
COUNT = "{id: count, tool: stock.count, args: {sku: a}}"

MANY = [f"{{id: a{number}, search: x}}" for number in range(199)]

CASES = [
    ("P101", "§" + "#" * 300_000, "topic: x\nsteps: [{id: a, reply: x}]\n" + "#" * 200_000),
    ("P102", "topic: x\nsteps: [§}", "topic: x\nsteps: [{id: a, reply: x}]"),
    ("P103", "topic: x\n§topic: y\nsteps: [{id: a, reply: x}]", "topic: x\nsteps: [{id: a, reply: x}]"),
    ("P104", steps("{id: a, reply: §*b}"), steps("{id: a, reply: '*b'}")),
    ("P104", steps("{id: a, reply: §&b c}"), steps("{id: a, reply: '&b c'}")),
    ("P104", steps("{id: a, reply: §!b c}"), steps("{id: a, reply: '!b c'}")),
    ("P104", "topic: x\nsteps: [{§<<: {}, id: a, reply: x}]", "topic: x\nsteps: [{id: a, reply: <<}]"),
    ("P104", "topic: x\nsteps: [{id: a, reply: x}]\n§---\na: b", "---\ntopic: x\nsteps: [{id: a, reply: x}]\n..."),
    ("P105", "topic: x\n§step: []\nsteps: [{id: a, reply: x}]", "topic: x\nsteps: [{id: a, reply: x}]"),
    ("P105", steps("{id: a, reply: x, §expect: y}"), steps("{id: a, search: x, expect: a.found}", "{id: b, reply: x}")),
    ("P106", "§topic: x", "topic: x\nsteps: [{id: a, reply: x}]"),
    ("P106", steps("§{reply: x}"), steps("{id: a, reply: x}")),
    ("P106", steps("§{id: a, check: 'true'}") + END, steps("{id: a, check: 'true', else: {reply: x}}") + END),
    ("P107", "topic: x\nsteps: §5", "topic: x\nsteps: [{id: a, reply: x}]"),
    ("P107", "topic: x\nexamples: §one\nsteps: [{id: a, reply: x}]", "topic: x\nexamples: [1]\nsteps: [{id: a, reply: x}]"),
    ("P107", steps("{id: a, reply: §{b: c}}").replace("{b: c}", "[b]"), steps("{id: a, reply: 5}")),
    ("P107", steps("{id: a, search: x, on_error: {retry: §11}}") + END, steps("{id: a, search: x, on_error: {retry: 10}}") + END),
    ("P107", steps("{id: a, search: x, on_error: §retry}") + END, steps("{id: a, search: x, on_error: {reply: no}}") + END),
    ("P108", steps("{id: §A-b, reply: x}"), steps("{id: a_b2, reply: x}")),
    ("P108", steps("{id: §ticket, reply: x}"), steps("{id: tickets, reply: x}")),
    ("P108", "topic: x\ninputs: {§a.b: {}}\nsteps: [{id: a, reply: x}]", "topic: x\ninputs: {a_b: {}}\nsteps: [{id: a, reply: x}]"),
    ("P109", steps("{id: a, §repply: x}"), steps("{id: a, reply: x}")),
    ("P109", steps("{id: a, reply: x, §escalate: policy}"), steps("{id: a, reply: x}")),
    ("P110", steps("{id: a, §choose: {by: model}}"), steps("{id: a, reply: x}")),
    ("P110", steps("{id: a, §model: {task: b}}"), steps("{id: a, reply: x}")),
    ("P111", "topic: x\ninputs: {a: {type: §text}}\nsteps: [{id: a, reply: x}]", "topic: x\ninputs: {a: {type: email}}\nsteps: [{id: a, reply: x}]"),
    ("P111", "topic: x\ninputs: {a: {pattern: §'('}}\nsteps: [{id: a, reply: x}]", "topic: x\ninputs: {a: {pattern: '(b)'}}\nsteps: [{id: a, reply: x}]"),
    ("P111", "topic: x\ninputs: {a: {type: date, enum: §[b]}}\nsteps: [{id: a, reply: x}]", "topic: x\ninputs: {a: {enum: [b]}}\nsteps: [{id: a, reply: x}]"),
    ("P112", "topic: x\nsteps: " + "[" * 39 + "§[" + "]" * 40, steps("{id: a, tool: orders.raw, args: {order_id: a}}") + END),
    ("P201", steps("{id: a, tool: §orders.lokup}") + END, steps("{id: a, tool: orders.lookup, args: {order_id: b}}") + END),
    ("P202", after_lookup("{id: a, tool: stock.count, args: {sku: b, §skku: c}}"), after_lookup(COUNT)),
    ("P203", after_lookup("§" + REFUND, IDENTITY), after_lookup(IDENTITY, REFUND)),
    ("P204", steps("{id: a, tool: §stock.count}") + END, steps("{id: a, tool: stock.count, args: {sku: b}}") + END),
    ("P205", steps("{id: a, tool: stock.count, args: {sku: §5}}") + END, steps("{id: a, tool: stock.count, args: {sku: '5'}}") + END),
    ("P206", steps("§" + RESERVE) + END, steps(COUNT, RESERVE) + END),
    ("P207", after_lookup("{id: a, search: 'for ${§oder.id}'}"), after_lookup("{id: a, search: 'for ${order.id}'}")),
    ("P208", steps("{id: a, search: '${§b.found}'}", "{id: b, search: x}") + END, steps("{id: b, search: x}", "{id: a, search: '${b.found}'}") + END),
    ("P209", after_lookup("{id: a, check: §order.tracking == 'x', else: {reply: x}}"), after_lookup("{id: a, check: has(order.tracking), else: {reply: x}}", "{id: b, search: '${order.tracking}'}")),
    ("P210", after_lookup("{id: a, check: order.total >§, else: {reply: x}}"), after_lookup("{id: a, check: order.total > 3, else: {reply: x}}")),
    ("P211", after_lookup("{id: a, check: order.id §> 3, else: {reply: x}}"), after_lookup("{id: a, check: order.id > '3', else: {reply: x}}")),
    ("P212", after_lookup("{id: a, check: §order.total, else: {reply: x}}"), after_lookup("{id: a, check: order.total > 0, else: {reply: x}}")),
    ("P213", after_lookup("{id: a, check: order.total §+ 1 > 3, else: {reply: x}}"), after_lookup("{id: a, check: 'money.add(order.total, 1) > 3', else: {reply: x}}")),
    ("P214", steps("{id: a, reply: 'you §${ticket.id'}"), steps("{id: a, reply: 'you ${ticket.id} $${'}")),
    ("P214", after_lookup("{id: a, search: 'x ${§order}'}"), after_lookup("{id: a, search: 'x ${order.id}'}")),
    ("P214", steps("{id: a, search: x}", "{id: b, search: '{{§a}}'}") + END, steps("{id: a, search: x}", "{id: b, reply: '{{a}}'}")),
    ("P215", after_lookup().replace("Done.", "'{{§order}}'"), steps("{id: order, search: x}") + END.replace("Done.", "'{{order}}'")),
    ("P215", steps("{id: a, search: x, when: has(inputs.late)}", "{id: b, reply: {answer: [§a]}}"), steps("{id: a, search: x}", "{id: b, reply: {answer: [a]}}")),
    ("P216", steps("{id: a, escalate: §tool_faild}"), steps("{id: a, escalate: tool_failed}")),
    ("P217", steps("{id: a, ask: 'Why?', into: §lat}") + END, steps("{id: a, ask: 'Why?', into: late}") + END),
    ("P218", steps("{id: a, reply: x}", "§{id: b, reply: y}"), steps("{id: a, reply: x, when: has(inputs.late)}", "{id: b, reply: y}")),
    ("P219", steps("§{id: a, reply: x, when: has(inputs.late)}"), steps("{id: a, reply: x}")),
    ("P220", steps("{id: a, check: has(inputs.late), else: §{search: x}}") + END, steps("{id: a, check: has(inputs.late), else: [{search: x}, {reply: y}]}") + END),
    ("P220", steps("{id: a, search: b, on_error: §{search: x}}") + END, steps("{id: a, search: b, on_error: {then: [{search: x}]}}") + END),
    ("P221", after_lookup("§" + REFUND[:-1] + ", on_error: {retry: 2}}"), after_lookup(REFUND[:-1] + ", on_error: {escalate: tool_failed}}")),
    ("P222", steps("{id: a, search: x}", "§{id: a, reply: x}"), steps("{id: a, search: x}", "{id: b, reply: x}")),
    ("P223", steps(*MANY, "{id: b, search: x}", "§{id: c, reply: x}"), steps(*MANY, "{id: c, reply: x}")),
    ("P224", after_lookup("{id: a, search: 'for §$${order.total}'}"), after_lookup("{id: a, search: \"for ${'$' + string(order.total)} $${x y}\"}")),
    ("P225", after_lookup(REFUND.replace('"${order.id}"', "§'${inputs.order_id}'")), after_lookup(REFUND)),
    ("P225", after_lookup(REFUND.replace('"${order.total}"', "§'${inputs.sum}'")), after_lookup(REFUND.replace('"${order.total}"', "'${money.min(inputs.sum, order.total)}'"))),
    ("P226", after_lookup("{id: a, check: §ticket.text != '', else: {reply: x}}", REFUND), after_lookup("{id: a, check: order.age_days < 30, else: {reply: x}}", REFUND)),
    ("P226", after_lookup(REFUND[:-1] + ", when: §has(inputs.late)}"), after_lookup(REFUND[:-1] + ', when: has(inputs.late), approve: "true"}')),
]  # fmt: skip


def test_every_rule_has_an_example() -> None:
    assert {code for code, _, _ in CASES} | {"P113"} == set(FORM | MEANING)
    assert set(RULES) == {*FORM, *MEANING, *python.RULES, "C105"}


@pytest.mark.parametrize(
    ("code", "broken", "sound"), CASES, ids=[f"{code}-{n}" for n, (code, _, _) in enumerate(CASES)]
)
def test_a_broken_rule_is_found_where_it_is_broken(
    code: str, broken: str, sound: str, findings: Callable[[str], list[Finding]]
) -> None:
    before, _, rest = broken.partition("§")
    place = (before.count("\n") + 1, len(before) - before.rfind("\n")) if code != "P101" else (0, 0)
    found = findings(before + rest)
    assert [(finding.code, finding.line, finding.column) for finding in found] == [(code, *place)]
    assert found[0].severity == ("warning" if code in WARNINGS else "error")
    assert findings(sound) == []


def test_a_topic_has_one_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("topic: x\nsteps: [{id: a, reply: x}]")
    assert [finding.code for finding in load_all(tmp_path)[1]] == ["P113"]


def test_messages_are_sentences_without_the_words_of_python() -> None:
    assert all(text.endswith(".") for text in RULES.values())

# ruff: noqa: E501  # a table reads best with one rule to a row
"""An example of every rule about procedures and plans: what breaks it, with § where the finding points, and what does not.

The rules' page shows them, and `tests/unit/plan/test_rules.py` holds each against the code. The tools in them are those
of `tests/unit/plan/conftest.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from segue.plan.verify import Policy


@dataclass(frozen=True)
class Example:
    """A procedure that breaks a rule, and one like it that does not."""

    code: str
    broken: str
    sound: str
    made_by: Literal["company", "model"] = "company"
    policy: Policy = field(default_factory=Policy)


HEAD = (
    "topic: x\ninputs: {order_id: {type: string}, late: {type: string, required: false}, sum: {type: money}}\nsteps:\n"
)
LOOKUP = '  - {id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}}\n'
END = "  - {id: done, reply: Done.}\n"


def steps(*lines: str) -> str:
    return HEAD + "".join(f"  - {line}\n" for line in lines)


def after_lookup(*lines: str) -> str:
    return HEAD + LOOKUP + "".join(f"  - {line}\n" for line in lines) + END


def after_search(*lines: str) -> str:
    return steps("{id: found, search: x}", *lines, "{id: end, reply: 'See {{found}}.'}")


REFUND = '{id: refund, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}}'
IDENTITY = "{id: identity, tool: identity.verify, args: {code: abc}}"
RESERVE = "{id: hold, tool: stock.reserve, args: {sku: a, count: 1}}"
COUNT = "{id: count, tool: stock.count, args: {sku: a}}"

MANY = [f"{{id: a{number}, search: x}}" for number in range(199)]

EXAMPLES = [
    Example("P101", "§" + "#" * 300_000, "topic: x\nsteps: [{id: a, reply: x}]\n" + "#" * 200_000),
    Example("P102", "topic: x\nsteps: [§}", "topic: x\nsteps: [{id: a, reply: x}]"),
    Example("P103", "topic: x\n§topic: y\nsteps: [{id: a, reply: x}]", "topic: x\nsteps: [{id: a, reply: x}]"),
    Example("P104", steps("{id: a, reply: §*b}"), steps("{id: a, reply: '*b'}")),
    Example("P104", steps("{id: a, reply: §&b c}"), steps("{id: a, reply: '&b c'}")),
    Example("P104", steps("{id: a, reply: §!b c}"), steps("{id: a, reply: '!b c'}")),
    Example("P104", "topic: x\nsteps: [{§<<: {}, id: a, reply: x}]", "topic: x\nsteps: [{id: a, reply: <<}]"),
    Example("P104", "topic: x\nsteps: [{id: a, reply: x}]\n§---\na: b", "---\ntopic: x\nsteps: [{id: a, reply: x}]\n..."),
    Example("P105", "topic: x\n§step: []\nsteps: [{id: a, reply: x}]", "topic: x\nsteps: [{id: a, reply: x}]"),
    Example("P105", steps("{id: a, reply: x, §expect: y}"), steps("{id: a, search: x, expect: a.found}", "{id: b, reply: x}")),
    Example("P106", "§topic: x", "topic: x\nguidance: Be brief."),
    Example("P106", steps("§{reply: x}"), steps("{id: a, reply: x}")),
    Example("P106", steps("§{id: a, check: has(inputs.late)}") + END, steps("{id: a, check: has(inputs.late), else: {reply: x}}") + END),
    Example("P107", "topic: x\nsteps: §5", "topic: x\nsteps: [{id: a, reply: x}]"),
    Example("P107", "topic: x\nexamples: §one\nsteps: [{id: a, reply: x}]", "topic: x\nexamples: [1]\nsteps: [{id: a, reply: x}]"),
    Example("P107", steps("{id: a, reply: §{b: c}}").replace("{b: c}", "[b]"), steps("{id: a, reply: 5}")),
    Example("P107", steps("{id: a, search: x, on_error: {retry: §11}}") + END, steps("{id: a, search: x, on_error: {retry: 10}}") + END),
    Example("P107", steps("{id: a, search: x, on_error: §retry}") + END, steps("{id: a, search: x, on_error: {reply: no}}") + END),
    Example("P108", steps("{id: §A-b, reply: x}"), steps("{id: a_b2, reply: x}")),
    Example("P108", steps("{id: §ticket, reply: x}"), steps("{id: tickets, reply: x}")),
    Example("P108", "topic: x\ninputs: {§a.b: {}}\nsteps: [{id: a, reply: x}]", "topic: x\ninputs: {a_b: {}}\nsteps: [{id: a, reply: x}]"),
    Example("P109", steps("{id: a, §repply: x}"), steps("{id: a, reply: x}")),
    Example("P109", steps("{id: a, reply: x, §escalate: policy}"), steps("{id: a, reply: x}")),
    Example("P105", steps("{id: a, choose: {by: model, §option: {}, options: {b: [], c: []}}}") + END, steps("{id: a, choose: {by: model, options: {b: [], c: []}}}") + END),
    Example("P106", steps("{id: a, each: §{in: '${ticket.text}', as: b, steps: [{search: x}]}}") + END, after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 3, steps: [{search: '${b.sku}'}]}}")),
    Example("P106", steps("{id: a, model: §{task: b}}") + END, steps("{id: a, model: {task: b, output: {type: string}}}") + END),
    Example("P107", steps("{id: a, choose: {by: §somebody, options: {b: [], c: []}}}") + END, steps("{id: a, choose: {by: classifier, options: {b: [], c: []}}}") + END),
    Example("P107", steps("{id: a, choose: {by: model, options: §{b: []}}}") + END, steps("{id: a, choose: {by: model, options: {b: {steps: [], examples: [x]}, c: {reply: x}}}}") + END),
    Example("P107", after_lookup("{id: a, each: {in: '${order.items}', as: b, max: §1001, steps: [{search: x}]}}"), after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 400, steps: [{search: x}, {search: y}]}}")),
    Example("P111", "topic: x\ninputs: {a: {type: §text}}\nsteps: [{id: a, reply: x}]", "topic: x\ninputs: {a: {type: email}}\nsteps: [{id: a, reply: x}]"),
    Example("P111", "topic: x\ninputs: {a: {pattern: §'('}}\nsteps: [{id: a, reply: x}]", "topic: x\ninputs: {a: {pattern: '(b)'}}\nsteps: [{id: a, reply: x}]"),
    Example("P111", "topic: x\ninputs: {a: {type: date, enum: §[b]}}\nsteps: [{id: a, reply: x}]", "topic: x\ninputs: {a: {enum: [b]}}\nsteps: [{id: a, reply: x}]"),
    Example("P112", "topic: x\nsteps: " + "[" * 39 + "§[" + "]" * 40, steps("{id: a, tool: orders.raw, args: {order_id: a}}") + END),
    Example("P201", steps("{id: a, tool: §orders.lokup}") + END, steps("{id: a, tool: orders.lookup, args: {order_id: b}}") + END),
    Example("P202", after_lookup("{id: a, tool: stock.count, args: {sku: b, §skku: c}}"), after_lookup(COUNT)),
    Example("P203", after_lookup("§" + REFUND, IDENTITY), after_lookup(IDENTITY, REFUND)),
    Example("P204", steps("{id: a, tool: §stock.count}") + END, steps("{id: a, tool: stock.count, args: {sku: b}}") + END),
    Example("P205", steps("{id: a, tool: stock.count, args: {sku: §5}}") + END, steps("{id: a, tool: stock.count, args: {sku: '5'}}") + END),
    Example("P206", steps("§" + RESERVE) + END, steps(COUNT, RESERVE) + END),
    Example("P207", after_lookup("{id: a, search: 'for ${§oder.id}'}"), after_lookup("{id: a, search: 'for ${order.id}'}")),
    Example("P208", steps("{id: a, search: '${§b.found}'}", "{id: b, search: x}") + END, steps("{id: b, search: x}", "{id: a, search: '${b.found}'}") + END),
    Example("P209", after_lookup("{id: a, check: §order.tracking == 'x', else: {reply: x}}"), after_lookup("{id: a, check: has(order.tracking), else: {reply: x}}", "{id: b, search: '${order.tracking}'}")),
    Example("P210", after_lookup("{id: a, check: order.total >§, else: {reply: x}}"), after_lookup("{id: a, check: order.total > 3, else: {reply: x}}")),
    Example("P211", after_lookup("{id: a, check: order.id §> 3, else: {reply: x}}"), after_lookup("{id: a, check: order.id > '3', else: {reply: x}}")),
    Example("P212", after_lookup("{id: a, check: §order.total, else: {reply: x}}"), after_lookup("{id: a, check: order.total > 0, else: {reply: x}}")),
    Example("P213", after_lookup("{id: a, check: order.total §+ 1 > 3, else: {reply: x}}"), after_lookup("{id: a, check: 'money.add(order.total, 1) > 3', else: {reply: x}}")),
    Example("P214", steps("{id: a, reply: 'you §${ticket.id'}"), steps("{id: a, reply: 'you ${ticket.id} $${'}")),
    Example("P214", after_lookup("{id: a, search: 'x ${§order}'}"), after_lookup("{id: a, search: 'x ${order.id}'}")),
    Example("P214", steps("{id: a, search: x}", "{id: b, search: '{{§a}}'}") + END, steps("{id: a, search: x}", "{id: b, reply: '{{a}}'}")),
    Example("P215", after_lookup().replace("Done.", "'{{§order}}'"), steps("{id: order, search: x}") + END.replace("Done.", "'{{order}}'")),
    Example("P215", steps("{id: a, search: x, when: has(inputs.late)}", "{id: b, reply: {answer: [§a]}}"), steps("{id: a, search: x}", "{id: b, reply: {answer: [a]}}")),
    Example("P216", steps("{id: a, escalate: §tool_faild}"), steps("{id: a, escalate: tool_failed}")),
    Example("P217", steps("{id: a, ask: 'Why?', into: §lat}") + END, steps("{id: a, ask: 'Why?', into: late}") + END),
    Example("P218", steps("{id: a, reply: x}", "§{id: b, reply: y}"), steps("{id: a, reply: x, when: has(inputs.late)}", "{id: b, reply: y}")),
    Example("P219", steps("§{id: a, reply: x, when: has(inputs.late)}"), steps("{id: a, reply: x}")),
    Example("P220", steps("{id: a, check: has(inputs.late), else: §{search: x}}") + END, steps("{id: a, check: has(inputs.late), else: [{search: x}, {reply: y}]}") + END),
    Example("P220", steps("{id: a, search: b, on_error: §{search: x}}") + END, steps("{id: a, search: b, on_error: {then: [{search: x}]}}") + END),
    Example("P221", after_lookup("§" + REFUND[:-1] + ", on_error: {retry: 2}}"), after_lookup(REFUND[:-1] + ", on_error: {escalate: tool_failed}}")),
    Example("P222", steps("{id: a, search: x}", "§{id: a, reply: x}"), steps("{id: a, search: x}", "{id: b, reply: x}")),
    Example("P223", steps(*MANY, "{id: b, search: x}", "§{id: c, reply: x}"), steps(*MANY, "{id: c, reply: x}")),
    Example("P224", after_lookup("{id: a, search: 'for §$${order.total}'}"), after_lookup("{id: a, search: \"for ${'$' + string(order.total)} $${x y}\"}")),
    Example("P225", after_lookup(REFUND.replace('"${order.id}"', "§'${inputs.order_id}'")), after_lookup(REFUND)),
    Example("P225", after_lookup(REFUND.replace('"${order.total}"', "§'${inputs.sum}'")), after_lookup(REFUND.replace('"${order.total}"', "'${money.min(inputs.sum, order.total)}'"))),
    Example("P223", after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 500, steps: [{search: x}, §{search: y}]}}"), after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 498, steps: [{search: x}, {search: y}]}}")),
    Example("P226", after_lookup("{id: a, check: §ticket.text != '', else: {reply: x}}", REFUND), after_lookup("{id: a, check: order.age_days < 30, else: {reply: x}}", REFUND)),
    Example("P226", after_lookup(REFUND[:-1] + ", when: §has(inputs.late)}"), after_lookup(REFUND[:-1] + ', when: has(inputs.late), approve: "true"}')),
    Example("P226", after_lookup("{id: a, choose: {by: classifier, options: {b: [" + REFUND + "], c: []}}}").replace("{id: a, choose", "§{id: a, choose"), after_lookup("{id: a, choose: {by: classifier, options: {b: [" + COUNT + "], c: []}}}")),
    Example("P227", after_lookup("{id: a, each: {in: §'${order.id}', as: b, max: 3, steps: [{search: x}]}}"), after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 3, steps: [{search: x}]}}")),
    Example("P227", after_lookup("§{id: a, each: {in: '${order.items}', as: order, max: 3, steps: [{search: x}]}}"), after_lookup("{id: a, each: {in: '${order.items}', as: item, max: 3, steps: [{search: x}]}}", "{id: b, each: {in: '${order.items}', as: item, max: 3, steps: [{search: x}]}}")),
    Example("P208", after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 3, steps: [{id: c, search: x}]}}", "{id: d, search: '${§c.found}'}"), after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 3, steps: [{id: c, search: x}, {id: d, search: '${c.found}'}]}}")),
    Example("P228", after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 3, steps: [§{reply: x, when: b.count > 2}]}}"), after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 3, steps: [{id: c, check: b.count > 2, else: {reply: x}}]}}")),
    Example("P228", after_lookup("§{id: a, each: {in: '${order.items}', as: b, max: 3, steps: [{escalate: policy}]}}"), after_lookup("{id: a, each: {in: '${order.items}', as: b, max: 3, steps: [{escalate: policy, when: b.count > 2}]}}")),
    Example("P229", steps("{id: a, choose: {by: model, options: {b: {examples: [x, y], steps: []}, §c: {examples: [x], steps: []}}}}") + END, steps("{id: a, choose: {by: model, options: {b: {examples: [x, y], steps: []}, c: {examples: [z], steps: []}}}}") + END),
    Example("P230", steps("{id: a, model: {task: §'Sum up ${ticket.text}', output: {type: string}}}") + END, steps("{id: a, model: {task: Sum up, input: '${ticket.text}', output: {type: string}}}") + END),
    Example("P230", steps("§{id: a, model: {task: Sum up, output: {}}}") + END, steps("{id: a, model: {task: Sum up, output: {type: object, properties: {b: {type: string}}}}}") + END),
    Example("P231", steps("{id: a, model: {task: Sum up, input: '${ticket.text}', output: {type: string}}}", "§{id: b, reply: '${a}'}"), steps("{id: s, search: x}", "{id: a, model: {task: Sum up, input: '${s.passages}', output: {type: string}}}", "{id: b, reply: '${a}'}")),
    Example("P234", steps("{id: a, check: §1 < 2, else: {reply: x}}") + END, steps("{id: a, check: has(inputs.late), else: {reply: x}}") + END),
    Example("P234", steps("{id: a, search: x, when: §1 > 2}") + END, after_lookup("{id: a, tool: stock.count, args: {sku: b}, approve: 'true'}")),
    Example("P232", after_search('{id: a, tool: orders.change_address, args: {order_id: b, address: {street: c, town: d}}}').replace("{id: a, tool", "§{id: a, tool"), after_search("{id: a, tool: orders.change_address, args: {order_id: b, address: {street: c, town: d}}, approve: 'true'}"), "model"),
    Example("P233", steps("§{id: a, reply: x}"), steps("{id: a, search: x}", "{id: b, reply: 'y, see {{a}}'}"), "model"),
    Example("P235", steps("§{id: a, model: {task: Sum up, output: {type: string}}}") + END, steps("{id: a, search: x}") + END, policy=Policy(has_model=False)),
    Example("P235", steps("§{id: a, choose: {by: model, options: {b: [], c: []}}}") + END, steps("{id: a, choose: {by: classifier, options: {b: [], c: []}}}") + END, policy=Policy(has_model=False)),
    Example("P236", steps("§{id: a, search: x}", "{id: b, search: x}") + END, steps("{id: a, search: x}") + END, policy=Policy(steps=4)),
    Example("P237", "topic: x\ninputs: {§a: {pattern: b}}\nsteps:\n  - {id: s, search: x}\n  - {id: r, reply: '{{s}}'}\n", "topic: x\ninputs: {a: {type: email}}\nsteps:\n  - {id: s, search: x}\n  - {id: r, reply: '{{s}}'}\n", "model"),
    Example("P238", "§topic: x\nguidance: Apologise, then look the order up.\n", "topic: x\nsteps: [{id: a, reply: x}]", policy=Policy(has_planner=False)),
]  # fmt: skip

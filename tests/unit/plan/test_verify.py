# ruff: noqa: E501  # tables read best with one plan to a row

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.errors import Finding
from segue.plan.catalogue import Catalogue
from segue.plan.plan import (
    Argument,
    AskStep,
    CheckStep,
    ChooseStep,
    Constant,
    EachStep,
    EscalateStep,
    Fields,
    Items,
    ModelStep,
    OnError,
    Option,
    Plan,
    ReplyStep,
    SearchStep,
    Step,
    Text,
    ToolStep,
)
from segue.plan.planner import complete
from segue.plan.rules import RULES
from segue.plan.verify import Policy, verify

Findings = Callable[[str], list[Finding]]

HEAD = (
    "topic: x\ninputs: {order_id: {type: string}, late: {type: string, required: false}, sum: {type: money}}\nsteps:\n"
)
LOOKUP = '{id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}'


def steps(*lines: str) -> str:
    return HEAD + "".join(f"  - {line}\n" for line in lines)


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


def test_a_message_says_what_is_wrong_and_what_to_do(findings: Findings) -> None:
    refund = '{id: refund, tool: payments.refund, args: {order_id: "1", amount: 5}}'
    source = steps(refund, "{id: identity, tool: identity.verify, args: {code: a}}", "{id: end, reply: x}")
    (finding,) = findings(source)
    message = 'step "refund" runs before "identity" provides identity_verified'
    assert str(finding) == f'procedures/x.yaml:4:5 P203 {message} (hint: move "identity" above "refund")'


# Values that may be missing


@pytest.mark.parametrize(
    "lines",
    [
        # a check that holds, a way out that was taken
        (LOOKUP + "}", "{id: a, check: has(order.tracking), else: {reply: x}}", "{id: b, reply: '${order.tracking}'}"),
        (LOOKUP + "}", "{id: a, check: '!has(order.tracking)', else: {reply: '${order.tracking}'}}", "{id: b, reply: x}"),
        (LOOKUP + ", expect: has(order.tracking)}", "{id: b, reply: '${order.tracking}'}"),
        # a step that is used under the condition that it ran
        (LOOKUP + ", when: has(inputs.late)}", "{id: b, search: '${order.id}', when: has(order)}", "{id: c, reply: x}"),
        (LOOKUP + ", when: has(inputs.late)}", "{id: b, reply: '${has(order) ? order.id : inputs.order_id}'}"),
        (LOOKUP + ", on_error: {then: [{search: x}]}}", "{id: b, check: has(order), else: {reply: x}}", "{id: c, reply: '${order.id}'}"),
        # whichever way was taken, there is a value
        (LOOKUP + ", on_error: {escalate: policy}}", "{id: b, reply: '${order.id}'}"),
        (LOOKUP + ", on_error: {retry: 2}}", "{id: b, reply: '${order.id}'}"),
        (LOOKUP + ", on_error: {then: [{reply: x}]}}", "{id: b, reply: '${order.id}'}"),
        ("{id: a, ask: 'Why?', into: late}", "{id: b, reply: '${inputs.late} ${a.text}'}"),
        ("{id: a, ask: 'Why?', into: late, when: '!has(inputs.late)'}", "{id: b, reply: '${inputs.late}'}"),
        ("{id: a, tool: orders.find, args: {text: x}, expect: has(a)}", "{id: b, reply: '${a.id}'}"),
        # what takes null takes what may be null
        ("{id: a, tool: orders.find, args: {text: x}}", "{id: b, tool: parcel.label, args: {about: '${a}'}}", "{id: c, reply: x}"),
        ("{id: a, search: x, when: has(inputs.late) && inputs.late != 'no'}", "{id: b, search: '${inputs.late}', when: has(a) && has(inputs.late)}", "{id: c, reply: x}"),
    ],
)  # fmt: skip
def test_a_value_that_is_surely_there_may_be_used(lines: tuple[str, ...], findings: Findings) -> None:
    assert findings(steps(*lines)) == []


@pytest.mark.parametrize(
    "lines",
    [
        (LOOKUP + ", when: has(inputs.late)}", "{id: b, reply: '${order.id}'}"),
        (LOOKUP + ", on_error: {then: [{search: x}]}}", "{id: b, reply: '${order.id}'}"),
        (LOOKUP + ", on_error: {reply: '${order.id}'}}", "{id: b, reply: x}"),
        (LOOKUP + "}", "{id: b, reply: '${order.tracking}'}"),
        (LOOKUP + "}", "{id: b, check: has(order.tracking), else: {reply: '${order.tracking}'}}", "{id: c, reply: x}"),
        (LOOKUP + "}", "{id: b, search: '${order.tracking}', when: '!has(order.tracking)'}", "{id: c, reply: x}"),
        (LOOKUP + "}", "{id: b, search: x, when: has(order.tracking)}", "{id: c, reply: '${order.tracking}'}"),
        ("{id: a, ask: 'Why?', into: late, when: has(inputs.sum)}", "{id: b, reply: '${inputs.late}'}"),
        ("{id: a, tool: orders.find, args: {text: x}}", "{id: b, reply: '${a.id}'}"),
        ("{id: a, search: '${inputs.late}'}", "{id: b, reply: x}"),
        ("{id: a, tool: stock.count, args: {sku: '${inputs.late}'}}", "{id: b, reply: x}"),
        ("{id: a, search: x, when: inputs.late == 'x'}", "{id: b, reply: x}"),
        (
            LOOKUP + ", when: has(inputs.late)}",
            "{id: b, tool: parcel.label, args: {about: '${order}'}}",
            "{id: c, reply: x}",
        ),
        (
            LOOKUP + ", when: has(inputs.late)}",
            "{id: b, tool: parcel.label, args: {note: '${order.id}'}}",
            "{id: c, reply: x}",
        ),
        (
            LOOKUP + ", when: has(inputs.late)}",
            "{id: b, model: {task: x, input: {o: '${order}'}, output: {type: string}}}",
            "{id: c, reply: x}",
        ),
    ],
)
def test_a_value_that_may_be_missing_must_be_guarded(lines: tuple[str, ...], findings: Findings) -> None:
    assert codes(findings(steps(*lines))) == ["P209"]


def test_an_input_that_a_step_asks_for_is_not_there_before(findings: Findings) -> None:
    ask = "{id: a, ask: 'Which?', into: order_id}"
    use = "{id: b, search: '${inputs.order_id}'}"
    assert findings(steps(ask, use, "{id: c, reply: x}")) == []
    assert codes(findings(steps(use, ask, "{id: c, reply: x}"))) == ["P209"]


# Facts


IDENTITY = "{id: identity, tool: identity.verify, args: {code: abc}"
REFUND = '{id: refund, tool: payments.refund, args: {order_id: "1", amount: 5}}'
COUNT = "{id: count, tool: stock.count, args: {sku: a}"
RESERVE = "{id: hold, tool: stock.reserve, args: {sku: a, count: 1}}"
END = "{id: end, reply: x}"


@pytest.mark.parametrize(
    "lines",
    [
        (REFUND, END),  # the ticket may bring it
        (IDENTITY + "}", REFUND, END),
        (IDENTITY + ", when: '!ticket.customer.authenticated'}", REFUND, END),
        (COUNT + "}", RESERVE, END),
        (COUNT + ", on_error: {escalate: tool_failed}}", RESERVE, END),
        (COUNT + ", on_error: {then: [{tool: stock.count, args: {sku: b}}]}}", RESERVE, END),
    ],
)
def test_a_fact_that_holds_on_every_path_is_enough(lines: tuple[str, ...], findings: Findings) -> None:
    assert findings(steps(*lines)) == []


@pytest.mark.parametrize(
    ("lines", "code", "says"),
    [
        ((REFUND, IDENTITY + "}", END), "P203", 'step "refund" runs before "identity" provides identity_verified'),
        ((RESERVE, COUNT + "}", END), "P203", 'move "count" above "hold"'),
        ((RESERVE, END), "P206", "call stock.count first"),
        ((COUNT + ", when: has(inputs.late)}", RESERVE, END), "P206", "on every path"),
        ((COUNT + ", on_error: {then: [{search: x}]}}", RESERVE, END), "P206", "on every path"),
        (
            ("{id: a, check: has(inputs.late), else: [" + COUNT + "}, {reply: x}]}", RESERVE, END),
            "P206",
            "on every path",
        ),
        (("{id: a, search: x, on_error: {then: [" + COUNT + "}]}}", RESERVE, END), "P206", "on every path"),
    ],
)
def test_a_fact_that_fails_on_some_path_is_a_finding(
    lines: tuple[str, ...], code: str, says: str, findings: Findings
) -> None:
    found = findings(steps(*lines))
    assert codes(found) == [code]
    assert says in str(found[0])


def test_the_policy_says_which_facts_a_ticket_brings(catalogue: Catalogue) -> None:
    step = ToolStep(id="a", tool=Text(value="stock.reserve"), args=(argument("sku", "a"), argument("count", 1)))
    plan = Plan(topic="x", steps=(step, ReplyStep(id="b", text=Text(value="x"))))
    assert codes(verify(plan, catalogue)) == ["P206"]
    assert verify(plan, catalogue, Policy(ticket_facts=frozenset({"stock_counted"}))) == []


# Arguments


def call(tool: str, args: str) -> str:
    return steps(LOOKUP + "}", f"{{id: a, tool: {tool}, args: {args}}}", END)


@pytest.mark.parametrize(
    ("tool", "args"),
    [
        ("payments.refund", '{order_id: "${order.id}", amount: "${order.total}"}'),
        ("payments.refund", '{order_id: "1", amount: "12.50"}'),
        ("payments.refund", '{order_id: "1", amount: 12.5}'),
        ("payments.refund", '{order_id: "1", amount: "${order.age_days}"}'),
        ("payments.refund", '{order_id: "${order.total}", amount: "${money.percent(order.total, 20)}"}'),
        ("orders.change_address", '{order_id: "1", address: {street: "${order.id} Road", town: x, floor: 2}}'),
        ("orders.change_address", '{order_id: "1", address: {street: a, town: b, floor: null}, note: "n"}'),
        ("parcel.weigh", '{kilograms: 2, parts: [1, "2.50", "${order.total}"], labels: {a: b}, urgent: true}'),
        ("parcel.weigh", '{kilograms: "${order.weight_kg}", parts: "${order.items.map(i, i.price)}", labels: {}}'),
        ("orders.raw", '{order_id: "a ${order.id} ${order.total} ${order.age_days}"}'),
        ("stock.count", '{sku: "${order.items[0].sku}"}'),
    ],
)
def test_arguments_that_fit_are_fine(tool: str, args: str, findings: Findings) -> None:
    assert findings(call(tool, args)) == []


@pytest.mark.parametrize(
    ("tool", "args", "code", "says"),
    [
        ("payments.refund", '{order_id: "1", amount: "${order.id}"}', "P205", "is a string, not money"),
        ("payments.refund", '{order_id: "1", amount: "${order.weight_kg}"}', "P205", "is a double, not money"),
        ("payments.refund", '{order_id: "1", amount: "a lot"}', "P205", "is no amount"),
        ("payments.refund", '{order_id: "1", amount: true}', "P205", "is a bool, not money"),
        ("payments.refund", '{order_id: "1", amount: null}', "P205", "is null"),
        ("payments.refund", '{order_id: 123456, amount: 1}', "P205", "put it in quotes"),
        ("payments.refund", '{order_id: "1", amount: "${order.items}"}', "P205", "is a list of record, not money"),
        ("payments.refund", '{order_id: "1", amunt: 5, amount: 5}', "P202", "did you mean amount?"),
        ("payments.refund", '{order_id: "1"}', "P204", "amount (money)"),
        ("orders.change_address", '{order_id: "1", address: {street: a}}', "P205", "lacks the field town"),
        ("orders.change_address", '{order_id: "1", address: {street: a, town: b, flor: 1}}', "P205", "did you mean floor?"),
        ("orders.change_address", '{order_id: "1", address: "a, b"}', "P205", "is a text, not a record"),
        ("orders.change_address", '{order_id: "1", address: "${order}"}', "P205", "has no field street"),
        ("parcel.weigh", '{kilograms: "2", parts: [], labels: {}}', "P205", "remove the quotes"),
        ("parcel.weigh", "{kilograms: 2, parts: [a], labels: {}}", "P205", "parts[0]"),
        ("parcel.weigh", "{kilograms: 2, parts: {}, labels: {}}", "P205", "is a record, not a list"),
        ("parcel.weigh", "{kilograms: 2, parts: [], labels: []}", "P205", "is a list, not a map"),
        ("parcel.weigh", "{kilograms: 2, parts: [], labels: {a: 1}}", "P205", "labels.a is an int"),
        ("stock.reserve", "{sku: a, count: 1, kind: sofft}", "P205", "did you mean soft?"),
        ("stock.count", '{sku: "${order.tracking}"}', "P209", "has(order.tracking)"),
        ("stock.count", '{sku: "see {{order}}"}', "P214", "in a reply only"),
        ("orders.raw", '{order_id: "${order.totl}"}', "P207", "did you mean total?"),
    ],
)  # fmt: skip
def test_arguments_that_do_not_fit_are_findings(tool: str, args: str, code: str, says: str, findings: Findings) -> None:
    found = [finding for finding in findings(call(tool, args)) if finding.code != "P206"]
    assert codes(found) == [code]
    assert says in str(found[0])


# Guards of an action


PAY = '{id: pay, tool: payments.refund, args: {order_id: "${order.id}", amount: "${order.total}"}'
WEAK = "ticket.text == 'x'"


@pytest.mark.parametrize(
    ("lines", "guards"),
    [
        (("{id: a, check: " + WEAK + ", else: {reply: x}}", PAY + "}"), ["check"]),
        (("{id: a, check: order.age_days < 9, else: [" + PAY + "}, {reply: x}]}",), []),
        (("{id: a, check: " + WEAK + ", else: [" + PAY + "}, {reply: x}]}",), ["check"]),
        ((PAY + ", when: " + WEAK + "}",), ["when"]),
        (("{id: a, reply: x, when: " + WEAK + "}", PAY + "}"), ["when"]),
        (("{id: a, check: order.age_days < 9, else: {reply: x}, when: " + WEAK + "}", PAY + "}"), ["when"]),
        (("{id: a, search: x, when: " + WEAK + "}", PAY + "}"), []),  # the action comes either way
        (("{id: a, ask: 'Why?', when: '!has(inputs.late)'}", PAY + "}"), []),
        (("{id: a, search: x, expect: a.found}", PAY + "}"), ["expect"]),
        (("{id: a, search: x, expect: a.found, on_error: {escalate: policy}}", PAY + "}"), ["expect"]),
        (("{id: a, search: x, expect: a.found, on_error: {then: [{search: y}]}}", PAY + "}"), []),
        (("{id: a, search: x, expect: a.found, on_error: {then: [" + PAY + "}]}}",), ["expect"]),
        (("{id: a, search: x, expect: a.found, when: order.age_days > 3}", PAY + "}"), ["expect"]),
        (("{id: a, search: x, expect: a.found, when: " + WEAK + "}", PAY + "}"), ["expect", "when"]),
        (("{id: a, search: x, on_error: {then: [{reply: x, when: " + WEAK + "}]}}", PAY + "}"), ["when"]),
        (("{id: a, search: x}", "{id: b, check: a.found, else: {reply: x}}", PAY + ', approve: "true"}'), []),
        (("{id: a, check: " + WEAK + ", else: {reply: x}}", "{id: b, tool: stock.count, args: {sku: a}}"), []),
    ],
)  # fmt: skip
def test_a_guard_of_an_action_that_others_can_open_is_a_warning(
    lines: tuple[str, ...], guards: list[str], findings: Findings
) -> None:
    found = findings(steps(LOOKUP + "}", *lines, END))
    assert [(finding.code, finding.severity) for finding in found] == [("P226", "warning")] * len(guards)
    assert sorted(finding.message.split()[0] for finding in found) == guards


# Other rules are in test_rules.py


def test_a_message_is_one_line_whatever_an_author_writes(findings: Findings) -> None:
    source = steps(
        '{id: a, tool: "no\\n\\esuch\\u2028tool", args: {}}', "{id: b, check: 'a +\n\n  1', else: {reply: x}}", END
    )
    found = [str(finding) for finding in findings(source)]
    assert [text.splitlines() for text in found] == [[text] for text in found]
    assert [text.split(" (")[0].split(" ", 2)[2] for text in found] == [
        "there is no tool no such tool",
        "a + 1 is an int, not true or false",
    ]


def test_a_tool_is_read_from_the_catalogue_with_the_nearest_name(findings: Findings) -> None:
    found = findings(steps("{id: a, tool: payment.refund, args: {x: 1}}", "{id: b, search: '${a.any.thing}'}", END))
    assert codes(found) == ["P201"]  # what it would give is not known, so nothing more is said
    assert found[0].hint == "did you mean payments.refund?"


def test_the_own_result_is_seen_by_expect_and_not_by_approve(findings: Findings) -> None:
    assert findings(steps(LOOKUP + ", expect: order.total > 0}", END)) == []
    assert codes(findings(steps(LOOKUP + ", approve: order.total > 0}", END))) == ["P208"]
    assert codes(findings(steps(LOOKUP + ", when: order.total > 0}", END))) == ["P208"]


def test_a_failed_search_has_nothing_to_cite(findings: Findings) -> None:
    search = "{id: a, search: x, on_error: {then: [{search: y}]}}"
    assert codes(findings(steps(search, "{id: b, reply: '{{a}}'}"))) == ["P215"]
    assert findings(steps(search, "{id: b, check: has(a), else: {escalate: policy}}", "{id: c, reply: '{{a}}'}")) == []


def argument(name: str, value: Any) -> Argument:
    return Argument(name=name, value=Text(value=value) if isinstance(value, str) else Constant(value=value))


def test_a_plan_without_a_file_has_findings_without_a_place(catalogue: Catalogue) -> None:
    found = verify(Plan(topic="x", steps=()), catalogue)
    assert [(finding.code, finding.line, finding.column) for finding in found] == [("P219", 0, 0)]


def test_a_plan_of_any_depth_has_findings(catalogue: Catalogue) -> None:
    step: Step = ReplyStep(id="r", text=Text(value="x"))
    for number in range(3000):
        step = CheckStep(id=f"c{number}", condition=Text(value="true"), otherwise=(step,))
    assert codes(verify(Plan(topic="x", steps=(step,)), catalogue)) == ["P223"]
    value: Any = Constant(value=1)
    for _ in range(3000):
        value = Items(items=(value,))
    deep = ToolStep(id="a", tool=Text(value="orders.raw"), args=(Argument(name="order_id", value=value),))
    assert codes(verify(Plan(topic="x", steps=(deep,)), catalogue)) == ["P223"]


SOURCES = [
    "${order.id}", "${inputs.late}", "${a}", "{{b}}", "x ${b.total} y", "has(a)", "a.id == 'x'", "true", "1 +", "${", "",
    "order.total > 1", "orders.lookup", "payments.refund", "stock.count", "b", "late", "tool_failed", "\ud800", "\0",
]  # fmt: skip
TEXTS = st.sampled_from(SOURCES).map(lambda source: Text(value=source))
IDS = st.sampled_from(["a", "b", "c", "order", "a.else.0", "inputs", "ticket", ""])
CONSTANTS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)).map(
    lambda v: Constant(value=v)
)


def named(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Argument, ...]]:
    names = st.sampled_from(["order_id", "amount", "sku", "x"])
    return st.lists(st.builds(Argument, name=names, value=values), max_size=3).map(tuple)


VALUES = st.recursive(
    TEXTS | CONSTANTS,
    lambda inner: (
        st.builds(Items, items=st.lists(inner, max_size=3).map(tuple)) | st.builds(Fields, fields=named(inner))
    ),
    max_leaves=5,
)
WHEN = st.none() | TEXTS
SCHEMAS = st.sampled_from(
    [{}, {"type": "string"}, {"type": "array", "items": {"type": "object", "properties": {"a": 1}}}]
)


def nest(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, max_size=3).map(tuple)
    errors = st.none() | st.builds(OnError, retries=st.integers(0, 2), steps=some, goes_on=st.booleans())
    return st.one_of(
        st.builds(CheckStep, id=IDS, when=WHEN, condition=TEXTS, otherwise=some),
        st.builds(
            ToolStep, id=IDS, when=WHEN, tool=TEXTS, args=named(VALUES), expect=WHEN, approve=WHEN, on_error=errors
        ),
        st.builds(SearchStep, id=IDS, when=WHEN, query=TEXTS, expect=WHEN, on_error=errors),
        st.builds(
            ModelStep,
            id=IDS,
            when=WHEN,
            task=TEXTS,
            given=st.none() | VALUES,
            output=SCHEMAS,
            expect=WHEN,
            on_error=errors,
        ),
        st.builds(
            ChooseStep,
            id=IDS,
            when=WHEN,
            by=st.sampled_from(["model", "classifier"]),
            options=st.lists(st.builds(Option, name=st.sampled_from("xy"), steps=some), max_size=2).map(tuple),
            given=WHEN,
        ),
        st.builds(EachStep, id=IDS, when=WHEN, items=TEXTS, name=IDS, most=st.integers(1, 40), steps=some),
    )


LEAVES = st.one_of(
    st.builds(ReplyStep, id=IDS, when=WHEN, text=WHEN, answer=st.lists(TEXTS, max_size=2).map(tuple)),
    st.builds(EscalateStep, id=IDS, when=WHEN, reason=TEXTS),
    st.builds(AskStep, id=IDS, when=WHEN, question=TEXTS, into=WHEN),
)
PLANS = st.builds(
    Plan,
    topic=st.just("x"),
    made_by=st.sampled_from(["company", "model"]),
    steps=st.lists(st.recursive(LEAVES, nest, max_leaves=6), max_size=5).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(plan=PLANS, policy=st.builds(Policy, has_model=st.booleans(), steps=st.none() | st.integers(0, 20)))
def test_any_plan_is_completed_and_verified_without_raising(plan: Plan, policy: Policy, catalogue: Catalogue) -> None:
    complete(plan, catalogue, policy)
    found = verify(plan, catalogue, policy)
    assert found == sorted(found)
    assert {finding.code for finding in found} <= set(RULES)

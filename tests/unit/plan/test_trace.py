"""Where everything in a plan comes from, before it runs: arguments, results, and what decides that a step runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segue.plan.catalogue import Catalogue
from segue.plan.origin import Level, Origin
from segue.plan.plan import Plan
from segue.plan.procedure import parse
from segue.plan.trace import Trace, trace

HEAD = "topic: x\ninputs: {order_id: {type: string}, sum: {type: money}, late: {required: false}}\nsteps:\n"
LOOKUP = '{id: order, tool: orders.lookup, args: {order_id: "${inputs.order_id}"}'
END = "{id: end, reply: x}"


def plan(*lines: str) -> Plan:
    found, findings = parse(HEAD + "".join(f"  - {line}\n" for line in (*lines, END)), "x.yaml")
    assert found is not None, findings
    return found


def traced(catalogue: Catalogue, *lines: str) -> Trace:
    return trace(plan(*lines), catalogue)


def level(origin: object) -> Level:
    assert isinstance(origin, Origin)
    return origin.level


def test_a_customer_s_own_record_is_the_company_s_word_however_it_was_asked_for(catalogue: Catalogue) -> None:
    found = traced(catalogue, LOOKUP + "}")
    assert level(found.args["order"]["order_id"]) is Level.CUSTOMER
    assert found.known["order"] == Origin(Level.SYSTEM, ("tool:orders.lookup",))


def test_what_a_tool_without_an_owner_gives_is_as_good_as_what_it_was_given(catalogue: Catalogue) -> None:
    found = traced(
        catalogue,
        LOOKUP + "}",
        '{id: one, tool: stock.count, args: {sku: "${order.id}"}}',
        '{id: two, tool: stock.count, args: {sku: "${inputs.order_id}"}}',
        '{id: three, tool: orders.raw, args: {order_id: "${ticket.text}"}}',
        "{id: four, tool: stock.count, args: {sku: a}}",
        "{id: five, tool: nobody.knows}",
    )
    levels = {name: level(found.known[name]) for name in ("one", "two", "three", "four", "five")}
    assert levels == {
        "one": Level.SYSTEM,
        "two": Level.CUSTOMER,
        "three": Level.CONTENT,
        "four": Level.SYSTEM,
        "five": Level.CONTENT,
    }
    assert found.known["two"] == Origin(Level.CUSTOMER, ("customer", "tool:stock.count"))


def test_what_an_untrusted_tool_gives_is_content_even_with_an_owner(catalogue: Catalogue) -> None:
    entry = replace(catalogue.entries["orders.lookup"], trusted=False)
    others = Catalogue(entries={**catalogue.entries, entry.name: entry})
    assert level(traced(others, LOOKUP + "}").known["order"]) is Level.CONTENT


def test_a_search_an_answer_and_their_use_are_content_and_the_input_that_an_answer_fills_is_the_customer_s(
    catalogue: Catalogue,
) -> None:
    found = traced(
        catalogue,
        "{id: rules, search: x}",
        "{id: why, ask: 'Which?', into: late}",
        '{id: one, tool: orders.find, args: {text: "${why.text}"}}',
        '{id: two, tool: orders.find, args: {text: "${inputs.late}"}}',
        '{id: three, tool: orders.find, args: {text: "${rules.passages[0].text}"}}',
    )
    levels = [level(found.args[name]["text"]) for name in ("one", "two", "three")]
    assert levels == [Level.CONTENT, Level.CUSTOMER, Level.CONTENT]


@pytest.mark.parametrize("approve", ['"true"', '" true "'])
def test_what_a_person_always_approves_is_raised_and_so_is_what_comes_of_it(catalogue: Catalogue, approve: str) -> None:
    call = '{id: a, tool: stock.count, args: {sku: "${ticket.text}"}'
    raised = Origin(Level.SYSTEM, ("person", "ticket", "tool:stock.count"))
    assert traced(catalogue, f"{call}, approve: {approve}}}").known["a"] == raised
    assert level(traced(catalogue, f"{call}, approve: \"ticket.id == '1'\"}}").known["a"]) is Level.CONTENT


# Whether a step ran


def test_a_condition_decides_whether_a_step_ran(catalogue: Catalogue) -> None:
    found = traced(
        catalogue,
        LOOKUP + "}",
        "{id: a, search: x, when: order.age_days > 3}",
        "{id: b, search: y, when: ticket.text == 'x'}",
    )
    assert level(found.presence["a"]) is Level.SYSTEM
    assert level(found.presence["b"]) is Level.CONTENT
    assert "order" not in found.presence


def test_who_gives_the_arguments_can_make_a_step_fail(catalogue: Catalogue) -> None:
    found = traced(
        catalogue,
        LOOKUP + ", on_error: {then: [{id: other, tool: stock.count, args: {sku: a}}]}}",
        "{id: amount, tool: stock.count, args: {sku: \"${has(order) ? 'a' : 'b'}\"}}",
        "{id: again, tool: stock.count, args: {sku: \"${has(other) ? 'a' : 'b'}\"}}",
    )
    assert level(found.known["order"]) is Level.SYSTEM
    assert level(found.presence["order"]) is level(found.presence["other"]) is Level.CUSTOMER
    assert level(found.known["amount"]) is level(found.known["again"]) is Level.CUSTOMER


def test_a_result_that_is_off_decides_too(catalogue: Catalogue) -> None:
    found = traced(
        catalogue,
        "{id: a, tool: stock.count, args: {sku: a}, expect: \"ticket.text == 'x'\", "
        "on_error: {then: [{id: b, search: y}]}}",
    )
    assert level(found.decisions["a", "expect"]) is Level.CONTENT
    assert level(found.presence["a"]) is level(found.presence["b"]) is Level.CONTENT


def test_whether_there_is_a_record_is_decided_by_who_asks_for_it(catalogue: Catalogue) -> None:
    owned = replace(catalogue.entries["orders.find"], owner="customer_id")
    others = Catalogue(entries={**catalogue.entries, owned.name: owned})
    found = traced(
        others, '{id: a, tool: orders.find, args: {text: "${ticket.text}"}}', "{id: b, search: x, when: has(a)}"
    )
    assert level(found.known["a"]) is Level.SYSTEM
    assert level(found.presence["a"]) is level(found.presence["b"]) is Level.CONTENT


def test_in_a_plan_made_by_a_model_every_constant_is_content(catalogue: Catalogue) -> None:
    lines = (LOOKUP + "}", "{id: a, tool: stock.count, args: {sku: a}, when: order.age_days > 3}")
    found = trace(replace(plan(*lines), made_by="model"), catalogue)
    assert level(found.args["a"]["sku"]) is level(found.decisions["a", "when"]) is Level.CONTENT
    assert level(found.known["order"]) is Level.SYSTEM

"""A computation may be believed as far as the least of what it reads; only a company's list or limit makes it more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.plan.language import money
from segue.plan.origin import (
    COMPOSED,
    KNOWLEDGE,
    NOWHERE,
    PROCEDURE,
    Level,
    Origin,
    Tree,
    at,
    lowest,
    of_customer,
    of_model,
    of_ticket,
)
from segue.plan.plan import Argument, Constant, Fields, Items, Text
from segue.plan.provenance import Origins

SYSTEM, CUSTOMER, CONTENT = Level.SYSTEM, Level.CUSTOMER, Level.CONTENT
ORDER = Origin(SYSTEM, ("tool:orders.lookup",))
SAID = Origin(CUSTOMER, ("customer",))
KNOWN: Mapping[str, Tree] = {
    "ticket": of_ticket(is_authenticated=True),
    "inputs": {"size": SAID, "amount": SAID, "guess": of_customer(is_authenticated=True, is_guessed=True)},
    "order": ORDER,
    "rules": KNOWLEDGE,
}
ORIGINS = Origins(KNOWN, {})


def level(source: str, origins: Origins = ORIGINS) -> Level:
    return origins.of_expression(source).level


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("order.total", SYSTEM),
        ("order.total > 100", SYSTEM),
        ("'constant'", SYSTEM),
        ("inputs.size", CUSTOMER),
        ("inputs.size == 'M'", CUSTOMER),
        ("inputs.guess", CONTENT),
        ("inputs", CONTENT),
        ("ticket.id", SYSTEM),
        ("ticket.customer.email", SYSTEM),
        ("ticket.customer.name", CONTENT),
        ("ticket.customer", CONTENT),
        ("ticket", CONTENT),
        ("ticket['text']", CONTENT),
        ("order.total > 100 || ticket.text == 'x'", CONTENT),
        ("order.total > 100 ? 'a' : inputs.size", CUSTOMER),
        ("inputs.size == 'M' ? order.total : order.total", CUSTOMER),
        ("has(inputs.size) ? order.total : order.total", CUSTOMER),
        ("ticket.text == null ? order.total : order.total", CONTENT),
        ("order.items[inputs.size]", CUSTOMER),
        ("order.items[0].sku", SYSTEM),
        ("order.items.exists(i, i.sku == inputs.size)", CUSTOMER),
        ("order.items.exists(i, i.sku == 'a')", SYSTEM),
        ("order.items.filter(i, i.sku == inputs.size).map(i, i.sku)", CUSTOMER),
        ("rules.passages.map(p, p.title)", CONTENT),
        ("[order.total, inputs.size]", CUSTOMER),
        ("size(ticket.text)", CONTENT),
        ("string(order.total)", SYSTEM),
        ("!rules.found", CONTENT),
        ("'a'.contains(inputs.size)", CUSTOMER),
        ("money.add(order.total, inputs.amount)", CUSTOMER),
        ("money.percent(order.total, inputs.amount)", CUSTOMER),
        ("nobody.knows", CONTENT),
        ("no expression (", CONTENT),
    ],
)
def test_the_lowest_of_all_that_is_read(source: str, expected: Level) -> None:
    assert level(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("pick(inputs.size, order.sizes)", SYSTEM),
        ("pick(ticket.text, order.items.map(i, i.sku))", SYSTEM),
        ("pick(order.size, [inputs.size])", CUSTOMER),
        ("pick(inputs.size, order.items.filter(i, i.sku != inputs.guess).map(i, i.sku))", CONTENT),
        ("order.items.map(i, pick(ticket.text, i.sizes))", SYSTEM),
        ("pick(inputs.size)", CUSTOMER),
    ],
)
def test_an_item_of_a_list_is_the_list_s_whoever_asks_for_it(source: str, expected: Level) -> None:
    assert level(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("money.min(inputs.amount, order.total)", SYSTEM),
        ("money.min(order.total, inputs.amount)", SYSTEM),
        ("money.min(order.total, order.paid)", SYSTEM),
        ("money.min(inputs.guess, inputs.amount)", CUSTOMER),
        ("money.min(inputs.amount, money.add(order.total, inputs.amount))", CUSTOMER),
        ("money.max(0, money.min(inputs.amount, order.total))", SYSTEM),
        ("money.max(inputs.amount, order.total)", CUSTOMER),  # a floor is no bound: the customer may ask for any sum
        ("order.items.map(i, money.min(inputs.amount, i.price))", CUSTOMER),  # nobody looks at each of them
    ],
)
def test_no_more_than_a_trusted_limit_is_the_limit_s(source: str, expected: Level) -> None:
    assert level(source) is expected


@pytest.mark.parametrize(
    ("amount", "expected"), [("10", SYSTEM), ("0", SYSTEM), ("-0.01", CUSTOMER), ("-100", CUSTOMER)]
)
def test_a_negative_amount_is_below_every_limit_and_so_is_not_bound_by_it(amount: str, expected: Level) -> None:
    asked: list[str] = []

    def is_not_negative(source: str) -> bool:
        asked.append(source)
        return money.at_most("0", amount)

    origins = replace(ORIGINS, is_not_negative=is_not_negative)
    assert level("money.max(1, money.min(inputs.amount, order.total))", origins) is expected
    assert asked == ["money.min(inputs.amount, order.total)"]


def test_whether_a_step_ran_is_decided_by_what_its_condition_read() -> None:
    origins = Origins(KNOWN, {"order": KNOWLEDGE, "skipped": SAID})
    assert level("order.total", origins) is SYSTEM
    assert level("has(order) ? 1 : 2", origins) is CONTENT
    assert level("has(order.total) ? 1 : 2", origins) is CONTENT
    assert level("order != null ? 1 : 2", origins) is CONTENT
    assert level("has(order.items[0].note)", origins) is CONTENT
    assert level("has(skipped)", origins) is CUSTOMER


def test_a_text_is_as_its_lowest_part() -> None:
    assert ORIGINS.of_text("order ${order.id}").level is SYSTEM
    assert ORIGINS.of_text("order ${order.id} in ${inputs.size}") == Origin(
        CUSTOMER, ("customer", "procedure", "tool:orders.lookup")
    )
    assert ORIGINS.of_text("$${ticket.text}") == PROCEDURE
    assert ORIGINS.of_text("${").level is CONTENT


def test_a_value_is_as_its_lowest_part_however_deep_it_stands() -> None:
    deep = Items(items=(Constant(value=1), Fields(fields=(Argument(name="a", value=Text(value="${ticket.text}")),))))
    assert ORIGINS.of_value(deep).level is CONTENT
    assert ORIGINS.of_value(Items(items=(Constant(value=1), Text(value="x")))) == PROCEDURE
    assert ORIGINS.of_value(Items(items=())) == PROCEDURE


def test_what_a_model_wrote_into_a_plan_is_no_better_than_what_it_read() -> None:
    origins = replace(ORIGINS, constant=COMPOSED)
    assert origins.of_value(Constant(value=100)) == COMPOSED
    assert level("order.total > 100", origins) is CONTENT
    assert level("order.total > order.paid", origins) is SYSTEM


def test_an_unauthenticated_customer_s_words_are_content() -> None:
    assert of_customer(is_authenticated=False).level is CONTENT
    assert at({"ticket": of_ticket(is_authenticated=False)}, ("ticket", "customer", "email")).level is CONTENT
    assert at({"ticket": of_ticket(is_authenticated=False)}, ("ticket", "customer", "id")).level is SYSTEM


def test_a_model_s_answer_names_what_the_model_was_shown() -> None:
    first = of_model(lowest((SAID, ORDER)))
    assert first == Origin(CONTENT, ("model(customer, tool:orders.lookup)",))
    assert of_model(lowest((first, KNOWLEDGE))).sources == ("model(customer, knowledge, tool:orders.lookup)",)
    assert str(first) == "content, from a model that read the customer's words and orders.lookup"


def test_an_origin_is_told_in_words() -> None:
    assert str(lowest((SAID, PROCEDURE))) == "customer, from the customer's words and the procedure"
    assert str(NOWHERE) == "content"


# The law: nothing rises by being mixed

NAMES = {"sys": ORDER, "cus": SAID, "con": KNOWLEDGE}
PARTS = st.sampled_from(["sys", "cus.a", "con.a.b", "sys['a']", "1", "'text'", "null", "has(cus.a)", "con == null"])


def mixed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    forms = [
        "({0} == {1})", "({0} && {1})", "({0} ? {1} : {2})", "[{0}, {1}]", "{0}[{1}]", "!({0})", "size({0})",
        "sys.list.map(i, {0} == i)", "cus.list.exists(j, j.a == {0})", "({0}).contains({1})", "money.add({0}, {1})",
        "money.max({0}, {1})", "string({0})", "({0} in {1})", "({0}).field",
    ]  # fmt: skip
    return st.builds(lambda form, a, b, c: form.format(a, b, c), st.sampled_from(forms), inner, inner, inner)


@given(source=st.recursive(PARTS, mixed, max_leaves=8))
def test_no_computation_is_above_any_of_its_parts(source: str) -> None:
    found = Origins(NAMES, {}).of_expression(source)
    read = [NAMES[name].level for name in re.findall(r"\b(sys|cus|con)\b", source)]
    if found != NOWHERE or read:  # else it was nested too deeply to be an expression
        assert found == NOWHERE or found.level is min(read, key=lambda each: each.rank, default=SYSTEM)


@given(left=st.sampled_from(sorted(NAMES)), right=st.sampled_from(sorted(NAMES)), negative=st.booleans())
def test_a_bound_is_never_above_its_better_side_nor_above_the_worse_one_where_it_is_negative(
    left: str, right: str, negative: bool
) -> None:
    origins = Origins(NAMES, {}, is_not_negative=lambda _: not negative)
    levels = sorted((NAMES[left].level, NAMES[right].level), key=lambda each: each.rank)
    assert origins.of_expression(f"money.min({left}, {right})").level is levels[0 if negative else 1]


ANY_ORIGIN = st.builds(
    lambda level, sources: Origin(level, tuple(sorted(sources))),
    st.sampled_from(Level),
    st.frozensets(st.sampled_from(["procedure", "customer", "knowledge", "tool:a", "model(ticket)"]), min_size=1),
)


@given(parts=st.lists(ANY_ORIGIN, min_size=1, max_size=6))
def test_the_lowest_keeps_every_source_and_does_not_care_for_order(parts: list[Origin]) -> None:
    found = lowest(parts)
    assert found.level.rank == min(part.level.rank for part in parts)
    assert set(found.sources) == {source for part in parts for source in part.sources}
    assert found == lowest(reversed(parts)) == lowest((lowest(parts[:2]), *parts))

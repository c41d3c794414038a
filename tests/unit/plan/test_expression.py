import contextlib
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.plan import expression
from segue.plan.expression import Compiled, Environment, EvaluationError
from segue.plan.language.types import (
    ANY,
    BOOL,
    DOUBLE,
    INT,
    MONEY,
    STRING,
    Field,
    ListOf,
    MapOf,
    Maybe,
    Record,
    Scalar,
    Type,
    record,
)

ITEM = Record((Field("price", MONEY), Field("count", INT), Field("kg", DOUBLE), Field("note", Maybe(STRING))))
ORDER = record(
    id=STRING,
    total=MONEY,
    age_days=INT,
    kg=DOUBLE,
    paid=BOOL,
    tracking=Maybe(STRING),
    status=Scalar("string", ("open", "shipped")),
    items=ListOf(ITEM),
    labels=MapOf(STRING),
)
NAMES: dict[str, Type] = {
    "inputs": record(amount=MONEY, order_id=STRING, note=Maybe(STRING)),
    "ticket": record(text=STRING),
    "order": ORDER,
    "other": Maybe(ORDER),
    "raw": ANY,
}
STRICT = Environment(names=NAMES, known=frozenset(), later=frozenset({"refund"}))
VALUES: dict[str, Any] = {
    "inputs": {"amount": "7.5", "order_id": "A1", "note": None},
    "ticket": {"text": "Hello “World”\n"},
    "order": {
        "id": "A1",
        "total": "100.50",
        "age_days": 12,
        "kg": 3,
        "paid": True,
        "tracking": None,
        "status": "open",
        "items": [
            {"price": "5.00", "count": 2, "kg": 2, "note": None},
            {"price": "9.00", "count": 1, "kg": 2.5, "note": "hi"},
        ],
        "labels": {"colour": "red"},
    },
    "raw": {"a": {"b": [1, 2]}, "p": "3.5", "n": 3, "x": None},
}


def compiled(source: str, environment: Environment = STRICT) -> Compiled:
    result = expression.compile(source, environment)
    assert isinstance(result, Compiled), result
    return result


def problems(source: str) -> list[tuple[str, int, str]]:
    result = expression.compile(source, STRICT)
    assert not isinstance(result, Compiled), f"{source} has no problem"
    return [(problem.code, problem.offset, f"{problem.message} ({problem.hint})") for problem in result]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("order.age_days <= 30", True),
        ("order.age_days + 1 == 13 && order.age_days % 5 == 2", True),
        ("-order.age_days < 0 && -(3 - 5) == 2", True),
        ("order.kg > 2", True),  # a whole literal beside a double
        ("2 < order.kg && order.kg * 2 == 6.0", True),
        ("order.status == 'open' || order.paid", True),
        ("!(order.paid && order.status == 'shipped')", True),
        ("order.status in ['open', 'shipped']", True),
        ("'red' == order.labels.colour && 'colour' in order.labels", True),
        ("order.paid ? 'yes' : 'no'", "yes"),
        ("'a' + order.id + 'é'", "aA1é"),
        ("size(order.items) == 2 && order.items.size() == 2 && size('héé') == 3", True),
        ("order.items[1].note == null ? 'none' : 'some'", "some"),
        ("order['id'] == 'A1'", True),
        ("ticket.text.contains('“World”') && ticket.text.startsWith('Hello')", True),
        ("ticket.text.matches('(?i)hello') && !ticket.text.endsWith('x')", True),
        ("order.items.exists(i, i.price > 8 && i.kg > 2)", True),
        ("order.items.all(i, i.kg >= 2 && i.count > 0)", True),
        ("order.items.filter(i, i.count > 1).size()", 1),
        ("order.items.map(i, i.price)", ["5.00", "9.00"]),
        ("order.items.exists(i, has(i.note) && i.note == 'hi')", True),
        ("order.items.exists_one(i, order.items.exists(j, j.count == i.count + 1))", True),
        ("has(order) && !has(other) && !has(order.tracking)", True),
        ("raw.a.b[0] == 1 && raw.n > 2.5", True),
        ("raw.a.b.exists(n, n == 2)", True),
        ("string(order.age_days) + string(order.total)", "12100.50"),
        ("int('12') == order.age_days && double(order.age_days) > order.kg", True),
        ("inputs.note", None),
        ("has(inputs.note) ? inputs.note : null", None),
        ("raw.a", {"b": [1, 2]}),
        ("[1, 2, order.age_days][2] == 12 && size([1, 'a']) == 2 && size([]) == 0", True),
        ("[order.id, 'B'] + ['C']", ["A1", "B", "C"]),
        ("order.labels[ticket.text.contains('x') ? 'x' : 'colour'] == 'red'", True),
        (r"'\u00e9\x41\U0001F389\n\'\"\\'", "éA🎉\n'\"\\"),
        ("true", True),
    ],
)
def test_an_expression_has_the_value_that_it_says(source: str, value: Any) -> None:
    assert compiled(source).evaluate(VALUES) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("order.total > 100", True),
        ("order.total == 100.5", True),  # by amount, not by digits
        ("order.total != 100.50", False),
        ("order.total >= inputs.amount && inputs.amount < order.total", True),
        ("order.total in [100, 100.5]", True),
        ("raw.p < order.total", True),
        ("money.add(order.total, 0.05)", "100.55"),
        ("money.sub(inputs.amount, order.total)", "-93.00"),
        ("money.min(order.total, inputs.amount)", "7.5"),
        ("money.max(order.total, 100)", "100.50"),
        ("money.percent(order.total, 15)", "15.08"),  # 15.075, rounded half up
        ("money.percent(order.total, order.age_days)", "12.06"),
        ("money.add(order.total, 5) > money.percent(order.total, 50)", True),
        ("order.paid ? order.total : 0", "100.50"),
    ],
)
def test_money_is_exact(source: str, value: Any) -> None:
    assert compiled(source).evaluate(VALUES) == value


def test_tenths_add_up() -> None:
    values = {"inputs": {"amount": "0.1"}}
    assert compiled("money.add(money.add(inputs.amount, inputs.amount), inputs.amount) == 0.3").holds(values)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4), st.decimals(min_value=-1000, max_value=1000, places=2)
)
def test_comparisons_of_money_agree_with_decimal(left: Decimal, right: Decimal) -> None:
    values = {"inputs": {"amount": str(left)}, "order": {"total": str(right)}}
    for operator, truth in (("<", left < right), (">=", left >= right), ("==", left == right), ("!=", left != right)):
        assert compiled(f"inputs.amount {operator} order.total").holds(values) is truth


@pytest.mark.parametrize(
    ("source", "code", "offset", "says"),
    [
        ("oder.total > 3", "P207", 0, "did you mean order?"),
        ("order.totl > 3", "P207", 0, "did you mean total?"),
        ("ticket.text.txt", "P211", 0, "has no fields"),
        ("1 == 1 && refund.amount > 3", "P208", 10, "runs later"),
        ("order.tracking == 'x'", "P209", 0, "guard it with has(order.tracking)"),
        ("order.paid || other.paid", "P209", 14, "guard it with has(other)"),
        ("order.items.exists(i, i.note == 'x')", "P209", 22, "guard it with has(i.note)"),
        ("has(other) || other.paid", "P209", 14, "may have no value"),
        ("order.total + 5", "P213", 12, "write money.add(order.total, 5)"),
        ("1 - order.total", "P213", 2, "write money.sub(1, order.total)"),
        ("-order.total", "P213", 0, "money.sub"),
        ("order.total < 'abc'", "P211", 12, "amounts without quotes"),
        ("order.kg > order.age_days", "P211", 9, "write double(order.age_days)"),
        ("order.age_days > 3.5", "P211", 15, "write double(order.age_days)"),
        ("inputs.order_id == 5", "P211", 16, "write '5'"),
        ("order.status == 'shiped'", "P211", 16, "did you mean shipped?"),
        ("order.status in ['open', 'x']", "P211", 25, "is never 'x'"),
        ("order.total in order.items", "P211", 12, "cannot look for money"),
        ("'a' in ticket.text", "P211", 4, "looks into a list"),
        ("1 in order.items.map(i, i.note)", "P209", 24, "i.note"),
        ("order == order", "P211", 6, "cannot be compared"),
        ("order.id && true", "P211", 0, "not true or false"),
        ("order.paid + 1", "P211", 11, "does not work on"),
        ("-order.id", "P211", 1, "not a number"),
        ("has()", "P211", 0, "takes 1 value, not 0"),
        ("size(1, 2)", "P211", 0, "takes 1 value, not 2"),
        ("int()", "P211", 0, "takes 1 value"),
        ("order.id.contains()", "P211", 9, "takes 1 value"),
        ("order.items.all(true)", "P211", 12, "takes 2 values"),
        ("inputs.note + 'x'", "P209", 0, "has(inputs.note)"),
        ("order.paid ? 1 : 'a'", "P211", 0, "one type"),
        ("order.items['a']", "P211", 0, "has no fields"),
        ("order.items[order.id]", "P211", 12, "a string, not an int"),
        ("order.id[0]", "P211", 0, "has no items"),
        ("foo(1)", "P211", 0, "no function"),
        ("money.ad(1, 2)", "P211", 6, "did you mean add?"),
        ("money.add(1)", "P211", 6, "takes 2 values"),
        ("money.add(order.id, 1)", "P211", 10, "not money"),
        ("money > 1", "P207", 0, "money"),
        ("order.id.trim()", "P211", 9, "no method"),
        ("size(order.paid)", "P211", 5, "no size"),
        ("int(order)", "P211", 4, "cannot convert"),
        ("has(1)", "P211", 4, "has takes"),
        ("order.id.contains(3)", "P211", 18, "looks into texts"),
        ("ticket.text.matches('(')", "P211", 20, "no regular expression"),
        ("order.items.exists(order, true)", "P211", 19, "new name"),
        ("order.id.exists(i, true)", "P211", 0, "not a list"),
        ("order.age_days and order.paid", "P210", 15, "write &&"),
        ("order.age_days = 3", "P210", 15, "written =="),
        ("order.paid & true", "P210", 11, "written &&"),
        ("'abc", "P210", 0, "not closed"),
        ("'a\\q'", "P210", 2, "no escape"),
        ("'\\u0000'", "P210", 1, "no character"),
        ("'a\0'", "P210", 2, "no character"),
        ("1 +", "P210", 3, "value is missing"),
        ("(1", "P210", 2, "')' is missing"),
        ("order.", "P210", 6, "field's name"),
        ("{'a': 1}", "P210", 0, "maps"),
        ("order.paid §", "P210", 11, "not part of an expression"),
        ("", "P210", 0, "empty"),
        ("99999999999999999999 > 1", "P210", 0, "too large"),
    ],
)
def test_a_fault_is_named_where_it_stands(source: str, code: str, offset: int, says: str) -> None:
    found = problems(source)
    assert (code, offset) in {(problem[0], problem[1]) for problem in found}
    assert says in " ".join(problem[2] for problem in found)


def test_all_faults_of_an_expression_are_named_at_once() -> None:
    assert [problem[0] for problem in problems("oder.paid && order.total + 1 > 2 && order.id")] == [
        "P207",
        "P213",
        "P211",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "has(other) && other.paid",
        "!has(other) || other.paid",
        "has(other) ? other.paid : false",
        "!(!has(other) || !other.paid)",
        "other != null && other.paid",
        "!(other == null) && other.paid",
        "(has(other) && order.paid) && other.paid",
        "has(other.tracking) && other.paid && other.tracking == 'x'",
        "(has(other.tracking) || has(other.total)) && other.paid",
        "other == null ? false : other.paid",
    ],
)
def test_a_guarded_value_may_be_used(source: str) -> None:
    assert compiled(source).holds(VALUES) is source.startswith("!has(other) ||")


@pytest.mark.parametrize(
    "source",
    [
        "has(other) || order.paid && other.paid",
        "!has(other) && other.paid",
        "has(other) ? true : other.paid",
        "(has(other) || order.paid) && other.paid",
        "has(other) && other.tracking == 'x'",
    ],
)
def test_a_guard_that_guards_nothing_is_a_fault(source: str) -> None:
    assert [problem[0] for problem in problems(source)] == ["P209"]


def test_what_an_expression_makes_sure_of_is_known() -> None:
    checked = compiled("has(other.tracking) && order.paid").checked
    assert checked.truths == {("other",), ("other", "tracking")}
    assert compiled("!has(other) || order.paid").checked.falsities == {("other",)}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("10 / (order.age_days - 12) > 1", "divide by zero"),
        ("order.items[7].count > 1", "Index error"),
        ("raw.a.c == 1", "raw.a.c has no value"),
        ("raw.n > 'x'", "No matching overloads"),
        ("int(order.id) == 1", "cannot convert"),
        ("order.age_days + 9223372036854775807 > 1", "overflow"),
        ("order.labels.size > 3", "labels.size has no value"),
        ("raw.x && true", "raw.x has no value"),
        ("1.0 / (order.kg - 3.0) > 1", "finite"),
    ],
)
def test_an_evaluation_error_is_an_error_and_never_true(source: str, says: str) -> None:
    environment = Environment(
        names=NAMES | {"order": record(**{f.name: f.type for f in ORDER.fields} | {"labels": ANY})}
    )
    condition = compiled(source if says != "finite" else "1.0 / (order.kg - 3.0)", environment)
    with pytest.raises(EvaluationError, match=says):
        condition.evaluate(VALUES)


def test_a_condition_that_is_no_truth_value_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="neither true nor false"):
        compiled("raw.p").holds(VALUES)


def test_a_verified_plan_meets_a_missing_value_as_an_error() -> None:
    environment = Environment(names=NAMES | {"other": ORDER})
    with pytest.raises(EvaluationError, match="other has no value"):
        compiled("other", environment).evaluate(VALUES)
    with pytest.raises(EvaluationError, match=r"other\.paid has no value"):
        compiled("other.paid && true", environment).evaluate(VALUES)
    assert not compiled("has(other) && other.paid", environment).holds(VALUES)


@pytest.mark.parametrize("text", ["open\0", "\ud800"])
def test_a_text_that_the_runtime_would_misread_is_an_error(text: str) -> None:
    with pytest.raises(EvaluationError):
        compiled("ticket.text == 'open'").holds({"ticket": {"text": text}})
    with pytest.raises(EvaluationError):
        compiled("'open' in raw").holds({"raw": [text]})


@pytest.mark.parametrize("amount", ["abc", "NaN", "Infinity", "", "1" * 200, "1_000", " 1", "\u0661", "1e9999"])
def test_what_is_no_amount_is_an_error(amount: str) -> None:
    with pytest.raises(EvaluationError, match="no amount"):
        compiled("inputs.amount > 3").evaluate({"inputs": {"amount": amount}})


def test_money_is_never_rounded_unnoticed() -> None:
    amount = "123456789012345678901234567890123456789.99"
    values = {"inputs": {"amount": amount}, "order": {"total": "1e-60"}}
    assert compiled("money.percent(inputs.amount, 100)").evaluate(values) == amount
    with pytest.raises(EvaluationError):
        compiled("money.add(inputs.amount, order.total)").evaluate(values)


def test_whole_numbers_beyond_64_bits_are_an_error() -> None:
    with pytest.raises(EvaluationError):
        compiled("order.age_days > 1").holds({"order": {"age_days": 2**70}})


@pytest.mark.parametrize(
    "source",
    [
        "(" * 13 + "true" + ")" * 13,
        "!" * 13 + "true",
        " + ".join(["1"] * 14) + " == 13",
        "raw" + ".a" * 14,
        "true && " * 300 + "true",
        "order.items.exists(a, order.items.exists(b, order.items.exists(c, true)))",
        " && ".join(["order.items.exists(a, true)"] * 5),
        " && ".join(f"raw.a{number} == 1" for number in range(65)),
    ],
)
def test_an_expression_keeps_within_the_limits(source: str) -> None:
    assert {problem[0] for problem in problems(source)} == {"P210"}


@pytest.mark.parametrize(
    "source",
    [
        "(" * 10 + "order.paid" + ")" * 10,
        "!" * 10 + "order.paid",
        " + ".join(["1"] * 11) + " == 11",
        " && ".join(["(order.age_days > 1 || order.paid)"] * 40),
        "order.paid ? (order.paid ? (order.paid ? (order.paid ? (order.paid ? 1 : 2) : 3) : 4) : 5) : 6",
        "has(other) && (has(other.tracking) && (other.age_days > 1 && (other.total > 3 && (other.kg > 1))))",
    ],
)
def test_what_is_within_the_limits_is_within_those_of_the_runtime_too(source: str) -> None:
    compiled(source)


def test_a_loop_over_too_much_is_an_error_and_not_a_long_wait() -> None:
    once, twice = compiled("raw.exists(a, a == -1)"), compiled("raw.all(a, raw.exists(b, b == -1))")
    assert once.holds({"raw": [-1] * 9_000})
    started = time.monotonic()
    for condition, length in ((once, 20_000), (twice, 1_000)):
        with pytest.raises(EvaluationError, match="more than"):
            condition.holds({"raw": [1] * length})
    assert time.monotonic() - started < 5


def test_the_names_and_paths_that_an_expression_uses_are_listed() -> None:
    condition = compiled("has(other) && order.items.exists(i, i.count > raw.n) && money.min(inputs.amount, 1) > 0")
    assert condition.names == {"other", "order", "raw", "inputs"}
    assert condition.reads == {("order", "items"), ("raw", "n"), ("inputs", "amount")}
    assert compiled("order.id").reads == {("order", "id")}


def test_a_step_may_be_called_money() -> None:
    environment = Environment(names={"money": record(found=BOOL), "order": ORDER}, known=frozenset())
    condition = compiled("money.found && money.add(order.total, 1) > 3", environment)
    assert condition.names == {"money", "order"}
    assert condition.holds(VALUES | {"money": {"found": True}})


def test_an_expression_is_compiled_once_for_the_same_types() -> None:
    again = Environment(names=NAMES | {"unrelated": INT}, known=frozenset({("unrelated",)}))
    assert compiled("order.age_days > 7") is compiled("order.age_days > 7", again)
    other = Environment(names=NAMES | {"order": record(age_days=DOUBLE)}, known=frozenset())
    assert compiled("order.age_days > 7") is not compiled("order.age_days > 7", other)


@given(st.text(max_size=60))
def test_any_text_compiles_or_has_problems(source: str) -> None:
    expression.compile(source, STRICT)


NAMES_AND_FIELDS = ["order", "other", "raw", "inputs", "total", "age_days", "items", "tracking", "i", "money", "add"]
MARKS = [".", "==", "<", "+", "-", "&&", "||", "!", "(", ")", "[", "]", "?", ":", ",", "in"]
WORDS = [*NAMES_AND_FIELDS, *MARKS, "1", "2.5", "'x'", "null", "true", "has", "exists"]


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_words_compile_or_have_problems_and_a_value_or_an_error(words: list[str]) -> None:
    result = expression.compile(" ".join(words), STRICT)
    if isinstance(result, Compiled):
        with contextlib.suppress(EvaluationError):
            result.evaluate(VALUES)
    else:
        assert all(0 <= problem.offset <= len(" ".join(words)) for problem in result)

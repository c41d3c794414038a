from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.plan import template
from segue.plan.expression import Environment, EvaluationError
from segue.plan.language.types import ANY, BOOL, DOUBLE, INT, MONEY, STRING, Field, ListOf, Maybe, Record, Type
from segue.plan.rules import Problem
from segue.plan.template import Cite, Insert, Template

FIELDS: dict[str, Type] = {
    "id": STRING,
    "total": MONEY,
    "age": INT,
    "kg": DOUBLE,
    "paid": BOOL,
    "items": ListOf(STRING),
    "note": Maybe(STRING),
}
NAMES: dict[str, Type] = {"order": Record(tuple(Field(name, type_) for name, type_ in FIELDS.items())), "raw": ANY}
STRICT = Environment(names=NAMES, known=frozenset())
VALUES: dict[str, Any] = {
    "order": {"id": "A1", "total": "12.50", "age": 3, "kg": 2.0, "paid": True, "items": ["x"], "note": None},
    "raw": {"deep": [1]},
}


def filled(text: str) -> Any:
    compiled = template.compile(text, STRICT)
    assert isinstance(compiled, Template), compiled
    return compiled.value(VALUES)


def problems(text: str, *, is_prose: bool = False) -> list[tuple[str, int]]:
    compiled = template.compile(text, STRICT, is_prose=is_prose)
    assert not isinstance(compiled, Template)
    return [(problem.code, problem.offset) for problem in compiled]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${order.age}", 3),
        ("${order.paid}", True),
        ("${order.total}", "12.50"),
        ("${order.items}", ["x"]),
        ("${order.note}", None),
        ("${order}", VALUES["order"]),
        ("${order.age + 1}", 4),
        (" ${order.age}", " 3"),
        ("${order.age}${order.age}", "33"),
        ("paid ${order.total} (${order.paid}), ${order.kg} kg", "paid 12.50 (true), 2 kg"),
        ("${'}' + order.id + \"{\"}", "}A1{"),
        ("a $${b} $$${c} $d", "a ${b} $${c} $d"),
        ("plain { } text", "plain { } text"),
        ("", ""),
    ],
)
def test_a_text_that_is_exactly_one_value_keeps_its_type(text: str, value: Any) -> None:
    assert filled(text) == value


def test_a_citation_is_written_by_whom_the_reply_is_for() -> None:
    compiled = template.compile("See {{policy}} and {{ window_2 }}.", STRICT)
    assert isinstance(compiled, Template)
    assert [cite.step for cite in compiled.citations] == ["policy", "window_2"]
    assert compiled.text(VALUES, lambda step: f"[{step}]") == "See [policy] and [window_2]."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("total: ${order.totl}", [("P207", 9)]),
        ("${oder.id} ${order.total + 1}", [("P207", 2), ("P213", 25)]),
        ("a ${order.id", [("P214", 2)]),
        ("a ${order.id ${order.id}", [("P214", 2)]),
        ("see {{order.id}}", [("P214", 4)]),
        ("see {{policy}", [("P214", 4)]),
        ("id ${order.items}", [("P214", 5)]),
        ("id ${order}", [("P214", 5)]),
        ("id ${order.note}", [("P209", 5)]),
        ("${}", [("P210", 2)]),
    ],
)
def test_a_fault_is_named_where_it_stands_in_the_whole_text(text: str, found: list[tuple[str, int]]) -> None:
    assert problems(text) == found


def test_what_somebody_reads_must_be_writable_even_alone() -> None:
    assert problems("${order.items}", is_prose=True) == [("P214", 2)]
    assert problems("${order.note}", is_prose=True) == [("P209", 2)]


def test_a_value_that_turns_out_unwritable_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="cannot be written as text"):
        filled("deep: ${raw.deep}")
    with pytest.raises(EvaluationError, match="no value"):
        filled("${raw.nothing == 3}")


LITERALS = st.text(alphabet="ab .}'", min_size=1, max_size=8)
INSERTS = st.sampled_from(["order.id", "'}'", '"{" + order.id', "1 + 1"]).map(lambda source: Insert(source, 0))
CITES = st.sampled_from(["policy", "window_2"]).map(lambda step: Cite(step, 0))


@given(st.lists(st.one_of(LITERALS, st.just("${"), INSERTS, CITES), max_size=8))
def test_parts_written_and_read_again_are_the_same(parts: list[str | Insert | Cite]) -> None:
    joined: list[str | Insert | Cite] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    again = template.parse(template.render(tuple(joined)))
    assert not isinstance(again, Problem)
    assert [str(part) for part in again] == [str(part) for part in joined]


@given(st.text(alphabet="${}'\"ab. ", max_size=30))
def test_any_text_that_is_read_is_written_the_same_again(text: str) -> None:
    parts = template.parse(text)
    if not isinstance(parts, Problem):
        again = template.parse(template.render(parts))
        assert not isinstance(again, Problem)
        assert [str(part) for part in again] == [str(part) for part in parts]

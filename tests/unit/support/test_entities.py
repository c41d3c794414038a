"""Values in the customer's own words: found by pattern and type, and where two could be meant, none."""

import json
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.plan.plan import Input, InputType
from segue.support.entities import find, in_ticket, read_answer, spans
from segue.support.ticket import parse_ticket

ORDER = Input(name="order_id", pattern=r"\b4\d{5}\b")
MONEY, DATE = Input(name="sum", type="money"), Input(name="day", type="date")
INTEGER, NUMBER = Input(name="count", type="integer"), Input(name="size", type="number")
EMAIL, YES = Input(name="email", type="email"), Input(name="sure", type="boolean")
SIZE = Input(name="size", choices=("Large", "Extra large", "small"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("£1,250.00", "1250.00"),
        ("1.250,00 €", "1250.00"),
        ("€1.250,00", "1250.00"),
        ("$1250", "1250"),
        ("€12,50", "12.50"),
        ("1 250 €", "1250"),
        ("1\u00a0250,5 EUR", "1250.5"),
        ("CHF 1'250.50", "1250.50"),
        ("I paid £12.", "12"),
        ("12,- €", "12"),
        ("1.250 €", "1250"),
        ("£1,250", "1250"),
        ("12.5 dollars", "12.5"),
        ("0.50 EUR", "0.50"),
        ("$1,234,567.89", "1234567.89"),
        ("order 481207 £20", "20"),
        ("it was 40pounds in all", "40"),
        ("£20, yes £20", "20"),
        # none, or more than one
        ("1250", None),
        ("$5k", None),
        ("5-10 €", None),
        ("10€-20€", None),
        ("10 € 20 €", None),
        ("order 481207 £ 20", None),
        ("£10 or £20", None),
        ("$0.125", None),
        ("£1,25,0", None),
        ("100 %", None),
        ("$1.2.3", None),
    ],
)
def test_money_is_read_as_it_is_usually_written(text: str, amount: str | None) -> None:
    assert find(MONEY, text) == amount
    assert amount is None or Decimal(amount) > 0


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-03", "2026-04-03"),
        ("2026/4/3", "2026-04-03"),
        ("since 2026-04-03T10:00", "2026-04-03"),
        ("3.4.2026", "2026-04-03"),
        ("12.03.2026.", "2026-03-12"),
        ("13/04/2026", "2026-04-13"),
        ("04/13/2026", "2026-04-13"),
        ("05/05/2026", "2026-05-05"),
        ("3 April 2026", "2026-04-03"),
        ("on the 3rd of April 2026", "2026-04-03"),
        ("April 3, 2026", "2026-04-03"),
        ("Sept 5th 2026", "2026-09-05"),
        ("3 April 2026 (2026-04-03)", "2026-04-03"),
        # none, or more than one
        ("03/04/2026", None),
        ("2026-13-01", None),
        ("31.02.2026", None),
        ("1/2/26", None),
        ("1.10.10.2026", None),
        ("May 2026", None),
        ("from 2026-04-03 to 2026-04-05", None),
    ],
)
def test_a_date_is_read_unless_two_days_could_be_meant(text: str, day: str | None) -> None:
    assert find(DATE, text) == day


@pytest.mark.parametrize(
    ("wanted", "text", "value"),
    [
        (ORDER, "Order 481207, please", "481207"),
        (ORDER, "481207! I repeat: 481207", "481207"),
        (ORDER, "481207 or 481208", None),
        (ORDER, "4812071", None),
        (ORDER, "", None),
        (INTEGER, "I need 3 of them", 3),
        (INTEGER, "3 or 4", None),
        (INTEGER, "3.5", None),
        (INTEGER, "1,250", None),
        (INTEGER, "order A-5", 5),
        (NUMBER, "38.5 please", 38.5),
        (NUMBER, "38,5", None),
        (EMAIL, "write to ann.lee+x@mail.example.org.", "ann.lee+x@mail.example.org"),
        (EMAIL, "a@b.org, c@d.org", None),
        (EMAIL, "@home", None),
        (SIZE, "in LARGE please", "Large"),
        (SIZE, "extra large", "Extra large"),
        (SIZE, "extra large, not large", None),
        (SIZE, "enlarge", None),
        (Input(name="note"), "anything", None),
        (Input(name="code", pattern=r"code: (\w+)"), "my code: X1.", "X1"),
        (Input(name="code", pattern=r"\d*"), "none here", None),
        (Input(name="count", type="integer", pattern=r"\d+ pieces"), "order 481207, 3 pieces", 3),
    ],
)
def test_what_stands_once_in_a_text_is_found(wanted: Input, text: str, value: object) -> None:
    assert find(wanted, text) == value


@pytest.mark.parametrize("text", ["I am not happy", "Sure thing", "order no. 481207", "Okay, where is it?"])
def test_a_yes_or_no_in_a_ticket_answers_no_question(text: str) -> None:
    assert find(YES, text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Yes", True),
        ("yep!", True),
        ("That's correct", True),
        ("No.", False),
        ("nope", False),
        ("I don't", False),
        ("not sure", None),
        ("maybe", None),
        ("", None),
    ],
)
def test_a_yes_or_no_is_an_answer(text: str, value: bool | None) -> None:
    assert read_answer(YES, text) is value


def test_free_text_is_taken_whole_but_not_without_end() -> None:
    assert read_answer(Input(name="note"), "  the blue one\n") == "the blue one"
    assert read_answer(Input(name="note"), "  \n") is None
    assert len(read_answer(Input(name="note"), "x" * 100_000)) == 2000


words = st.text() | st.from_regex(r"[-0-9.,/ €$£'’a-z@:\n]{0,60}", fullmatch=True)


@given(st.sampled_from(get_args(InputType)), words)
def test_any_text_can_be_read(type_: InputType, text: str) -> None:
    for wanted in (Input(name="x", type=type_), Input(name="x", pattern=r"\d+", type=type_)):
        for value in (find(wanted, text), read_answer(wanted, text)):
            assert json.loads(json.dumps(value)) == value


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4, unique_by=str.casefold), st.text())
def test_only_what_may_be_chosen_is_chosen(choices: list[str], text: str) -> None:
    assert find(Input(name="x", choices=tuple(choices)), text) in (None, *choices)


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("999999999.99"), places=2))
def test_an_amount_is_the_same_in_every_notation(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    for text in (f"£{english}", f"{german} €", f"EUR {german}", f"{amount} USD"):
        found = find(MONEY, f"I paid {text}, I think.")
        assert Decimal(found) == amount, text


@pytest.mark.parametrize("part", ["\n ", "1,", "1/1/", "a@", "€ ", "1 ", "111.", "yes ", ". "])
@pytest.mark.parametrize("type_", get_args(InputType))
def test_no_text_takes_long_to_read(type_: InputType, part: str) -> None:
    began = time.process_time()
    find(Input(name="x", type=type_), part * 50_000)
    assert time.process_time() - began < 1


# Where they stand


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        (ORDER, "order 481207, not 481208", [("481207", "481207"), ("481208", "481208")]),
        (MONEY, "I paid £1,250.00, then 12 €.", [("1250.00", "£1,250.00"), ("12", "12 €")]),
        (DATE, "since the 3rd of April 2026", [("2026-04-03", "3rd of April 2026")]),
        (DATE, "on 03/04/2026", [("2026-04-03", "03/04/2026"), ("2026-03-04", "03/04/2026")]),
        (INTEGER, "2 tents and -3 poles", [(2, "2"), (-3, "-3")]),
        (EMAIL, "Write to Jo.Doe@example.com!", [("Jo.Doe@example.com", "Jo.Doe@example.com")]),
        (SIZE, "extra LARGE or small", [("Extra large", "extra LARGE"), ("small", "small")]),
        (YES, "yes", []),
        (Input(name="name", pattern=r"name:( .*)"), "name:  Ann  ", [("Ann", "Ann")]),
        (Input(name="sum", type="money", pattern=r"total(.*)"), "£1, total £ 2.50 now", [("2.50", "£ 2.50")]),
        (Input(name="name", pattern=r"name:(.*)|(zzz)"), "name:", []),
    ],
)
def test_a_value_knows_its_place_in_the_text(wanted: Input, text: str, found: list[tuple[object, str]]) -> None:
    assert [(span.value, text[span.start : span.end]) for span in spans(wanted, text)] == found


def test_in_a_ticket_a_value_knows_the_message_as_the_customer_wrote_it() -> None:
    ticket = parse_ticket(
        {
            "id": "t",
            "subject": "Order 481207",
            "messages": [
                {"role": "customer", "text": "Hi 😀 I paid £20 for  481207"},
                {"role": "agent", "text": "Is it 481299?"},
                {"role": "customer", "text": "No: 481208\n"},
            ],
        },
        datetime(2026, 5, 1, tzinfo=UTC),
    )
    found = in_ticket([ORDER, MONEY], ticket)
    assert [(each.name, each.value, each.message) for each in found] == [
        ("order_id", "481207", None),
        ("order_id", "481207", 0),
        ("order_id", "481208", 2),
        ("sum", "20", 0),
    ]
    assert [each.written(ticket) for each in found] == ["481207", "481207", "481208", "£20"]


@given(st.text(max_size=200))
def test_what_is_found_stands_where_it_is_said_to(text: str) -> None:
    for wanted in (ORDER, MONEY, DATE, INTEGER, NUMBER, EMAIL, SIZE):
        for span in spans(wanted, text):
            assert 0 <= span.start < span.end <= len(text)
            assert span.value in [again.value for again in spans(wanted, text[span.start : span.end])]
        values = {span.value for span in spans(wanted, text)}
        assert find(wanted, text) == (values.pop() if len(values) == 1 else None)

"""The send gate: what a model wrote leaves only as far as its sources say the same."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from segue.support import gate

DELIVERY = """Delivery times and costs, What delivery costs
Standard delivery costs £3.95 in England and is free from £60.
We do not ship to the USA, Canada or Australia at the moment.
Gas cartridges may not fly. You can name a neighbour in the text message.

| Where to | Service | Usual time |
| --- | --- | --- |
| Germany | Tracked | 5 to 7 working days |
| Greece | Tracked | 7 to 8 working days |
"""
RETURNS = """Returns, What cannot be returned
What cannot be returned:
- Ropes and harnesses.
- Gift cards sent by email.

Write to help@shop.example within two weeks of the delivery, and enclose the delivery note.
"""


def objection(text: str) -> str:
    return gate.objection(text, [DELIVERY, RETURNS])


@pytest.mark.parametrize(
    "text",
    [
        "Standard delivery to England costs £3.95.",
        "At the moment we do not ship to Canada.",
        "A parcel to Greece takes 7 to 8 working days.",
        "Ropes and harnesses cannot be returned.",
        "Please write to help@shop.example within 14 days of the delivery.",
        "Hello!",
        "",
    ],
)
def test_what_a_source_says_may_be_said_in_other_words(text: str) -> None:
    assert objection(text) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Standard delivery to England costs £5.95.", "5.95"),
        ("Standard delivery to England is free from £3.95.", ""),
        ("A parcel to Greece takes 5 to 7 working days.", "5"),
        ("Please write to help@shop.example within 14 weeks of the delivery.", "14"),
    ],
)
def test_a_figure_must_stand_where_the_same_is_spoken_of(text: str, why: str) -> None:
    assert why in objection(text)
    assert objection(text) or not why


@pytest.mark.parametrize("text", ["We ship to Canada and Australia.", "Ropes and harnesses can be returned."])
def test_what_a_source_denies_is_not_said(text: str) -> None:
    assert "contrary" in objection(text)


def test_before_is_not_after() -> None:
    source = "Orders\nAn order can be changed before it is packed."
    assert gate.objection("An order can be changed before it is packed.", [source]) == ""
    assert "before instead of after" in gate.objection("An order can be changed after it is packed.", [source])


def test_a_figure_of_a_table_stands_in_its_column() -> None:
    source = (
        "Tents\n| | Guests | Members |\n| --- | --- | --- |\n| One night | £14 | £9 |\n| Three nights | £30 | £20 |"
    )
    assert gate.objection("One night costs guests £14.", [source]) == ""
    assert "14" in gate.objection("One night costs members £14.", [source])


MENUS = """Booking Payments, Where to click
Go to Account Settings in your account.
Click the Arrow icon beside the version.
Click Payments to see what is due.
"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Go to Booking Payments in your account.", "a source says Account instead of Booking"),
        ("Click the Payments icon beside the version.", "a source says Arrow instead of Payments"),
    ],
)
def test_a_name_of_the_title_stands_for_none_of_a_sentence(text: str, why: str) -> None:
    assert why in gate.objection(text, [MENUS])


@pytest.mark.parametrize(
    "text",
    [
        "In Booking Payments, click the Arrow icon beside the version.",
        "Beside the version, as far as I know, click the Arrow icon.",
        "Click Payments to see what is due.",
    ],
)
def test_a_name_of_the_title_may_stand_beside_those_of_a_sentence(text: str) -> None:
    assert gate.objection(text, [MENUS]) == ""


def test_a_name_that_is_not_there_is_named() -> None:
    assert "Norway" in objection("At the moment we do not ship to Norway.")


def test_a_link_is_in_a_source_or_nowhere() -> None:
    assert "help@sh0p.example stands in no source" in objection("Please write to help@sh0p.example.")


@pytest.mark.parametrize(
    "text",
    [
        "You get a voucher for every delay.",
        "Standard delivery costs £3.95 in England, and a manager will call you about a refund.",
        "Our colleagues are looking forward to your visit on the mountain.",
    ],
)
def test_nothing_is_promised_that_no_source_promises(text: str) -> None:
    assert objection(text) != ""


def test_without_sources_nothing_that_tells_something_may_be_said() -> None:
    assert gate.objection("Standard delivery costs £3.95.", []) != ""
    assert gate.objection("Thank you!", []) == ""


def test_nine_in_ten_of_the_falsehoods_written_about_the_sample_are_caught() -> None:
    root = Path(__file__).parents[3]
    caught, let_through = [], []
    for line in (root / "benchmarks/quality/data/falsehoods.jsonl").read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        source = (root / "src/segue/sample/knowledge" / said["document"]).read_text(encoding="utf-8")
        article = [source.partition("---\n\n")[2].removeprefix("# ")]
        let_through.append(gate.objection(said["true"], article) == "")
        caught += [gate.objection(text, article) != "" for _, text in said["false"]]
    assert len(caught) >= 100
    assert sum(caught) / len(caught) >= 0.85
    assert sum(let_through) / len(let_through) >= 0.75


@pytest.mark.parametrize("filler", [" ", "a, ", "1 ", "|", "- ", "not "])
def test_a_long_source_is_read_quickly_and_not_to_its_end(filler: str) -> None:
    source = f"{DELIVERY}{filler * 200_000}\nReturns are free for 99 days."
    began = time.perf_counter()
    assert gate.objection("Standard delivery to England costs £3.95.", [source]) == ""
    assert "99" in gate.objection("Returns are free for 99 days.", [source])
    assert time.perf_counter() - began < 20


ORDER = 'orders lookup: {"id": "100001", "total": "40.10", "status": "open"}'


@pytest.mark.parametrize(
    "reply", ["Your order 100001 is open, with a total of 40.10.", "Your order 100001 is open, see “Wool”."]
)
def test_what_tools_gave_may_be_told_beside_any_article(reply: str) -> None:
    assert gate.objection(reply, ["Wool\nWash wool by hand in cold water."], [ORDER]) == ""


@pytest.mark.parametrize(
    "reply", ["We refund you 40.10.", "Your order 100002 is open.", "Your order 100001 is on its way to Oslo."]
)
def test_and_nothing_else_is_believed_for_it(reply: str) -> None:
    assert gate.objection(reply, ["Wool\nWash wool by hand in cold water."], [ORDER]) != ""

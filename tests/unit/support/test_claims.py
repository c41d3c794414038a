"""Texts taken apart: sentences, clauses, figures, denials."""

from __future__ import annotations

import pytest

from segue.support import claims


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("within 14 days", "within two weeks", True),
        ("within 24 hours", "in 1 day", True),
        ("£19.00", "19 pounds", True),
        ("1,200 m", "1200 m", True),
        ("5 to 7 working days", "5 days", True),
        ("30 minutes", "30 hours", False),
        ("20 %", "£20", False),
        ("up to 3 cards", "at least 3 cards", False),
        ("from 15:00", "from 12:00", False),
    ],
)
def test_figures_are_the_same_if_value_unit_and_bound_are(one: str, other: str, same: bool) -> None:
    first, second = (claims.Clause(text).figures[0] for text in (one, other))
    assert first.may_be(second) is same


def test_a_row_is_read_with_the_names_of_its_row_and_its_column() -> None:
    rows = claims.sentences("| | Guests | Members |\n| --- | --- | --- |\n| One night | £14 | £9 |")
    assert [clause.text for clause in rows[-1].clauses] == ["One night: Guests £14", "One night: Members £9"]


def test_what_says_little_alone_is_about_what_came_first_and_denied_with_it() -> None:
    first, second = claims.Sentence("We do not ship to Canada, Australia.").clauses
    assert "Australia" in second.text
    assert first.stems < second.stems
    assert second.denies


def test_two_denials_are_none() -> None:
    assert not claims.Clause("It is not impossible").denies


def test_forms_of_a_word_meet() -> None:
    assert claims.stem("hiring") == claims.stem("hired") == claims.stem("hire")
    assert claims.stem("send") == claims.stem("sends")


def test_a_number_of_an_item_is_no_figure() -> None:
    (sentence,) = claims.sentences("3. Click Save")
    assert sentence.is_item
    assert sentence.whole.figures == ()

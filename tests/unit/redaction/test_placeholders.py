"""Placeholders: stable, exact on the way back, and never mistaken for the text's own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segue.redaction import NOBODY, Personal, Redacted, find, untouched
from segue.redaction import redact as redact_each
from segue.redaction.placeholders import PLACEHOLDER
from tests.unit.redaction.test_personal import ANNA, TEXTS


def redact(texts: Iterable[str], personal: Personal = NOBODY, *, region: str = "") -> Redacted:
    return redact_each(((text, personal) for text in texts), region=region)


def test_the_same_data_has_the_same_placeholder_in_every_text() -> None:
    redacted = redact(["from a@b.co", "to c@d.co, cc a@b.co"])
    assert redacted.texts == ("from [EMAIL_1]", "to [EMAIL_2], cc [EMAIL_1]")
    assert redacted.hide("and a@b.co, e@f.co") == "and [EMAIL_1], [EMAIL_3]"


def test_each_kind_counts_by_itself() -> None:
    text = "a@b.co, +49 30 901820, DE89370400440532013000, 4111111111111111, 44051401359, 10.0.0.7, Anna, c-17"
    (hidden,) = redact([text], ANNA).texts
    assert hidden == "[EMAIL_1], [PHONE_1], [IBAN_1], [CARD_1], [ID_1], [IP_1], [NAME_1], [CUSTOMER_1]"


def test_what_is_known_of_a_customer_is_hidden_only_where_it_is_meant() -> None:
    redacted = redact_each([("Not refundable. a@b.co", NOBODY), ("I am Not", Personal(names=("Not",)))])
    assert redacted.texts == ("Not refundable. [EMAIL_1]", "I am [NAME_1]")


def test_a_placeholder_that_stands_in_a_text_already_is_not_given_to_anything() -> None:
    redacted = redact(["I typed [EMAIL_1] and a@b.co", "[EMAIL_2]"])
    assert redacted.texts == ("I typed [EMAIL_1] and [EMAIL_3]", "[EMAIL_2]")
    assert redacted.restore("[EMAIL_1] [EMAIL_2] [EMAIL_3]") == "[EMAIL_1] [EMAIL_2] a@b.co"
    assert redacted.invented("[EMAIL_1] [EMAIL_3] [EMAIL_4] [EMAIL_4]") == ("[EMAIL_4]",)


def test_values_are_restored_at_any_depth() -> None:
    redacted = redact(["a@b.co"])
    value = {"[EMAIL_1]": ["[EMAIL_1] [EMAIL_9]", {"x": "[EMAIL_1]"}, 1, None, True, 1.5]}
    assert redacted.restored(value) == {"a@b.co": ["a@b.co [EMAIL_9]", {"x": "a@b.co"}, 1, None, True, 1.5]}


def test_where_nothing_is_hidden_everything_stays() -> None:
    redacted = untouched(["a@b.co [EMAIL_1]"])
    assert redacted.texts == ("a@b.co [EMAIL_1]",)
    assert redacted.hide("a@b.co") == "a@b.co"
    assert redacted.invented("[EMAIL_7]") == ()


@given(st.lists(TEXTS, max_size=4), st.sampled_from(["", "GB", "US"]))
def test_what_is_hidden_comes_back_exactly(texts: list[str], region: str) -> None:
    redacted = redact(texts, ANNA, region=region)
    assert [redacted.restore(text) for text in redacted.texts] == texts


@given(TEXTS)
def test_a_placeholder_is_never_taken_for_personal_data_itself(text: str) -> None:
    (hidden,) = redact([text], ANNA).texts
    ours = [match.span() for match in PLACEHOLDER.finditer(hidden)]
    for one in find(hidden, ANNA):
        assert all(one.end <= start or end <= one.start for start, end in ours)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(TEXTS, JSON)
def test_a_value_without_our_placeholders_stays_as_it_is(text: str, value: Any) -> None:
    assert redact([text, str(value)], Personal()).restored(value) == value

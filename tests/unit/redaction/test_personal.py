"""What counts as personal data: what proves itself, and what is known of the customer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.redaction import NOBODY, Personal, find
from segue.redaction.numbers import RULES

ANNA = Personal(names=("Anna Schmidt",), emails=("anna@localhost",), ids=("c-17", "cus_88", "1", "42"))


def found(text: str, personal: Personal = NOBODY, *, region: str = "") -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in find(text, personal, region=region)]


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("write to anna@example.com.", "anna@example.com"),
        ("<anna.m+shop@mail.example.co.uk>", "anna.m+shop@mail.example.co.uk"),
        ("mailto:anna@example.com?subject=x", "anna@example.com"),
        ("Müller@straße.de", "Müller@straße.de"),
        ("'o'neil@example.com'", "o'neil@example.com"),
        ("a_b-c@sub-domain.example.museum,", "a_b-c@sub-domain.example.museum"),
    ],
)
def test_an_email_address_is_found_without_what_stands_around_it(text: str, email: str) -> None:
    assert found(text) == [("EMAIL", email)]


@pytest.mark.parametrize("text", ["@anna", "anna@", "anna@home", "5 apples @ 3.50", "a@b.c1", "@example.com"])
def test_not_everything_with_an_at_sign_is_an_address(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("GB29 NWBK 6016 1331 9268 19", "IBAN"),
        ("DE89370400440532013000", "IBAN"),
        ("nl91 abna 0417 1643 00", "IBAN"),
        ("4111 1111 1111 1111", "CARD"),
        ("5555-5555-5555-4444", "CARD"),
        ("4111111111111111", "CARD"),
        ("3782 822463 10005", "CARD"),
        ("2 69 05 49 588 157 80", "ID"),
        ("360426199101010071", "ID"),
        ("RCCMNL83S18D969H", "ID"),
        ("54362315-K", "ID"),
        ("X-2482300-W", "ID"),
        ("131052-308T", "ID"),
        ("756.9217.0769.85", "ID"),
        ("880320-0016", "ID"),
        ("390.533.447-05", "ID"),
        ("85.07.30-033.28", "ID"),
        ("44051401359", "ID"),
        ("7503305044089", "ID"),
        ("536-90-4399", "ID"),
        ("AB 12 34 56 C", "ID"),
        ("BOXW310820HNERXN09", "ID"),
    ],
)
def test_a_number_that_proves_itself_is_found(number: str, kind: str) -> None:
    assert found(f"It is {number}, please hurry.") == [(kind, number)]


@pytest.mark.parametrize(
    "number",
    ["GB29 NWBK 6016 1331 9268 18", "4111 1111 1111 1112", "54362315-A", "44051401358", "000-12-3456", "QQ123456X"],
)
def test_a_number_whose_check_fails_is_none(number: str) -> None:
    assert found(f"It is {number}.") == []


@pytest.mark.parametrize(
    ("words", "number"),
    [("My BSN is", "111222333"), ("SIN", "123-456-782"), ("Steuer-ID", "36 574 261 809"), ("Aadhaar", "2341 2341 2346"),
     ("tax file number", "123 456 782"), ("CPR", "211062-5629"), ("NHS", "943-476-5870")],
)  # fmt: skip
def test_a_number_that_may_pass_by_chance_counts_only_where_words_announce_it(words: str, number: str) -> None:
    assert found(f"{words} {number}") == [("ID", number)]
    assert found(f"order {number}") == []


def test_every_rule_has_a_number_here() -> None:
    """The three tests above name one for each rule; whoever adds a rule adds an example."""
    assert len(RULES) == 27


@pytest.mark.parametrize(
    "text",
    ["order 481000", "order 4810001234", "ORD-2026-000123", "#4155552671", "PO 4500012345", "1Z999AA10123456784",
     "2026-11-28 13:00:00", "28.11.2026", "1,234,567.89 EUR", "version 1.2.3.4", "at 12:30:45", "12345678901234567890",
     "SKU 0012-3456-7890", "00:1A:2B:3C:4D:5E", "3.14159265"],
)  # fmt: skip
def test_orders_dates_amounts_and_the_like_are_not_personal(text: str) -> None:
    assert found(text) == []
    assert found(text, region="GB") == []


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+49 30 901820", "+49 30 901820"),
        ("(+44) 20 7946 0958", "(+44) 20 7946 0958"),
        ("0049 30 901820", "0049 30 901820"),
        ("+1-415-555-2671 x12", "+1-415-555-2671"),
        ("order 481000 +44 20 7946 0958 today", "+44 20 7946 0958"),
    ],
)
def test_an_international_telephone_number_is_found_everywhere(text: str, phone: str) -> None:
    (one,) = found(text)
    assert one[0] == "PHONE"
    assert one[1].startswith(phone)


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("call 020 7946 0958", "GB", "020 7946 0958"),
        ("my number: 02079460958", "GB", "02079460958"),
        ("(415) 555-2671", "US", "(415) 555-2671"),
        ("415-555-2671", "US", "415-555-2671"),
        ("please phone me at 4155552671", "US", "4155552671"),
        ("06 12 34 56 78", "FR", "06 12 34 56 78"),
    ],
)
def test_a_national_telephone_number_is_found_where_the_country_is_known(text: str, region: str, phone: str) -> None:
    assert found(text, region=region) == [("PHONE", phone)]


def test_a_plain_number_is_a_telephone_number_only_where_words_say_so() -> None:
    assert found("order 4155552671", region="US") == []
    assert found("call me: 4155552671", region="US") == [("PHONE", "4155552671")]


@pytest.mark.parametrize("address", ["192.168.1.17", "8.8.8.8", "2001:db8::ff00:42:8329", "fe80::1"])
def test_an_internet_address_is_found(address: str) -> None:
    assert found(f"from {address}.") == [("IP", address)]


@pytest.mark.parametrize("text", ["999.1.1.1", "1.2.3.4.5", "::", "a::b::c", "std::vector", "v10.0.0.1", "10:20:30"])
def test_not_everything_with_dots_or_colons_is_an_internet_address(text: str) -> None:
    assert found(text) == []


def test_what_is_known_of_the_customer_is_found_in_any_case_and_in_parts() -> None:
    text = "ANNA  schmidt; Anna; Mrs SCHMIDT; anna; Annaberg; anna@localhost; c-17, C-170; cus_88; 42 and 1"
    assert found(text, ANNA) == [
        ("NAME", "ANNA  schmidt"),
        ("NAME", "Anna"),
        ("NAME", "SCHMIDT"),
        ("EMAIL", "anna@localhost"),
        ("CUSTOMER", "c-17"),
        ("CUSTOMER", "cus_88"),
    ]


def test_an_address_that_holds_the_name_is_one_find() -> None:
    assert found("Anna.Schmidt@example.com", ANNA) == [("EMAIL", "Anna.Schmidt@example.com")]


WORDS = st.sampled_from(
    ["Anna", "c-17", "a@b.co", "@", "+49 30 901820", "4111 1111 1111 1111", "44051401359", "::1f:2", "10.0.0.7", " ",
     "GB29 NWBK 6016 1331 9268 19", "\n", "é", "٣", "[EMAIL_1]", "0", "-", "."]
)  # fmt: skip
TEXTS = st.text(max_size=200) | st.lists(WORDS, max_size=12).map("".join)


@given(TEXTS, st.sampled_from(["", "GB", "US"]))
def test_spans_are_in_order_and_apart_and_say_what_is_there(text: str, region: str) -> None:
    end = 0
    for one in find(text, ANNA, region=region):
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        end = one.end


@pytest.mark.parametrize(
    "text",
    ["a" * 100_000, "@" * 100_000, "a@" * 50_000, "1" * 100_000, "1 " * 50_000, "a.b-" * 25_000, "::" * 50_000,
     "tel " + "a " * 50_000, "AB12 " * 20_000, "a@b." * 25_000, "(0" * 50_000, "+1" * 50_000],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    find(text, ANNA, region="US")
    assert time.process_time() - begun < 5  # a letter of 100,000 characters; each takes well under a second

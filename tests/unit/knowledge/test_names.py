"""The names of what a library writes about are learned from it."""

from __future__ import annotations

from segue.knowledge.names import MOST_MENTIONS, Names, tied

TITLES = [
    "Trail Runner Tent: Getting Started",
    "Trail Runner Tent: Care",
    "How to Return a Trail Runner Tent",
    "Peak Stove: Getting Started",
    "Peak Stove: Care",
    "Peak Stove: Spare Parts",
    "How To Pay",
    "How To Order",
    "How To Return",
    "GPS Devices",
    "GPS Maps",
    "GPS Updates",
]
TEXTS = [
    "You can pitch the Trail Runner in rain. See how to pay for the Peak stove, and how the GPS works.",
    "We like the Runner and, the Peak too. It shows how to order, how to return and how to pay.",
    "Put it on the trail. Fill the Peak with gas.",
]


def test_what_several_titles_share_and_sentences_write_large_is_a_name() -> None:
    names = Names(TITLES, TEXTS)
    assert names.of("Trail Runner Tent: Care") == "Trail Runner Tent"
    assert names.of("How to Return a Trail Runner Tent") == "Trail Runner Tent"
    assert names.of("Peak Stove: Spare Parts") == "Peak Stove"


def test_words_that_only_titles_write_large_and_abbreviations_are_none() -> None:
    names = Names(TITLES, TEXTS)
    assert names.of("How To Pay") == ""
    assert names.of("GPS Maps") == ""
    assert names.of("") == ""


def test_an_empty_library_knows_none() -> None:
    assert len(Names([], [])) == 0


def test_documents_that_mention_the_same_rare_identifier_are_tied_together() -> None:
    sayings = [(1, "Call get_refund_status first."), (2, "`get_refund_status(id)` returns it."), (3, "Refund status.")]
    common = [(number, "user_id") for number in range(10, 12 + MOST_MENTIONS)]
    assert tied([*sayings, *common]) == {1: [2], 2: [1]}

"""A question that needs several documents finds them together, each with the reason why."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.knowledge.explore import Place, Surroundings, Survey
from segue.knowledge.needs import Needs, needs
from tests.unit.knowledge.conftest import DAY, START, Shelf

QUESTION = """I bought two things from you and have a few questions about them.
How do I clean the Peak Stove? And how long does delivery to Norway take?"""


@pytest.fixture
def shop(shelf: Shelf) -> Shelf:
    shelf.write("stove_1.md", "# Peak Stove: overview\n\nThe Peak Stove burns gas and, with a Peak adapter, wood.")
    shelf.write("stove_2.md", "# Peak Stove: cleaning\n\nTo clean the burner of the Peak, use a brush.")
    shelf.write("stove_3.md", "# Peak Stove: guarantee\n\nThe guarantee of the Peak is for two years.")
    shelf.write("tent_1.md", "# Ridge Tent: overview\n\nThe Ridge is dry; you clean the Ridge with water.")
    shelf.write("tent_2.md", "# Ridge Tent: poles\n\nThe poles of the Ridge are light.")
    shelf.write("tent_3.md", "# Ridge Tent: cleaning\n\nTo clean the Ridge, use cold water and a soft brush.")
    shelf.write("delivery.md", "# Delivery\n\nDelivery to Norway takes a week.")
    shelf.write("gifts.md", "# Gift cards\n\nA gift card never ends.")
    shelf.ingest()
    return shelf


def explored(shop: Shelf, question: str = QUESTION, **how: object) -> list[str]:
    return [hit.document for hit in shop.library.explore(question, **how)]  # type: ignore[arg-type]


def test_all_that_is_asked_for_is_found_each_document_once(shop: Shelf) -> None:
    found = explored(shop)
    assert {"stove_2.md", "delivery.md"} <= set(found[:4])
    assert len(found) == len(set(found))


def test_what_the_question_does_not_name_comes_behind_what_it_names() -> None:
    places = {1: Place("tent.md", frozenset(("ridge",)), False), 2: Place("stove.md", frozenset(("peak",)), False)}
    asked = needs("How do I clean the peak?")
    survey = Survey(asked, Surroundings(places, lambda text: text.lower().strip("?").split(), {}))
    survey.take([{10: 0.7, 20: 0.65}], [], {10: 1, 20: 2})
    assert [needed.document for needed in survey.ranked()] == [2, 1]


def test_what_introduces_the_thing_that_is_named_is_there_too(shop: Shelf) -> None:
    assert "stove_1.md" in explored(shop)[:5]


def test_each_hit_says_why(shop: Shelf) -> None:
    why = {hit.document: hit.why for hit in shop.library.explore(QUESTION)}
    assert why["delivery.md"] == "And how long does delivery to Norway take?"
    assert why["stove_2.md"] == "How do I clean the Peak Stove?"
    assert why["stove_3.md"]


def test_the_same_question_gives_the_same_answer(shop: Shelf) -> None:
    assert shop.library.explore(QUESTION) == shop.library.explore(QUESTION)


def test_an_article_leads_to_what_it_links_to(shelf: Shelf) -> None:
    shelf.write("a/pay.md", "# Paying\n\nYou may pay by card. See [the limits](../limits).")
    shelf.write("limits.md", "# Nothing alike\n\nFive hundred a day.")
    shelf.write("other.md", "# Unrelated\n\nFlowers bloom.")
    shelf.ingest()
    hits = {hit.document: hit for hit in shelf.library.explore("May I please pay by card in your shop?")}
    assert set(hits) == {"a/pay.md", "limits.md"}
    assert hits["limits.md"].why == "linked with a/pay.md"
    assert hits["limits.md"].text == "Five hundred a day."
    assert hits["limits.md"].match == 0.0


def test_what_links_lead_to_stays_within_what_is_wanted(shelf: Shelf) -> None:
    shelf.write("pay.md", "# Paying\n\nYou may pay by card. See [the limits](secret.md).")
    shelf.write("secret.md", "---\naudience: internal\n---\n# Staff\n\nFive hundred a day.")
    shelf.ingest()
    shelf.write("later.md", "---\nvalid_from: 2026-03-02\n---\n# Later\n\n[Paying](pay.md) is fun.")
    shelf.ingest()
    question = "May I please pay by card in your shop?"
    assert set(explored(shelf, question)) == {"pay.md", "secret.md", "later.md"}
    assert explored(shelf, question, audience="public", as_of=START + DAY / 2) == ["pay.md"]


def test_a_document_for_colleagues_comes_first_where_both_may_be_found() -> None:
    places = {1: Place("a.md", frozenset(), False), 2: Place("b.md", frozenset(), True)}
    survey = Survey(Needs(("one two three",), ("one two three",)), Surroundings(places, str.split, {}))
    survey.take([{10: 0.6, 20: 0.6}], [], {10: 1, 20: 2})
    assert [needed.document for needed in survey.ranked()] == [2, 1]


def test_weak_evidence_counts_for_nothing_however_often() -> None:
    asked = needs(" ".join(f"This is the sentence {number}." for number in range(30)))
    places = {1: Place("strong.md", frozenset(), False), 2: Place("weak.md", frozenset(), False)}
    survey = Survey(asked, Surroundings(places, str.split, {}))
    survey.take([{10: 0.7, 20: 0.4}, *[{20: 0.4}] * 29], [], {10: 1, 20: 2})
    assert [needed.document for needed in survey.ranked()] == [1]


def test_a_long_question_is_searched_for_in_several_steps_and_a_short_one_in_one(shop: Shelf) -> None:
    assert all(not hit.why for hit in shop.library.find("clean the stove"))
    assert all(hit.why for hit in shop.library.find(QUESTION + " I thank you very much." * 20))


def test_nothing_is_found_for_nothing(shop: Shelf, tmp_path: Path) -> None:
    assert explored(shop, "") == explored(shop, "refund") == explored(shop, limit=0) == []

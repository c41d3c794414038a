"""What a search finds, in which order, and how sure it is."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.knowledge.conftest import Shelf

ARTICLES = {
    "delivery.md": "# Delivery times\n\nParcels take 3 working days.\n\n## Norway\n\nTo Norway it takes a week.",
    "returns.md": "# Returns\n\nSend back what does not fit within 30 days of the delivery.",
    "gift.md": "# Gift cards\n\nA gift card is valid for two years.",
    "notes.md": "---\naudience: internal\n---\n# Goodwill\n\nRefund delivery charges up to ten pounds.",
}


@pytest.fixture
def shop(shelf: Shelf) -> Shelf:
    for path, text in ARTICLES.items():
        shelf.write(path, text)
    shelf.ingest()
    return shelf


def test_the_best_passage_comes_first_and_says_where_it_stands(shop: Shelf) -> None:
    best = shop.library.search("how long is delivery to norway")[0]
    source = (shop.folder / "delivery.md").read_text()
    assert (best.document, best.title, best.heading) == ("delivery.md", "Delivery times", "Norway")
    assert source[best.start : best.end] == best.text == "To Norway it takes a week."
    assert len(best.sha256) == 64


def test_words_are_compared_by_their_stems_without_case_and_accents(shop: Shelf) -> None:
    assert shop.found("RETÚRNING")[0] == "returns.md"


def test_the_words_of_titles_and_headings_count_for_the_passages_below(shop: Shelf) -> None:
    assert shop.found("goodwill") == ["notes.md"]


def test_a_misspelt_word_still_finds_something(shop: Shelf) -> None:
    assert shop.found("norwya parcles")[:2] == ["delivery.md", "delivery.md"]


def test_a_number_is_not_taken_for_a_misspelt_one(shop: Shelf) -> None:
    shop.write("order.md", "Order 123456 was special.")
    shop.ingest()
    assert shop.found("123457") == []


def test_what_is_for_colleagues_is_not_found_for_customers(shop: Shelf) -> None:
    assert "notes.md" in shop.found("delivery charges")
    assert "notes.md" not in shop.found("delivery charges", audience="public")
    assert shop.found("delivery charges", audience="internal") == ["notes.md"]


def test_at_most_as_many_are_found_as_wanted(shop: Shelf) -> None:
    assert len(shop.found("delivery days", limit=2)) == 2
    assert shop.found("delivery days", limit=0) == []


@pytest.mark.parametrize("query", ["", "   ", "the of and", "?!", "xylophone", "🙂"])
def test_nothing_is_found_for_nothing(shop: Shelf, query: str) -> None:
    assert shop.found(query) == []


def test_the_match_tells_what_is_good_enough_from_what_is_not(shop: Shelf) -> None:
    good = shop.library.search("How long is a gift card valid?")[0]
    poor = shop.library.search("Can you recommend a restaurant that is open within walking distance on Sundays?")[0]
    assert good.match > 0.5 > poor.match
    assert all(0 < hit.match < 1 for hit in (good, poor))


def test_a_very_long_query_is_served(shop: Shelf) -> None:
    chatter = " ".join(f"word{number}" for number in range(5000))
    assert shop.found(f"{chatter} delivery norway")[0] == "delivery.md"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_query_is_a_mistake(shop: Shelf, query: str) -> None:
    shop.library.search(query)


def test_threads_search_at_once(shop: Shelf) -> None:
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(shop.found("norway"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["delivery.md"]] * 8

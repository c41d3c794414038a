"""A search is narrowed to a language, a place, a source and an audience, by words and by meaning alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.knowledge.library import Library
from segue.knowledge.reading import INTERNAL
from tests.unit.knowledge.conftest import Shelf
from tests.unit.knowledge.toy import ToyEncoder


@pytest.fixture(params=["words", "meaning"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    shelf.library.close()
    shelf.library = Library(shelf.database, shelf.index, ToyEncoder() if request.param == "meaning" else None)
    shelf.write("en/tents.md", "---\nlanguage: en-GB\n---\nA tent keeps you dry.")
    shelf.write("de/zelte.md", "---\nlanguage: de\n---\nEin tent (Zelt) ist trocken.")
    shelf.write("tent.md", "Any tent.")
    shelf.write("tents/more.md", "# Internal: tents\n\nA tent for colleagues.")
    shelf.ingest()
    yield shelf
    shelf.library.close()


def test_a_language_admits_its_regions_and_what_does_not_say(shop: Shelf) -> None:
    assert set(shop.found("tent", language="en")) == {"en/tents.md", "tent.md", "tents/more.md"}
    assert set(shop.found("tent", language="de-AT")) == {"de/zelte.md", "tent.md", "tents/more.md"}


def test_a_place_is_a_document_or_a_folder(shop: Shelf) -> None:
    assert shop.found("tent", under="en") == shop.found("tent", under="en/") == ["en/tents.md"]
    assert shop.found("tent", under="tent.md") == ["tent.md"]
    assert shop.found("tent", under="te") == []


def test_a_source_is_where_documents_come_from(shop: Shelf) -> None:
    assert len(shop.found("tent", source="files")) == 4
    assert shop.found("tent", source="web") == []


def test_narrowing_goes_together(shop: Shelf) -> None:
    assert shop.found("tent", language="en", audience="public", source="files", under="en") == ["en/tents.md"]
    assert shop.found("tent", audience="internal") == ["tents/more.md"]


@pytest.mark.parametrize(
    "title", ["Internal: refunds", "(Internal) Refunds", "Refunds (internal use only)", "INTERNAL ONLY"]
)
def test_a_title_that_says_internal_keeps_a_document_from_customers(title: str) -> None:
    assert INTERNAL.search(title)


@pytest.mark.parametrize(
    "title", ["Internal links", "Internal-link building", "Our internal memory (64 GB)", "International"]
)
def test_the_word_alone_does_not(title: str) -> None:
    assert not INTERNAL.search(title)


def test_an_author_who_says_public_is_believed(shop: Shelf) -> None:
    shop.write("open.md", "---\naudience: public\n---\n# Internal: a joke\n\nA tent walks into a bar.")
    shop.ingest()
    assert "open.md" in shop.found("tent", audience="public")

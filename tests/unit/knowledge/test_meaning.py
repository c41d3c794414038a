"""With an encoder, a question finds what answers it in other words; without one, all goes on by words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from segue.knowledge import fusion
from segue.knowledge.library import Library
from tests.unit.knowledge.conftest import START, Shelf
from tests.unit.knowledge.toy import ToyEncoder


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    shelf.library.close()
    shelf.library = Library(shelf.database, shelf.index, ToyEncoder())
    shelf.write("delivery.md", "# Delivery\n\nYour package comes in two days.")
    shelf.write("tents.md", "# Tents\n\nA tent keeps you dry.")
    yield shelf
    shelf.library.close()


def test_a_question_finds_what_is_said_in_other_words(shelf: Shelf) -> None:
    shelf.ingest()

    assert shelf.found("parcel", limit=1) == ["delivery.md"]


def test_what_people_said_to_such_a_question_leads_to_the_article_that_says_it(shelf: Shelf) -> None:
    shelf.write("post.md", "# Post\n\nWhoever lives far away waits longer.")
    shelf.ingest()
    question = "when do you deliver to islands?"

    [alone, *_] = shelf.library.search(question)
    [led, *_] = shelf.library.search(question, like=[("your parcel comes in two days", 0.9)])

    assert alone.document != "delivery.md"
    assert led.document == "delivery.md"
    assert led.match > alone.match


def test_by_words_alone_nothing_is_led_anywhere(shelf: Shelf) -> None:
    shelf.library = Library(shelf.database, shelf.index)
    shelf.ingest()

    assert shelf.library.search("tent", like=[("two days", 1.0)]) == shelf.library.search("tent")


def test_a_library_that_was_never_encoded_is_searched_by_words(shelf: Shelf) -> None:
    plain = Library(shelf.database, shelf.index)
    shelf.library, encoding = plain, shelf.library
    shelf.ingest()
    shelf.library = encoding
    plain.close()

    assert shelf.found("tent", limit=1) == ["tents.md"]


def test_a_removed_article_is_found_no_more(shelf: Shelf) -> None:
    shelf.ingest()
    (shelf.folder / "delivery.md").unlink()
    shelf.ingest()

    assert "delivery.md" not in shelf.found("parcel")


def test_the_past_is_searched_as_it_was(shelf: Shelf) -> None:
    shelf.ingest()
    shelf.write("delivery.md", "# Delivery\n\nWe deliver nothing any more.")
    shelf.ingest()

    [before] = shelf.library.search("parcel package", limit=1, as_of=START + timedelta(hours=1))

    assert "two days" in before.text


def test_what_is_internal_stays_hidden_from_customers(shelf: Shelf) -> None:
    shelf.write("secret.md", "---\naudience: internal\n---\n# Package codes\n\nThe package code is 7.")
    shelf.ingest()

    assert "secret.md" not in shelf.found("parcel code", audience="public")
    assert "secret.md" in shelf.found("parcel code", audience="internal")


def test_only_new_passages_are_encoded_at_the_next_ingest(shelf: Shelf) -> None:
    shelf.ingest()
    encoder = ToyEncoder()
    shelf.library = Library(shelf.database, shelf.index, encoder)
    shelf.write("stoves.md", "# Stoves\n\nA stove burns gas.")
    shelf.ingest()

    assert encoder.encoded == ["Stoves\nA stove burns gas."]


def test_vectors_that_cannot_be_read_are_left_out_and_made_again(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.ingest()
    for matrix in shelf.index.rglob("*.vectors.npy"):
        matrix.write_bytes(b"not a matrix")
    shelf.library.close()
    shelf.library = Library(shelf.database, shelf.index, ToyEncoder())

    assert shelf.found("tent", limit=1) == ["tents.md"]
    assert "made again" in caplog.text
    shelf.ingest()
    assert shelf.found("parcel", limit=1) == ["delivery.md"]


def test_an_empty_question_finds_nothing(shelf: Shelf) -> None:
    shelf.ingest()

    assert shelf.found("  ") == []


def test_joined_scores_keep_what_is_best_in_both() -> None:
    joined = fusion.fuse({1: 0.6, 2: 0.5}, {2: 0.7, 3: 0.65, 1: -0.2})

    assert [passage for passage, _ in joined] == [2, 3, 1]
    assert all(0 <= score <= 1 for _, score in joined)


def test_equal_scores_keep_one_order() -> None:
    assert fusion.fuse({5: 0.4, 3: 0.4}, {}) == [(3, 0.2), (5, 0.2)]

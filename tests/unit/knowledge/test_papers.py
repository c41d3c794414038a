"""PDF and DOCX are read in a process of their own; what cannot be read is said, and harms nobody."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from segue.knowledge import reading
from segue.knowledge.document import Document
from segue.knowledge.extract import process
from segue.knowledge.problems import Refused
from tests.unit.knowledge.conftest import Shelf
from tests.unit.knowledge.papers import bomb, pdf, word

LONG = "This is a line of a paragraph that goes on over the end of the line and of the page, too,"


def read(path: str, data: bytes) -> Document:
    return reading.read(path, data, file=path)[0]


def code(path: str, data: bytes) -> str:
    """Return why a file is refused; empty where it is not."""
    try:
        read(path, data)
    except Refused as refused:
        return refused.code
    return ""


def test_headings_lists_and_tables_of_a_docx_are_kept() -> None:
    document = read("guide.docx", word(title="The guide"))
    assert (document.title, document.language) == ("The guide", "en-GB")
    assert [(passage.heading, passage.text) for passage in document.passages] == [
        ("Delivery", "Parcels take three days."),
        ("Delivery > To Norway", "- By ship\n- By plane\n\n| Country | Days |\n| Norway | 7 |\n| Iceland | 9 |"),
    ]


def test_offsets_count_in_the_text_that_is_stored(shelf: Shelf) -> None:
    (shelf.folder / "guide.docx").write_bytes(word())
    (shelf.folder / "guide.pdf").write_bytes(pdf([["Refunds take five days."]]))
    assert shelf.ingest().problems == ()
    for hit in shelf.library.search("norway country refunds days"):
        text = shelf.library.documents.source_text(hit.document, hit.sha256)
        assert text is not None
        assert text[hit.start : hit.end] == hit.text
    assert shelf.library.documents.source_text("guide.pdf") == "Refunds take five days."


def test_lines_of_a_pdf_become_paragraphs_and_what_every_page_repeats_is_left_out() -> None:
    fruits = ("Apples", "Pears", "Plums", "Figs")
    pages = [
        ["ACME Handbook", f"{fruit}: {LONG}", f"{LONG} {fruit}", f"and end {fruit}.", f"Page {number} of 4"]
        for number, fruit in enumerate(fruits, start=1)
    ]
    (first, *_) = document = read("book.pdf", pdf(pages)).passages
    whole = " ".join(passage.text for passage in document)
    assert first.text.startswith(f"Apples: {LONG} {LONG} Apples and end Apples.\n\nPears: {LONG}")
    assert "Handbook" not in whole
    assert "Page" not in whole


def test_the_outline_of_a_pdf_gives_its_headings() -> None:
    pages = [["Returns", "Send it back."], ["Refunds", "- by card", "- in cash"]]
    document = read("book.pdf", pdf(pages, outline=[("Returns", 0), ("Refunds", 1)]))
    assert [(passage.heading, passage.text) for passage in document.passages] == [
        ("", "Send it back."),
        ("Refunds", "- by card\n- in cash"),
    ]
    assert document.title == "Returns"


def test_an_encrypted_file_is_refused_and_one_without_a_password_is_read() -> None:
    assert code("secret.pdf", pdf([["Hidden."]], password="sesame")) == "K113"  # noqa: S106 (a test's own)
    assert code("old.docx", b"\xd0\xcf\x11\xe0 a file of another time") == "K113"


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    data = bomb(200_000_000)
    assert len(data) < 1_000_000
    assert code("bomb.docx", data) == "K114"


@pytest.mark.parametrize("path", ["a.pdf", "a.docx"])
@pytest.mark.parametrize("data", [b"", b"no such file", b"%PDF-1.7\n%%EOF", b"PK\x03\x04 and nothing", bytes(5000)])
def test_what_is_damaged_is_refused(path: str, data: bytes) -> None:
    assert code(path, data) == "K115"


def test_a_cut_or_altered_file_never_breaks_the_reading() -> None:
    for data in (pdf([["A line."], ["Another."]], outline=[("A line.", 0)]), word()):
        name = "a.pdf" if data.startswith(b"%PDF") else "a.docx"
        for broken in (data[: len(data) // 2], data[:60] + b"\xff" * 40 + data[100:]):
            assert code(name, broken) in ("", "K109", "K115")


def test_pages_that_lead_to_themselves_end() -> None:
    endless = pdf([["A line."]]).replace(b"/Count 1", b"/Count 9")
    assert code("endless.pdf", endless) in ("", "K114", "K115")


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: Any, **__: Any) -> None:
        raise subprocess.TimeoutExpired("extract", 1)

    monkeypatch.setattr(process.subprocess, "run", late)
    assert code("slow.pdf", b"%PDF") == "K114"


def test_a_process_that_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.sys, "executable", "false")
    assert code("dies.pdf", b"%PDF") == "K114"


def test_one_bad_file_does_not_stop_the_others(shelf: Shelf) -> None:
    (shelf.folder / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    shelf.write("good.md", "All is well.")
    done = shelf.ingest()
    assert [(problem.file, problem.code) for problem in done.problems] == [("knowledge/bad.pdf", "K115")]
    assert shelf.found("well") == ["good.md"]

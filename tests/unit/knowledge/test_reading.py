"""From bytes to a document, or to what is wrong with them."""

from __future__ import annotations

import hashlib

import pytest

from segue.knowledge.problems import RULES, Refused
from segue.knowledge.reading import read


def test_a_document_tells_what_its_file_says() -> None:
    data = b"\xef\xbb\xbf---\ntitle: Returns\naudience: internal\n---\n# Returns\n\n## When\n\nWithin **30** days.\n"
    document, warnings = read("help/returns.md", data, file="knowledge/help/returns.md")
    (passage,) = document.passages
    assert (document.title, document.audience, document.language) == ("Returns", "internal", None)
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert (passage.document, passage.title, passage.heading) == ("help/returns.md", "Returns", "When")
    assert passage.text == "Within 30 days."
    assert data[3:].decode()[passage.start : passage.end] == "Within **30** days."
    assert warnings == []


@pytest.mark.parametrize(
    ("path", "data", "title"),
    [
        ("a.md", b"# Heading\n\ntext", "Heading"),
        ("returns_and-refunds.md", b"text", "Returns and refunds"),
        ("a.html", b"<title>Page</title><p>text", "Page"),
        ("a.txt", b"First line\n\ntext", "First line"),
        ("a.TXT", b"---\ntitle: no front matter here\n---\ntext.", "---"),
    ],
)
def test_a_document_has_the_best_title_there_is(path: str, data: bytes, title: str) -> None:
    assert read(path, data, file=path)[0].title == title


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"one\ntwo\xff", "K104", 2),
        (b"\xef\xbb\xbfone\n\ntw\xe9 three", "K104", 3),
        (b"\xff\xfeo\x00n\x00e\x00", "K104", 1),
        (b"one\ntwo\x00", "K104", 2),
        (b"", "K109", 0),
        (b"\xef\xbb\xbf \n", "K109", 0),
        (b"# Only a title\n", "K109", 0),
        (b"---\ntitle: only this\n---\n", "K109", 0),
        (b"---\ntitle: [\n---\n", "K105", 3),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(data: bytes, code: str, line: int) -> None:
    with pytest.raises(Refused) as refused:
        read("a.md", data, file="a.md")
    assert (refused.value.code, refused.value.line) == (code, line)
    assert code in RULES

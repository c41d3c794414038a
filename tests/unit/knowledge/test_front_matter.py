"""What an author says about a document, above its text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.knowledge import front_matter
from segue.knowledge.problems import Refused


def test_what_the_author_says_counts() -> None:
    source = (
        "---\ntitle: 'Returns: how to'\nlanguage: pt_BR\naudience: internal\nowner: anna\ntags: [a, b]\n"
        "valid_from: 2026-05-01\nvalid_to: 2026-06-01T12:00:00+02:00\n---\nText\n"
    )
    statement, end, warnings = front_matter.read(source, "a.md")
    assert statement == front_matter.Statement(
        title="Returns: how to",
        language="pt-BR",
        audience="internal",
        valid_from=datetime(2026, 5, 1, tzinfo=UTC),
        valid_to=datetime(2026, 6, 1, 10, tzinfo=UTC),
    )
    assert source[end:] == "\nText\n"
    assert warnings == []


@pytest.mark.parametrize(
    "source", ["", "Text", "---\n\nA rule, then text.\n\n---\n", "----\ntitle: x\n---\n", " ---\na: b\n---\n"]
)
def test_a_file_may_say_nothing(source: str) -> None:
    assert front_matter.read(source, "a.md") == (front_matter.Statement(), 0, [])


@pytest.mark.parametrize(
    "source", ["---\n---\nText", "---\r\n# only a comment\r\ntitle:\r\n---\r\nText", "---\ntitle: ~\n...\nText"]
)
def test_a_block_may_be_empty(source: str) -> None:
    statement, end, _ = front_matter.read(source, "a.md")
    assert statement == front_matter.Statement()
    assert source[end:].strip() == "Text"


@pytest.mark.parametrize(
    ("block", "place", "code", "message"),
    [
        ("title: Foo: bar\n---", (2, 11), "K105", "no YAML"),
        ("title: x\nbody", (1, 1), "K105", "has no end"),
        ("title: x\n\ttab: y\n---", (3, 1), "K105", "no YAML"),
        ("title: a\nother: b\ntitle: c\n---", (4, 1), "K105", "stands twice"),
        ("title: [a, b]\n---", (2, 8), "K106", "not one plain value"),
        ("a: 1\nvalid_from: May\n---", (3, 13), "K106", "`May` is no date"),
        ("valid_to: 0000-01-01\n---", (2, 11), "K106", "is no date"),
        ("valid_from: 2026-05-01\nvalid_to: 2026-05-01\n---", (3, 11), "K106", "not after"),
        ("a: *unknown\n---", (2, 4), "K105", "no YAML"),
        ("a: " + "[" * 8000 + "\n---", None, "K105", "no YAML"),
    ],
)
def test_a_block_that_cannot_be_trusted_refuses_the_file(
    block: str, place: tuple[int, int] | None, code: str, message: str
) -> None:
    with pytest.raises(Refused, match=message) as refused:
        front_matter.read(f"---\n{block}\nText", "knowledge/a.md")
    finding = refused.value.finding("knowledge/a.md")
    assert (finding.code, finding.severity) == (code, "error")
    assert place is None or (finding.line, finding.column) == place


def test_a_reader_that_is_not_known_is_taken_for_a_colleague() -> None:
    statement, _, (warning,) = front_matter.read("---\naudience: agent\n---\n", "knowledge/a.md")
    assert statement.audience == "internal"
    assert str(warning).startswith("knowledge/a.md:2:11 K108 audience `agent` is not known")
    assert warning.severity == "warning"


def test_a_language_that_is_none_is_not_used() -> None:
    statement, _, (warning,) = front_matter.read("---\nlanguage: plain English\n---\n", "a.md")
    assert (statement.language, warning.code) == (None, "K107")


@given(st.text(alphabet="-:# \n\t\"'[]{}&*!|>%@ab1~title", max_size=80))
def test_no_block_raises_anything_else(block: str) -> None:
    try:
        _, end, _ = front_matter.read(f"---\n{block}\n---\n", "a.md")
    except Refused:
        return
    assert end <= len(block) + 9

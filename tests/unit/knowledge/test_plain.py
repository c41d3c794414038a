"""Plain text: paragraphs, and a title where there is one."""

from __future__ import annotations

import pytest

from segue.knowledge import plain


def test_paragraphs_stand_between_blank_lines() -> None:
    source = "Opening hours\n\nMonday to Friday,\nnine to five.\n \t\n\nClosed at\r\nChristmas.\n"
    found = plain.read(source)
    assert found.title == "Opening hours"
    assert [block.text for block in found.blocks] == ["Monday to Friday,\nnine to five.", "Closed at\r\nChristmas."]
    assert all(source[block.start : block.end] == block.text for block in found.blocks)


def test_a_first_line_right_above_the_text_is_a_title_too() -> None:
    found = plain.read("\n Opening hours \nMonday to Friday")
    assert (found.title, [block.text for block in found.blocks]) == ("Opening hours", ["Monday to Friday"])


@pytest.mark.parametrize(
    "source", ["Refunds take 5 days.\nMore.", "Only one line", "Dear all,\nhello", "x" * 121 + "\ny"]
)
def test_a_first_line_that_reads_like_text_is_text(source: str) -> None:
    found = plain.read(source)
    assert found.title is None
    assert [block.text for block in found.blocks] == [source]


def test_nothing_is_read_from_nothing() -> None:
    assert plain.read(" \n\n ").blocks == []

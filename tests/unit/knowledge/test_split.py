"""Passages are cut where a reader would turn the page."""

from __future__ import annotations

from itertools import pairwise

from segue.knowledge import markdown, plain
from segue.knowledge.split import IDEAL, LONGEST, Piece, split

SENTENCE = "This sentence has exactly ten words and ends like this. "


def pieces(source: str) -> list[Piece]:
    found = markdown.read(source)
    return list(split(source, found.blocks, title=found.title or ""))


def test_a_short_section_stays_whole() -> None:
    (piece,) = pieces("# Title\n\nOne.\n\n- two\n- three\n\n| a | b |\n|---|---|\n| c | d |\n")
    assert piece.heading == ""
    assert piece.text == "One.\n\n- two\n- three\n\n| a | b |\n| c | d |"


def test_no_passage_crosses_a_heading_and_each_knows_those_above_it() -> None:
    source = "# T\n\nA.\n\n## B\n\nBb.\n\n### C *c*\n\nCc.\n\n#### Detail\n\nDd.\n\n## E\n\nEe.\n"
    assert [(piece.heading, piece.text) for piece in pieces(source)] == [
        ("", "A."),
        ("B", "Bb."),
        ("B > C c", "Cc.\n\nDetail\n\nDd."),
        ("E", "Ee."),
    ]


def test_a_long_paragraph_is_cut_between_sentences_into_similar_sizes() -> None:
    source = SENTENCE * 40
    found = pieces(source)
    assert len(found) == round(len(source) / IDEAL)
    assert all(piece.text.endswith("this.") and piece.text.startswith("This") for piece in found)
    assert all(50 <= len(piece.text.split()) <= 190 for piece in found)


def test_a_text_that_lost_its_line_ends_is_cut_between_its_glued_sentences() -> None:
    source = "You must first open the page that is called settings.Then choose your plan (e.g. the small one)." * 20
    found = list(split(source, plain.read(source).blocks))
    assert len(found) > 1
    assert "".join(piece.text for piece in found) == source
    assert all(piece.text.startswith(("You", "Then")) for piece in found)


def test_an_introduction_stays_with_its_list() -> None:
    source = SENTENCE * 13 + "\n\nYou need these:\n\n" + "- a thing that takes some words to say\n" * 14
    first, second = pieces(source)
    assert first.text.endswith("this.")
    assert second.text.startswith("You need these:\n\n- a thing")


def test_rows_and_items_are_not_cut() -> None:
    row = "| " + "cell with words " * 8 + "| yes |"
    for piece in pieces("\n".join(["| a | b |", "|---|---|", *[row] * 30])):
        assert all(line.endswith("|") for line in piece.text.splitlines())


def test_a_row_that_is_far_too_long_is_cut_between_words() -> None:
    found = pieces("| " + "word " * 1000 + "|")
    assert all(len(piece.text) <= LONGEST for piece in found)
    assert sum(piece.text.count("word") for piece in found) == 1000


def test_what_has_no_words_is_cut_anyway() -> None:
    found = pieces("x" * 5000)
    assert "".join(piece.text for piece in found) == "x" * 5000
    assert all(len(piece.text) <= LONGEST for piece in found)


def test_a_cut_inside_emphasis_or_blank_space_loses_nothing() -> None:
    bold, slanted = "**" + (SENTENCE * 15).strip() + "**", "_" + SENTENCE.strip() + "_"
    source = bold + " " + slanted + " " * 3000 + "Tail &amp; end. " + SENTENCE * 10
    found = pieces(source)
    words = " ".join(piece.text for piece in found).split()
    assert words == source.replace("**", "").replace("_", "").replace("&amp;", "&").split()
    assert all(first.end <= second.start for first, second in pairwise(found))


def test_long_code_is_cut_between_lines() -> None:
    lines = [f"option_{number} = 'some value that is set'" for number in range(60)]
    found = pieces("```\n" + "\n".join(lines) + "\n```")
    assert len(found) > 1
    assert [line for piece in found for line in piece.text.splitlines()] == lines


def test_chinese_sentences_are_cut_at_their_full_stops() -> None:
    sentence = "这是一句普通的中文句子用来测试切分。"
    assert all(piece.text.endswith("。") for piece in pieces(sentence * 100))

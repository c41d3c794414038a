"""Markdown as its reader sees it."""

from __future__ import annotations

import pytest

from segue.knowledge import markdown


def seen(source: str) -> list[str]:
    return [block.text for block in markdown.read(source).blocks]


def kinds(source: str) -> list[str]:
    return [block.kind for block in markdown.read(source).blocks]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("It is **very** *important*.", "It is very important."),
        ("It is __very__ _important_.", "It is very important."),
        ("**Bold with *italics* inside**", "Bold with italics inside"),
        ("***both***", "both"),
        ("set snake_case_names and 2 * 3 * 4", "set snake_case_names and 2 * 3 * 4"),
        ("price* and *excluded", "price* and *excluded"),
        ("~~old~~ new", "old new"),
        ("see [our guide](https://example.com/a_(b) 'Guide') now", "see our guide now"),
        ("write [here]<br>or there", "write [here] or there"),
        ("see [the guide][g]\n\n[g]: https://example.com", "see the guide"),
        ("choose [Enter][x] twice", "choose [Enter][x] twice"),
        ("press ![Settings](a.png) twice", "press Settings twice"),
        ("go to <https://example.com/x>", "go to https://example.com/x"),
        ("run `rm -rf *_*` **now**", "run rm -rf *_* now"),
        ("``a ` b``", "a ` b"),
        (r"1\. not a list, \*not emphasis\*", "1. not a list, *not emphasis*"),
        ("Terms &amp; conditions &#8211; &nosuch;", "Terms & conditions – &nosuch;"),
        ("H<sub>2</sub>O <!-- hidden -->is <Badge text='x' />wet", "H2O is wet"),
        ("enter <order number> or <or> 5 < 6 > 4", "enter <order number> or <or> 5 < 6 > 4"),
    ],
)
def test_marks_inside_a_paragraph_are_not_seen(source: str, text: str) -> None:
    assert seen(source) == [text]


def test_paragraphs_keep_their_line_ends() -> None:
    assert seen("One\ntwo.\n\nThree.\r\nfour.\r\n") == ["One\ntwo.", "Three.\r\nfour."]


def test_headings_of_both_kinds_have_their_level() -> None:
    source = "# One #\n\nTwo\n---\n\n#### Four **x**\n\n#hashtag\n\nThree\n===\n"
    blocks = markdown.read(source).blocks
    assert [(block.kind, block.level, block.text) for block in blocks] == [
        ("heading", 1, "One"),
        ("heading", 2, "Two"),
        ("heading", 4, "Four x"),
        ("text", 0, "#hashtag"),
        ("heading", 1, "Three"),
    ]


def test_the_first_main_heading_is_the_title() -> None:
    assert markdown.read("## Before\n\n# The *title*\n\n# Another").title == "The title"


def test_a_rule_below_a_long_paragraph_makes_no_heading() -> None:
    assert kinds("First line\nsecond line\n---\nmore") == ["text", "text"]


def test_list_items_keep_their_marks_and_nesting() -> None:
    source = "1. one\n2. two\n   goes *on*\n   - inner\n* [x] done\n"
    blocks = markdown.read(source).blocks
    assert [block.kind for block in blocks] == ["item"] * 4
    assert [block.text for block in blocks] == ["1. one", "2. two\n   goes on", "- inner", "* [x] done"]


def test_tables_are_read_row_by_row_without_the_line_of_hyphens() -> None:
    source = "| Country  | Days |\n|:---------|-----:|\n| **Norway** |    3 |\n\nA | B\n--|--\n1 | 2\n"
    assert seen(source) == ["| Country | Days |", "| Norway | 3 |", "A | B", "1 | 2"]
    assert set(kinds(source)) == {"row"}


def test_code_is_kept_as_it_stands() -> None:
    source = "Run:\n\n```sh\nmake *all*\n\n# no heading\n```\n\n~~~\n<b>\n"
    assert seen(source) == ["Run:", "make *all*\n\n# no heading", "<b>"]
    assert kinds(source) == ["text", "code", "code"]


def test_quotes_lose_their_marks() -> None:
    assert seen("> Note: **bring**\n> your card\n>\n> - and a pen\n") == ["Note: bring\nyour card", "- and a pen"]


def test_what_nobody_reads_is_left_out() -> None:
    source = (
        "import Card from './card'\n\n<!-- a\n\ncomment -->\nText<!-- b --> here.\n\n"
        "<script>\nlet a\n\nlet b\n</script>\n"
        "![shot](a.png)\n\n***\n\n<Note>\nMind the gap\n</Note>\n\n{/* later */}\n\n[ref]: https://example.com\n"
    )
    assert seen(source) == ["Text here.", "Mind the gap"]


def test_a_comment_that_never_ends_hides_nothing() -> None:
    assert seen("<!-- a\n\nb") == ["<!-- a", "b"]


def test_a_block_is_trimmed_to_what_is_seen() -> None:
    source = "<Note>\n  Mind **the** gap\n</Note>"
    (block,) = markdown.read(source).blocks
    assert source[block.start : block.end] == "Mind **the** gap"


COMPONENTS = """import { Card } from "ui";
export const settings = {
  colour: "red",
};

# Help

<CardGroup cols={2}>
  <Card title="Where is my order?" icon="truck" href="/orders">
    Look at the **tracking** number.
  </Card>
  <Card
    title="How do I pay?"
    description={"By card or in cash."}
    style={{ color: "red", nested: { deep: 1 } }}
  />
</CardGroup>

<Note>Read this.</Note>

Write to <Your domain> and <Any word>.

<Accordion title='Is it "safe"?'>Yes.</Accordion>
"""


def test_components_leave_their_titles_and_what_they_say() -> None:
    found = markdown.read(COMPONENTS)
    assert [(block.kind, block.text) for block in found.blocks[1:]] == [
        ("heading", "Where is my order?"),
        ("text", "Look at the tracking number."),
        ("heading", "How do I pay?"),
        ("text", "By card or in cash."),
        ("text", "Read this."),
        ("text", "Write to <Your domain> and <Any word>."),
        ("heading", 'Is it "safe"?'),
        ("text", "Yes."),
    ]
    assert all(COMPONENTS[block.start : block.end].strip("<>/") for block in found.blocks)
    assert found.links == ("/orders",)


def test_brackets_that_never_close_cost_one_line_and_no_time() -> None:
    source = "export const a = {\n" * 2_000 + "\nStill here."
    assert markdown.read(source).blocks[-1].text == "Still here."

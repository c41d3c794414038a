"""Answers are taken from the articles word for word, and say where they stand."""

import re
import time
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segue.knowledge.document import Hit
from segue.support.answer import PASSAGES, ROOM, compose, question_in
from segue.support.excerpt import CHARACTERS, SENTENCES, excerpt
from segue.support.outcome import Citation
from segue.support.requests import sentences_of
from tests.unit.support.company import Office

CARE = """\
---
title: Caring for wool
---

# Washing

Wool is a **living** fibre & wants little. Wash it by hand in [cold water](https://example.org/water). Never use a
softener.

# Drying

Dry wool flat, away from the sun. It takes `two` days. Then fold it; do not hang it up.

| kind  | days |
| ----- | ---- |
| socks | 1    |
| mats  | 3    |
"""
SHIPPING = "# Shipping wool\n\nWe ship wool in paper. Wool parcels take three days to arrive. No plastic is used.\n"


def hit(text: str, document: str = "a.md", match: float = 0.6) -> Hit:
    return Hit(
        document=document,
        title=document.removesuffix(".md").title(),
        heading="",
        start=0,
        end=len(text),
        text=text,
        sha256="",
        score=1.0,
        match=match,
    )


def quoted(text: str) -> str:
    return re.split(r"\n\nSources?: ", text)[0]


@pytest.mark.parametrize(
    "question",
    [
        "How do I wash wool?",
        "how long does wool take to dry",
        "May I use a softener?",
        "socks days?",
        "plastic parcels",
    ],
)
def test_every_quoted_word_stands_in_the_region_that_is_cited(office: Office, question: str) -> None:
    sources = {"care.md": CARE, "post/shipping.md": SHIPPING}
    office.articles(sources)
    hits = office.library.search(question)
    answer = compose(question, hits)
    assert answer is not None
    region = " ".join(sources[cited.document][cited.start : cited.end] for cited in answer.citations)
    for word in quoted(answer.text).split():
        assert word.strip(".,;:!?()") in region, f"{word!r} is not in {region!r}"


def test_the_sentence_that_answers_is_quoted_and_not_far_ones() -> None:
    text = " ".join(f"This is sentence {n} about nothing at all." for n in range(20))
    answer = compose("which zebra", [hit(f"{text} The zebra is striped. {text}")])
    assert answer is not None
    assert "The zebra is striped." in answer.text
    assert len(sentences_of(quoted(answer.text))) <= SENTENCES
    assert len(quoted(answer.text)) <= CHARACTERS


def test_the_sources_are_named_once_and_every_passage_is_cited() -> None:
    hits = [hit("Wool is warm.", "one.md", 0.8), hit("Wool again.", "one.md", 0.8), hit("More wool.", "two.md", 0.7)]
    answer = compose("wool", hits)
    assert answer is not None
    assert answer.text == "Wool is warm.\n\nWool again.\n\nMore wool.\n\nSources: One, Two"
    assert [citation.document for citation in answer.citations] == ["one.md", "one.md", "two.md"]


def test_a_short_passage_is_quoted_whole_and_what_finds_no_room_is_left_out() -> None:
    short, long = (
        "Wool is warm. It dries slowly. Cats like it.",
        f"Wool is sheared once a year{', and again' * 15}. " * 9,
    )
    answer = compose("is wool warm", [hit(short, "one.md"), hit(long, "two.md"), hit("Wool, again.", "three.md")])
    assert answer is not None
    assert quoted(answer.text).startswith(short)
    assert len(quoted(answer.text)) <= ROOM
    assert answer.text.endswith("Wool, again.\n\nSources: One, Three")


def test_what_is_said_twice_is_quoted_once() -> None:
    answer = compose("wool", [hit("Wool is warm.", "one.md"), hit("Wool is warm.", "two.md")])
    assert answer is not None
    assert answer.text == "Wool is warm.\n\nSource: One"


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("Hi there, I moved house. Do you deliver to Skye? I hope so. Kind regards, Ada", "Do you deliver to Skye?"),
        ("Hello, tell me about wool. Thanks!", "tell me about wool."),
        ("Is it warm? And dry? I like it.", "Is it warm? And dry?"),
        ("Hello", "Hello"),
    ],
)
def test_a_message_is_searched_for_by_what_it_asks(message: str, asked: str) -> None:
    assert question_in(message) == asked


def test_what_is_much_further_off_is_not_quoted() -> None:
    answer = compose("wool", [hit("Wool is warm.", "one.md", 0.8), hit("Wool.", "two.md", 0.4)])
    assert answer is not None
    assert answer.citations == (Citation(document="one.md", start=0, end=13),)


def test_only_a_few_passages_are_quoted() -> None:
    answer = compose("wool", [hit(f"Wool is warm {n}.", f"{n}.md") for n in range(8)])
    assert answer is not None
    assert len(answer.citations) == PASSAGES


@pytest.mark.parametrize("hits", [[], [hit("")], [hit(" \n\n ")]])
def test_without_words_to_quote_there_is_no_answer(hits: list[Hit]) -> None:
    assert compose("wool", hits) is None


texts = st.text(max_size=400) | st.lists(
    st.sampled_from(["Wool is warm.", "It dries!", "- a", "1. b", "A", "\n\n", " ", "Wool is warm."]), max_size=30
).map(" ".join)


@given(st.text(max_size=60), texts)
def test_whatever_is_quoted_stands_in_the_passage(question: str, text: str) -> None:
    answer = compose(question, [replace(hit(text), title="T")])
    if answer is not None:
        for word in quoted(answer.text).split():
            assert word.strip(".,;:|") in text
    elif "|" not in text:
        assert not text.strip()


@example(["| a | b |", "|", "|", "Lead:", "| a | b |", "| a | b |"])
@given(st.lists(st.sampled_from(["| a | b |", "| 1 |", "|", "||", "- x", "Lead:", "", "It is.", "| 2 | 3 | 4 |"])))
def test_broken_tables_and_lists_are_read_all_the_same(lines: list[str]) -> None:
    assert excerpt("\n".join(lines), "a x 3") is not None


# What is quoted stands alone

DELIVERY = """\
| Where to | Cost | Usual time |
| --- | --- | --- |
| England | £3.95, free from £60 | 2 to 3 working days |
| Norway and Switzerland | £19.00 | 6 to 10 working days |

Members of the club pay nothing within England.
"""


def answered(office: Office, article: str, question: str) -> str:
    office.articles({"a.md": f"---\ntitle: A\n---\n\n{article}"})
    answer = compose(question, office.library.search(question))
    assert answer is not None
    return quoted(answer.text)


def test_a_row_of_a_table_is_read_out_with_the_names_of_its_columns(office: Office) -> None:
    said = answered(office, DELIVERY, "How long does a parcel to Norway take?")
    assert said == "Where to: Norway and Switzerland; Cost: £19.00; Usual time: 6 to 10 working days."


def test_rows_that_are_as_close_are_all_read_out(office: Office) -> None:
    assert len(answered(office, DELIVERY, "how many working days").splitlines()) == 2


SIZES = """\
Put a sheet of paper against a wall. Mark the longest toe. Then look up that length.

| EU | Length |
| --- | --- |
| 38 | 245 mm |
| 39 | 252 mm |
"""


def test_a_sentence_that_speaks_of_a_table_comes_with_it(office: Office) -> None:
    rows = ["EU: 38; Length: 245 mm.", "EU: 39; Length: 252 mm."]
    whole = answered(office, SIZES, "do I mark the toe")
    assert whole.splitlines()[1:] == rows
    assert answered(office, SIZES, "do I mark the toe, is it 252 mm").splitlines()[-1:] == rows[1:]


def test_a_table_whose_head_is_elsewhere_is_read_out_without_names() -> None:
    assert excerpt("| Norway | £19.00 |\n| Peru | 7 |", "Norway") == "Norway; £19.00."


@pytest.mark.parametrize(
    "lean", ["However, it", "This", "They also", "But the wool", "In this case the wool", "If so, it"]
)
def test_a_sentence_that_goes_on_with_the_one_before_is_not_quoted_without_it(lean: str) -> None:
    text = f"Some rain fell.\n\nThe wool was wet. {lean} shrinks in hot baths.\n\nBirds sing."
    assert excerpt(text, "what shrinks in hot baths") == f"The wool was wet. {lean} shrinks in hot baths."


def test_a_sentence_that_begins_on_its_own_is_quoted_from_there() -> None:
    assert excerpt("Some rain fell.\n\nThis guide is about hot baths.", "hot baths") == "This guide is about hot baths."


def test_an_item_of_a_list_comes_with_its_lead_and_the_other_items() -> None:
    text = "Wool is old.\n\nDo this to dry a coat:\n\n- Press it in a towel.\n- Lay it flat.\n\nCats like wool."
    assert excerpt(text, "lay flat") == "Do this to dry a coat:\n- Press it in a towel.\n- Lay it flat."


def test_a_lead_comes_with_its_list() -> None:
    text = "To dry a coat:\n1. Press it.\n2. Lay it flat.\n\nCats sleep."
    assert excerpt(text, "how do I dry a coat") == "To dry a coat:\n1. Press it.\n2. Lay it flat."


def test_a_list_of_contents_is_no_answer() -> None:
    text = (
        "In this article, learn more about:\n- Undoing a change\n- Redoing a change\n\nPress Z to take a change back."
    )
    assert excerpt(text, "how do I undo a change") == "Press Z to take a change back."


def test_a_wrapped_line_is_joined_and_short_lines_are_not() -> None:
    assert excerpt("Wool is\nwarm.", "wool warm") == "Wool is warm."
    assert excerpt("Wool\nHats", "wool hats").splitlines()[0] == "Wool"


def test_greetings_and_closings_are_not_what_is_asked() -> None:
    question = "Dear Ann,\nhow do I wash wool, with water?\nMany thanks and best wishes, Ann Best"
    assert question_in(question) == "how do I wash wool, with water?"


@pytest.mark.parametrize("question", ["\n" * 100_000, "hi " * 30_000, "\nthanks" * 15_000, ". cheers" * 12_000])
def test_no_question_keeps_the_agent_busy(question: str) -> None:
    began = time.process_time()
    compose(question, [hit("Wool is warm.")])
    assert time.process_time() - began < 2

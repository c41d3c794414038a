"""Answers are taken from the articles word for word, and say where they stand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.knowledge.document import Hit
from segue.support.answer import CHARACTERS, SENTENCES, SOURCES, compose
from segue.support.interpret import sentences_of
from segue.support.outcome import Citation
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
    return text.partition("\n\nSource: ")[0]


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
    cited = answer.citations[0]
    region = sources[cited.document][cited.start : cited.end]
    for word in quoted(answer.text).split():
        assert word.strip(".,;:!?()") in region, f"{word!r} is not in {region!r}"
    assert quoted(answer.text) in hits[0].text


def test_the_sentence_that_answers_is_quoted_and_not_far_ones() -> None:
    text = " ".join(f"This is sentence {n} about nothing at all." for n in range(20))
    answer = compose("which zebra", [hit(f"{text} The zebra is striped. {text}")])
    assert answer is not None
    assert "The zebra is striped." in answer.text
    assert len(sentences_of(quoted(answer.text))) <= SENTENCES
    assert len(quoted(answer.text)) <= CHARACTERS


def test_the_sources_are_named_and_cited_alike() -> None:
    hits = [hit("Wool is warm.", "one.md", 0.8), hit("Wool again.", "one.md", 0.8), hit("More wool.", "two.md", 0.7)]
    answer = compose("wool", hits)
    assert answer is not None
    assert answer.text.endswith("Source: One\nSee also: Two")
    assert [citation.document for citation in answer.citations] == ["one.md", "two.md"]


def test_what_is_much_further_off_is_not_named() -> None:
    answer = compose("wool", [hit("Wool is warm.", "one.md", 0.8), hit("Wool.", "two.md", 0.4)])
    assert answer is not None
    assert answer.citations == (Citation(document="one.md", start=0, end=13),)


def test_only_a_few_sources_are_named() -> None:
    answer = compose("wool", [hit("Wool is warm.", f"{n}.md") for n in range(8)])
    assert answer is not None
    assert len(answer.citations) == SOURCES


@pytest.mark.parametrize("hits", [[], [hit("")], [hit(" \n\n ")]])
def test_without_words_to_quote_there_is_no_answer(hits: list[Hit]) -> None:
    assert compose("wool", hits) is None


texts = st.text(max_size=400) | st.lists(
    st.sampled_from(["Wool is warm.", "It dries!", "- a", "1. b", "A", "\n\n", " ", "Wool is warm."]), max_size=30
).map(" ".join)


@given(st.text(max_size=60), texts)
def test_whatever_is_quoted_stands_in_the_passage(question: str, text: str) -> None:
    answer = compose(question, [replace(hit(text), title="T")])
    if answer is None:
        assert not text.strip()
    else:
        assert quoted(answer.text) in text

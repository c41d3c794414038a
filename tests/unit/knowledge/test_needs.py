"""A long question is taken apart into what it asks for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segue.knowledge.needs import MOST_PARAGRAPHS, MOST_SENTENCES, needs

LETTER = """Hello there,

I would like to close my **old account**. Can I keep the card?

1. Please send me a new card.
2. Tell me what it costs!

Thanks"""


def test_sentences_and_paragraphs_are_what_is_asked_for() -> None:
    found = needs(LETTER)
    assert found.sentences == (
        "I would like to close my old account.",
        "Can I keep the card?",
        "Please send me a new card.",
        "Tell me what it costs!",
    )
    assert found.paragraphs == (
        "I would like to close my old account. Can I keep the card?",
        "Please send me a new card.",
        "Tell me what it costs!",
    )


def test_what_is_said_twice_is_asked_once() -> None:
    assert needs("Where is my parcel? Where is my parcel? Where is my parcel?").sentences == ("Where is my parcel?",)


def test_a_question_of_few_words_asks_for_nothing_by_parts() -> None:
    assert needs("refund") == ((), ())
    assert needs("") == ((), ())


def test_a_question_without_end_is_cut() -> None:
    found = needs("\n\n".join(f"Please tell me about thing {number}." for number in range(1000)))
    assert (len(found.sentences), len(found.paragraphs)) == (MOST_SENTENCES, MOST_PARAGRAPHS)


@given(st.text(max_size=400))
def test_no_text_is_a_mistake(text: str) -> None:
    found = needs(text)
    assert all(len(part.split()) >= 3 for part in (*found.sentences, *found.paragraphs))

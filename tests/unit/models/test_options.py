"""Options are told apart by names, descriptions and examples, and where they are not, nobody guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from segue.models import encoder
from segue.models.options import Nearest


@dataclass(frozen=True)
class Choice:
    name: str
    description: str = ""
    examples: Sequence[str] = ()


LATE = Choice("late", "The parcel has not come yet", ["where is my parcel", "it should have been here on Monday"])
LOST = Choice("lost", "It is said to be delivered and is not there", ["tracking says delivered but I have nothing"])
BROKEN = Choice("broken", "Something in it is damaged", ["the mug is in pieces", "it arrived with a crack"])
OPTIONS = [LATE, LOST, BROKEN]


@pytest.fixture(params=["words", "meaning"])
def nearest(request: pytest.FixtureRequest) -> Nearest:
    if request.param == "words":
        return Nearest()
    if not encoder.is_installed():
        pytest.skip("the encoder is not installed")
    return Nearest(encoder.MiniLM().encode)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where is my parcel? It should have been here on Monday already.", "late"),
        ("The tracking says it was delivered, but I have nothing.", "lost"),
        ("The mug came in pieces.", "broken"),
        ("It got lost!", "lost"),
    ],
)
def test_the_option_is_chosen_that_a_text_is_nearest_to(nearest: Nearest, text: str, expected: str) -> None:
    assert nearest.choose(text, OPTIONS) == expected


@pytest.mark.parametrize(
    "text", ["Do you sell gift cards?", "hello", "", "???", "Bitte rufen Sie mich zurück", "is it broken, late or lost"]
)
def test_where_none_is_near_or_several_are_nobody_guesses(nearest: Nearest, text: str) -> None:
    assert nearest.choose(text, OPTIONS) is None


def test_the_order_of_the_options_does_not_matter(nearest: Nearest) -> None:
    for options in (OPTIONS, OPTIONS[::-1]):
        assert nearest.choose("the mug came in pieces", options) == "broken"


def test_two_options_that_are_the_same_are_no_choice(nearest: Nearest) -> None:
    assert nearest.choose("where is my parcel", [LATE, Choice("slow", LATE.description, LATE.examples)]) is None


def test_a_name_in_words_is_found_in_the_text() -> None:
    def encode(texts: Sequence[str]) -> np.ndarray[Any, Any]:
        return np.eye(max(2, len(texts)), dtype=np.float32)[: len(texts)]  # nothing is like anything

    options = [Choice("wrong_size"), Choice("wrong_colour")]
    assert Nearest(encode).choose("You sent the wrong size.", options) == "wrong_size"
    assert Nearest(encode).choose("You sent the wrong thing.", options) is None

"""A planted falsehood is one: what is only written otherwise is not planted."""

from __future__ import annotations

import random
import re

import pytest

from benchmarks.quality import falsehoods


def planted(sentence: str, source: str, pattern: re.Pattern[str]) -> str | None:
    is_another = falsehoods._is_another_number if pattern is falsehoods._NUMBER else falsehoods._is_another_name
    return falsehoods._other(pattern, sentence, source, random.Random(1), is_another)  # noqa: S311


def test_another_number_of_the_source_is_planted() -> None:
    assert planted("You pay 1 % a month.", "1.0 %, or 2.5 %", falsehoods._NUMBER) == "You pay 2.5 % a month."


@pytest.mark.parametrize(("sentence", "source"), [("You pay 1 %.", "1.0 %"), ("7. Click Save.", "9 times")])
def test_a_number_written_otherwise_and_that_of_an_item_are_no_falsehoods(sentence: str, source: str) -> None:
    assert planted(sentence, source, falsehoods._NUMBER) is None


def test_a_part_of_a_name_is_no_falsehood() -> None:
    source = "the Account, the Savings Account"
    assert planted("Open your Green Account now.", source, falsehoods._NAME) == "Open your Savings Account now."
    assert planted("Open your Green Account now.", "the Account", falsehoods._NAME) is None

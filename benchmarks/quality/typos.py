"""Does a search find what it should when the customer misspells? `python -m benchmarks.quality --only typos`.

WixQA's questions with a letter of every second longer word left out, doubled, swapped or replaced, in a fixed random
order; and the names of tau2's bank written as one word instead of two and the other way round.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.quality.retrieval import Questions, judged
from benchmarks.quality.several_steps import tickets
from benchmarks.quality.study import Row
from benchmarks.quality.vectors import remembered
from segue.knowledge import lexical
from segue.knowledge.library import Library

SHARE = 0.5
NAMES = {
    "EcoCard": "eco card",
    "Crypto-Cash Back": "crypto cashback",
    "Light Blue Account": "lightblue account",
    "Navy Blue": "navyblue",
    "Everyone Pay": "everyonepay",
    "Hunter Green": "huntergreen",
    "Green Fee-Free Account": "green feefree account",
    "Silver Zoom Card": "silverzoom card",
    "Evergreen Account": "ever green account",
    "Cobalt Blue": "cobaltblue",
    "Diamond Vault": "diamondvault",
    "World Blue": "worldblue",
}
"""As the bank writes them, and as a customer might."""
ASPECTS = ("fees", "how do I apply", "referral", "atm limits")
FIRST = 5


def rows() -> list[Row]:
    """Return what is found in spite of typos, beside what is found without any tolerance of them."""
    chance = random.Random(7)  # noqa: S311 (nothing is secret)
    with tempfile.TemporaryDirectory() as folder:
        questions = Questions(Path(folder))
        misspelt = [re.sub(r"[A-Za-z]{5,}", lambda word: _misspelt(word[0], chance), each) for each in questions.asked]
        library = questions.library(remembered())
        right, _ = judged(library, questions.asked, questions.right)
        tolerant, _ = judged(library, misspelt, questions.right)
        with _strict():
            strict, _ = judged(library, misspelt, questions.right)
        library.close()
    with tickets() as bank:
        joined = _of_the_name(bank.library)
        with _strict():
            apart = _of_the_name(bank.library)
    note = f"without typos {right.mean():.3f}"
    return [
        Row(row="Q8", what="hit@5 with typos", value=float(tolerant.mean()), baseline=float(strict.mean()), note=note),
        Row(row="Q8", what="names joined or apart, of five", value=joined, baseline=apart),
    ]


def _misspelt(word: str, chance: random.Random) -> str:
    if chance.random() > SHARE:
        return word
    place = chance.randrange(1, len(word) - 1)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    before, here, after = word[:place], word[place], word[place + 1 :]
    return chance.choice(
        (before + after, before + letter + here + after, before + letter + after, _swapped(word, place))
    )


def _swapped(word: str, place: int) -> str:
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _of_the_name(library: Library) -> float:
    """Return which share of the first passages is about what was named."""
    shares = []
    for name, written in NAMES.items():
        for aspect in ASPECTS:
            titles = [_plain(hit.title) for hit in library.search(f"{written} {aspect}", limit=FIRST)]
            shares.append(sum(_plain(name) in title for title in titles) / FIRST)
    return sum(shares) / len(shares)


def _plain(text: str) -> str:
    return text.lower().replace("-", " ")


@contextmanager
def _strict() -> Iterator[None]:
    """Compare words as they are written."""
    kept = lexical._similar, lexical._together, lexical._apart  # noqa: SLF001
    lexical._similar = lambda *_: []  # noqa: SLF001
    lexical._together = lambda *_: iter(())  # noqa: SLF001
    lexical._apart = lambda *_: {}  # noqa: SLF001
    yield
    lexical._similar, lexical._together, lexical._apart = kept  # noqa: SLF001

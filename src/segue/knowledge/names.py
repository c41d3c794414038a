"""What a library writes about: the names of products and plans in its titles, decided on plain text.

A name is a run of capitalised words that stands in several titles, of which at least one word is also written with a
capital in the middle of sentences: `Gold Rewards Card` is one, `How To`, `Credit Card` and `ATM` are none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

WORD = re.compile(r"[A-Za-z0-9][\w+&'’-]*")
INSIDE = re.compile(r"(?<=[a-z,;] )[A-Za-z][\w+&'’-]+")
"""A word in the middle of a sentence, where a capital means something."""
FEWEST_TITLES = 3
CAPITALISED = 0.7
"""Share of a word's occurrences inside sentences from which on its capital belongs to it."""
LONGEST = 5
"""Words of a name."""


IDENTIFIER = re.compile(r"\b[A-Za-z]+(?:_[A-Za-z0-9]+)+\b")
"""The name of a tool, a field or a code: `get_refund_status`."""
MOST_MENTIONS = 6
"""Documents that mention an identifier; what more of them mention ties none of them together."""


def tied(sayings: Iterable[tuple[int, str]]) -> dict[int, list[int]]:
    """Return of each document those that mention the same rare identifier, in order of their ids.

    Args:
        sayings: Documents, each with some of what is said in it.
    """
    mentions: dict[str, set[int]] = defaultdict(set)
    for document, text in sayings:
        for identifier in IDENTIFIER.findall(text):
            mentions[identifier].add(document)
    found: dict[int, set[int]] = defaultdict(set)
    for documents in mentions.values():
        if 1 < len(documents) <= MOST_MENTIONS:
            for document in documents:
                found[document] |= documents - {document}
    return {document: sorted(others) for document, others in found.items()}


class Names:
    """The names that a library writes about."""

    def __init__(self, titles: Sequence[str], texts: Iterable[str]) -> None:
        """Learn them.

        Args:
            titles: Of the documents.
            texts: What is said in them; a part of it is enough.
        """
        proper = _proper(texts)
        stands_in: Counter[tuple[str, ...]] = Counter()
        for title in set(titles):
            stands_in.update(set(_runs(title)))
        self._known = frozenset(
            name for name, number in stands_in.items() if number >= FEWEST_TITLES and proper.intersection(name)
        )

    def __len__(self) -> int:
        return len(self._known)

    def of(self, title: str) -> str:
        """Return the first name in a title, the longest that begins there; empty where there is none."""
        words = tuple(found[0] for found in WORD.finditer(title))
        for start in range(len(words)):
            for length in range(min(LONGEST, len(words) - start), 0, -1):
                if words[start : start + length] in self._known:
                    return " ".join(words[start : start + length])
        return ""


def _runs(title: str) -> Iterator[tuple[str, ...]]:
    """Yield every run of capitalised words in a title."""
    words = [(found[0], found.start(), found.end()) for found in WORD.finditer(title)]
    for start in range(len(words)):
        run: list[str] = []
        for number in range(start, min(start + LONGEST, len(words))):
            word, begin, _ = words[number]
            is_apart = number > start and title[words[number - 1][2] : begin] not in (" ", "-")
            if is_apart or not (word[0].isupper() or word[0].isdigit()) or not words[start][0][0].isupper():
                break
            run.append(word)
            yield tuple(run)


def _proper(texts: Iterable[str]) -> set[str]:
    """Return the words that are written with a capital wherever they stand."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(INSIDE.findall(text))
    return {
        word
        for word, number in counts.items()
        if word[0].isupper()
        and not word.isupper()
        and number >= CAPITALISED * (number + counts[word[0].lower() + word[1:]])
    }

"""Search in several steps: what a long question asks for, need by need, then what that leads to.

1. The question is taken apart. Each sentence is searched for by words and meaning, each paragraph by meaning. A
   document counts by the sum of what its best passage is evidence for each of them, above a floor.
2. A document about something that has a name counts less where no sentence says that name; the first file of a series,
   which introduces the others, counts more, and is wanted by itself where its name is said; so does a document for
   colleagues, where both kinds may be found: that is where it is written what to do.
3. What the best documents lead to is added: what they point to, what mentions the same tool or code as they do, and
   the files beside them in their series.

Every number here was measured, see docs/explanation/search.md. The same library and question give the same answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from segue.knowledge.needs import Needs

FLOOR, PARAGRAPH_FLOOR = 0.4375, 0.4
"""A sentence's match and a paragraph's cosine up to which they say nothing: any passage is that near to any text."""
UNNAMED = 0.6
"""Weight of a document about something that the question does not name."""
NAMED = 0.25
"""What the first of a series counts for each sentence that names what it is about, up to `MOST_NAMED`."""
MOST_NAMED = 3
INTERNAL, FIRST = 2.0, 2.0
"""Weights of a document for colleagues, and of the first of a series."""
LEADING = 5
"""Documents that lead to others."""
BESIDE = 0.2
"""What a neighbour in a series counts, divided by its distance."""
LINKED = 0.2
"""What it counts to be pointed to, to point there, or to mention the same rare identifier."""
NUMBERED = re.compile(r"(.*?)(\d{1,6})")

Evidence = Mapping[int, float]
"""Of passages, by id: from 0 to 1."""


class Place(NamedTuple):
    """What of a document matters here."""

    path: str
    about: frozenset[str]
    """The name of what it is about, in stems; empty where that has none."""
    is_internal: bool


@dataclass(frozen=True)
class Surroundings:
    """The documents that may be found, and how they lead to each other."""

    places: Mapping[int, Place]
    """By the documents' ids."""
    stems: Callable[[str], Sequence[str]]
    """How words are compared."""
    links: Mapping[int, Sequence[int]]
    """Documents that one points to, that point to it, or that mention the same rare identifier."""

    @cached_property
    def series(self) -> Mapping[int, tuple[int, Sequence[tuple[int, int]]]]:
        """Of each document whose name differs from others' in its last number only: its number, and all of them."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for document, place in self.places.items():
            folder, _, name = place.path.rpartition("/")
            if numbered := NUMBERED.fullmatch(name.rpartition(".")[0] or name):
                found[f"{folder}/{numbered[1]}"].append((int(numbered[2]), document))
        return {
            document: (number, sorted(members))
            for members in found.values()
            if len(members) > 1
            for number, document in members
        }

    def is_first(self, document: int) -> bool:
        """Say whether it is the first of a series."""
        number, members = self.series.get(document, (0, ()))
        return bool(members) and number == members[0][0]


class Needed(NamedTuple):
    """A document that is needed."""

    document: int
    score: float
    passage: int | None
    """The one that is most evidence; `None` where none was found by itself."""
    match: float
    """How much evidence that is."""
    why: str
    """The need that found it, or what led to it."""


class Survey:
    """One question over one library."""

    def __init__(self, asked: Needs, around: Surroundings) -> None:
        self._asked = asked
        self._around = around
        self._said = [frozenset(around.stems(sentence)) for sentence in asked.sentences]
        self._best: dict[int, tuple[float, int, str]] = {}
        """Of each document: evidence, passage and need."""
        self._led: dict[int, str] = {}
        """What led to a document."""
        self._scores: dict[int, float] = defaultdict(float)

    def take(self, sentences: Sequence[Evidence], paragraphs: Sequence[Evidence], of: Mapping[int, int]) -> None:
        """Take in what was found for each need.

        Args:
            sentences: For each sentence, passages with their match.
            paragraphs: For each paragraph, passages with their cosine; empty where meaning is not compared.
            of: The document of each passage.
        """
        self._add(self._asked.sentences, sentences, of, FLOOR)
        if paragraphs:
            self._add(self._asked.paragraphs, paragraphs, of, PARAGRAPH_FLOOR)
        for document, place in self._around.places.items():
            mentions = sum(place.about <= sentence for sentence in self._said) if place.about else 0
            self._weigh(document, place, mentions)

    def follow(self) -> None:
        """Add what the best documents lead to."""
        added: dict[int, float] = defaultdict(float)
        for leader in sorted(self._scores, key=self._order)[:LEADING]:
            for document, share, how in self._led_to(leader):
                added[document] += self._scores[leader] * share
                self._led.setdefault(document, f"{how} {self._around.places[leader].path}")
        for document, more in added.items():
            self._scores[document] += more

    def ranked(self) -> list[Needed]:
        """Return all documents that are needed, best first."""
        found = [Needed(each, score, *self._seen(each)) for each, score in self._scores.items() if score > 0]
        return sorted(found, key=lambda needed: self._order(needed.document))

    def _add(self, asked: Sequence[str], found: Sequence[Evidence], of: Mapping[int, int], floor: float) -> None:
        """Add what one kind of needs found, the best document of which counts 1."""
        sums: dict[int, float] = defaultdict(float)
        for need, evidence in zip(asked, found, strict=True):
            best: dict[int, float] = {}
            for passage, each in evidence.items():
                document = of.get(passage, -1)
                if document not in self._around.places or each <= best.get(document, 0.0):
                    continue
                best[document] = each
                if each > self._best.get(document, (0.0, 0, ""))[0]:
                    self._best[document] = (each, passage, need)
            for document, each in best.items():
                sums[document] += max(0.0, each - floor)
        most = max(sums.values(), default=0.0)
        for document, total in sums.items():
            self._scores[document] += total / most if most else 0.0

    def _weigh(self, document: int, place: Place, mentions: int) -> None:
        is_first = self._around.is_first(document)
        if document in self._scores:
            weight = 1.0 if mentions or not place.about else UNNAMED
            weight *= (INTERNAL if place.is_internal else 1.0) * (FIRST if is_first else 1.0)
            self._scores[document] *= weight
        if mentions and is_first:
            self._scores[document] += NAMED * min(mentions, MOST_NAMED)
            self._led[document] = "introduces what the question names"

    def _led_to(self, leader: int) -> list[tuple[int, float, str]]:
        """Return the documents that one leads to, each with its share of the score, and how."""
        number, members = self._around.series.get(leader, (0, ()))
        beside = [(each, BESIDE / abs(its - number), "beside") for its, each in members if its != number]
        return beside + [(each, LINKED, "linked with") for each in self._around.links.get(leader, ())]

    def _seen(self, document: int) -> tuple[int | None, float, str]:
        if document in self._best:
            match, passage, why = self._best[document]
            return passage, match, why
        return None, 0.0, self._led.get(document, "")

    def _order(self, document: int) -> tuple[float, str]:
        return -self._scores[document], self._around.places[document].path

"""The send gate: what a model wrote may be sent only as far as its sources say the same.

Hard rules and no score. Each clause must find a place in a source that speaks of the same; there its figures and names
must stand, what costs the company something too, and nothing be denied that is said, or said that is denied. It is a
filter that misses some falsehoods, not a proof that there are none; `benchmarks.quality.falsehoods` measures how many.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from segue.support import claims
from segue.support.claims import Clause, Figure, Sentence

COVERED = 0.5
"""Share of a sentence that must stand around one place in a source, by the weight of its words."""
CLAUSE_COVERED = 0.4
"""The same of a clause with `TELLING` such words or more."""
TELLING = 3
AS_GOOD = 0.85
"""A place that speaks of a clause so much as the best one does may be meant as well."""
FEWEST = 2
"""Telling words of a sentence; one with fewer, and no figure, is a greeting or a yes."""
EVERYWHERE = 0.25
"""A name in so many places of the sources is none that could be mistaken for another one there."""

LONGEST_SOURCE = 20_000
"""Characters of a source that are read: nothing can rest on what stands behind, be it a tool's long result."""

_LINK = re.compile(r"https?://[^\s)>\]]+|www\.[^\s)>\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PROMISES = frozenset(map(claims.stem, re.findall(r"\w+", """
    apology bonus cash compensation complimentary courtesy coupon damages discount double fee free gift guarantee
    insurance interest lawyer lifetime manager penalty promise refund reimburse reward satisfaction supplement
    surcharge voucher waive warranty
""")))  # fmt: skip
"""Words that cost the company something; they must stand at the place itself."""
_NOT_SO = re.compile(r"\bwhat\b.*\b(?:not|cannot|never|n['’]t)\b", re.IGNORECASE)
"""Introduces a list of what is not so."""
_CONTRARY = (("always", "never"), ("before", "after"), ("with", "without"), ("above", "below"), ("over", "under"),
             ("more", "less"), ("include", "exclude"), ("allow", "forbid"), ("minimum", "maximum"))  # fmt: skip
_OPPOSITE = {one: other for pair in _CONTRARY for one, other in (pair, pair[::-1])}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A sentence of a source, with what stands around it."""

    sentence: Sentence
    is_denied_above: bool
    """It is an item of a list of what is not so."""
    around: frozenset[str]
    """Telling words of it, its neighbours, its title and what introduces it."""
    words: frozenset[str]
    """All words of it, its title and what introduces it, in small letters."""


class Sources:
    """All that a reply may rest on."""

    def __init__(self, texts: Iterable[str], facts: Iterable[str] = ()) -> None:
        """Take the sources apart, and the facts of the case."""
        told = [text[:LONGEST_SOURCE] for text in facts]
        texts = [*(text[:LONGEST_SOURCE] for text in texts), *told]
        self.whole = "\n".join(texts)
        self.places = [place for text in texts for place in _places(text)]
        self._told = [clause for text in told for each in claims.sentences(text) for clause in each.clauses]
        self._told_words = frozenset(claims.words("\n".join(told)))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word, in small letters."""
        return frozenset(claims.words(self.whole))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure."""
        return tuple(figure for place in self.places for figure in place.sentence.whole.figures)

    @cached_property
    def clauses(self) -> dict[Clause, Place]:
        """All that they say, and where."""
        return {clause: place for place in self.places for clause in place.sentence.clauses}

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(stem for place in self.places for stem in place.sentence.whole.stems)

    def weight(self, stems: Iterable[str]) -> float:
        """Return how much words tell: what stands in few places of the sources tells more."""
        return sum(math.log(1 + len(self.places) / (1 + self._counts[stem])) for stem in sorted(stems))

    def has(self, stem: str) -> bool:
        """Say whether a word stands somewhere."""
        return self._counts[stem] > 0

    def nearest(self, clause: frozenset[str], sentence: frozenset[str], among: Iterable[Clause]) -> list[Clause]:
        """Return the clauses that speak of the same as one does, best."""
        found = list(among)
        scores = [2 * self.weight(clause & each.stems) + self.weight(sentence & each.stems) for each in found]
        most = max(scores, default=0.0)
        return [each for each, score in zip(found, scores, strict=True) if score >= AS_GOOD * most > 0]

    def is_told(self, figure: Figure) -> bool:
        """Say whether a figure is a fact of the case, which may be spoken of whatever the articles say."""
        return any(figure.may_be(other) for each in self._told for other in each.figures)

    def is_name_told(self, name: str) -> bool:
        """Say whether a name is a fact of the case."""
        return claims.words(name)[0] in self._told_words

    def is_everywhere(self, word: str) -> bool:
        """Say whether a name is so common here that nothing is told by it."""
        return self._counts[claims.stem(word)] > max(2.0, EVERYWHERE * len(self.places))

    def about(self, clause: Clause, sentence: Sentence) -> list[Place]:
        """Return the places that speak of a clause, those that do so best."""
        scores = [self._score(place, clause.stems, sentence.whole.stems) for place in self.places]
        most = max(scores, default=0.0)
        ranked = sorted(zip(scores, range(len(scores)), strict=True), reverse=True)
        return [self.places[n] for score, n in ranked if score >= AS_GOOD * most > 0]

    def _score(self, place: Place, clause: frozenset[str], sentence: frozenset[str]) -> float:
        own = place.sentence.whole.stems
        return (
            2 * self.weight(clause & own)
            + self.weight(clause & place.around)
            + self.weight(sentence & own)
            + self.weight(sentence & place.around) / 2
        )


def objection(text: str, sources: Sequence[str], facts: Sequence[str] = ()) -> str:
    """Return why a text may not be sent; empty where it may.

    Args:
        text: What a model wrote.
        sources: All that it may rest on, each with its title and headings in its first line.
        facts: Of the case: what tools gave. Their figures and names may stand anywhere; no article speaks of them.
    """
    known = Sources(sources, facts)
    for title in (source.partition("\n")[0].lstrip("# ") for source in sources):
        text = text.replace(f"“{title}”", " ")  # a source's own name, as it is cited
    for link in (found.rstrip(".,;:!?") for found in _LINK.findall(text)):
        if link not in known.whole:
            return f"{link} stands in no source"
    return next(filter(None, (_fault(sentence, known) for sentence in claims.sentences(_LINK.sub(" ", text)))), "")


def _fault(sentence: Sentence, known: Sources) -> str:
    """Return what of a sentence no place in the sources says."""
    if len(sentence.whole.stems) < FEWEST and not sentence.whole.figures:
        return ""
    if nowhere := _nowhere(sentence, known):
        return f"{nowhere} stands in no source"
    if not sentence.whole.stems and all(map(known.is_told, sentence.whole.figures)):
        return ""  # nothing but facts of the case
    used: set[str] = set()
    for clause in sentence.clauses:
        places = known.about(clause, sentence)
        fault = _fault_in(clause, sentence, places, known)
        if fault:
            return f"{fault}: “{sentence.text[:80]}”"
        used.update(*(place.around for place in places))
    told = sentence.whole.stems
    if known.weight(told & used) < COVERED * known.weight(told):
        return f"no source says it: “{sentence.text[:80]}”"
    return ""


def _nowhere(sentence: Sentence, known: Sources) -> str:
    """Return a figure or a name that no source holds at all."""
    for figure in sentence.whole.figures:
        if not any(figure.value == other.value or figure.may_be(other) for other in known.figures):
            return f"{figure.value:g}"
    return next((name for name in sentence.names if claims.words(name)[0] not in known.words), "")


def _fault_in(clause: Clause, sentence: Sentence, places: Sequence[Place], known: Sources) -> str:
    """Return why no place says what a clause does."""
    faults = [_fault_at(clause, place, known) for place in places]
    fault = "" if "" in faults else faults[0] if faults else "no source says it"
    return (
        fault
        or _false_figure(clause, sentence, known)
        or _false_name(clause, sentence, known)
        or _contrary(clause, known)
    )


def _fault_at(clause: Clause, place: Place, known: Sources) -> str:
    """Return why a place does not say what a clause does."""
    told = clause.stems
    if len(told) >= TELLING and known.weight(told & place.around) < CLAUSE_COVERED * known.weight(told):
        return "no source says all of it"
    if promised := (told & _PROMISES) - place.around:
        return f"no source speaks of {', '.join(sorted(promised))} there"
    if clause.figures and (strange := {each for each in told - place.around if known.has(each)}):
        return f"{', '.join(sorted(strange))} is told of something else"
    return ""


def _false_figure(clause: Clause, sentence: Sentence, known: Sources) -> str:
    """Return the figure that the sources do not give for what a clause speaks of."""
    for figure in clause.figures:
        if known.is_told(figure):
            continue
        there = [each for each in known.clauses if any(map(figure.counts_as, each.figures))]
        near = known.nearest(clause.stems, sentence.whole.stems, there) if clause.stems else there
        if not any(figure.may_be(other) for each in near for other in each.figures):
            return f"no source says {figure.value:g} there"
    return ""


def _false_name(clause: Clause, sentence: Sentence, known: Sources) -> str:
    """Return the name that does not stand where the sources speak of the same."""
    names = [name for name in sentence.names if name in clause.text and not known.is_everywhere(name)]
    names = [name for name in names if not known.is_name_told(name)]
    rest = clause.stems - set(map(claims.stem, names))
    near = known.nearest(rest, sentence.whole.stems, known.clauses) if names else []
    read = {word for each in near for word in known.clauses[each].words}
    return next((f"{name} does not stand there" for name in names if name.casefold() not in read), "")


def _contrary(clause: Clause, known: Sources) -> str:
    """Say where the sources deny what a clause says, or the other way round."""
    there = known.clauses
    near = known.nearest(clause.stems, clause.stems, there)
    denials = {each.denies or there[each].is_denied_above for each in near}
    if denials and clause.denies not in denials:
        return "a source says the contrary"
    said, read = set(claims.words(clause.text)), {word for each in near for word in claims.words(each.text)}
    for word, other in _OPPOSITE.items():
        if word in said and word not in read and other in read:
            return f"a source says {other} instead of {word}"
    return ""


def _places(text: str) -> Iterator[Place]:
    found = claims.sentences(text)
    lead = Sentence("")
    for n, sentence in enumerate(found):
        if sentence.text.endswith(":") or (sentence.cells and not found[n - 1].cells):
            lead = sentence
        near = [sentence] if sentence.cells else [each for each in found[max(n - 1, 0) : n + 2] if not each.cells]
        around = [found[0], lead, *near]
        yield Place(
            sentence=sentence,
            is_denied_above=sentence.is_item and any(_NOT_SO.search(each.text) for each in (lead, found[0])),
            around=frozenset().union(*(each.whole.stems for each in around)),
            words=frozenset(claims.words(" ".join(each.text for each in (found[0], lead, sentence)))),
        )

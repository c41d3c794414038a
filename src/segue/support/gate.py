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
AS_GOOD = 0.85
"""A place that speaks of a clause so much as the best one does may be meant as well."""
FEWEST = 2
"""Telling words of a sentence; one with fewer, and no figure, is a greeting or a yes."""

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
        self._places = [place for text in texts for place in _places(text)]
        self.clauses = {clause: place for place in self._places for clause in place.sentence.clauses}
        """All that they say, and where."""
        self._told = [clause for text in told for each in claims.sentences(text) for clause in each.clauses]
        self._told_words = frozenset(claims.words("\n".join(told)))

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(stem for place in self._places for stem in place.sentence.whole.stems)

    def weight(self, stems: Iterable[str]) -> float:
        """Return how much words tell: what stands in few places of the sources tells more."""
        return sum(math.log(1 + len(self._places) / (1 + self._counts[stem])) for stem in sorted(stems))

    def nearest(self, clause: frozenset[str], sentence: Sentence, among: Iterable[Clause]) -> list[Clause]:
        """Return the clauses that speak of the same as one of a sentence does, best."""
        found = list(among)
        whole = sentence.whole.stems
        scores = [2 * self.weight(clause & each.stems) + self.weight(whole & each.stems) for each in found]
        most = max(scores, default=0.0)
        return [each for each, score in zip(found, scores, strict=True) if score >= AS_GOOD * most > 0]

    def is_told(self, figure: Figure) -> bool:
        """Say whether a figure is a fact of the case, which may be spoken of whatever the articles say."""
        return any(figure.may_be(other) for each in self._told for other in each.figures)

    def is_name_told(self, name: str) -> bool:
        """Say whether a name is a fact of the case."""
        return claims.words(name)[0] in self._told_words


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
    told = sentence.whole.stems
    if len(told) < FEWEST and not sentence.whole.figures:
        return ""
    if not told and all(map(known.is_told, sentence.whole.figures)):
        return ""  # nothing but facts of the case
    used: set[str] = set()
    for clause in sentence.clauses:
        near = known.nearest(clause.stems, sentence, known.clauses)
        fault = (
            _false_figure(clause, sentence, known)
            or _false_name(clause, sentence, known)
            or _unsaid(clause, near, known)
            or _contrary(clause, near, known)
        )
        if fault:
            return f"{fault}: “{sentence.text[:80]}”"
        used.update(*(known.clauses[each].around for each in near))
    if known.weight(told & used) < COVERED * known.weight(told):
        return f"no source says it: “{sentence.text[:80]}”"
    return ""


def _false_figure(clause: Clause, sentence: Sentence, known: Sources) -> str:
    """Return the figure that the sources do not give for what a clause speaks of."""
    for figure in clause.figures:
        if known.is_told(figure):
            continue
        there = [each for each in known.clauses if any(map(figure.counts_as, each.figures))]
        near = known.nearest(clause.stems, sentence, there) if clause.stems else there
        if not any(figure.may_be(other) for each in near for other in each.figures):
            return f"no source says {figure.value:g} there"
    return ""


def _false_name(clause: Clause, sentence: Sentence, known: Sources) -> str:
    """Return the name that does not stand where the sources speak of the same, or stands for another one there."""
    said = [name for name in sentence.capitals if name in clause.text and not known.is_name_told(name)]
    if not said:
        return ""
    stems = frozenset(map(claims.stem, said))
    near = [known.clauses[each] for each in known.nearest(clause.stems - stems, sentence, known.clauses)]
    read = frozenset().union(*(place.words for place in near))
    if strange := [name for name in said if name in sentence.names and claims.words(name)[0] not in read]:
        return f"{strange[0]} does not stand there"
    swaps = [_swap(said, sentence, place.sentence) for place in near]
    return swaps[0] if swaps and all(swaps) else ""


def _swap(said: Iterable[str], sentence: Sentence, source: Sentence) -> str:
    """Return which of the names said stands for one that a sentence of a source has."""
    strange = [name for name in said if name not in source.as_written]
    instead = [name for name in source.capitals if name not in sentence.as_written]
    return f"a source says {instead[0]} instead of {strange[0]}" if strange and instead else ""


def _unsaid(clause: Clause, near: Sequence[Clause], known: Sources) -> str:
    """Return what of a clause no place speaks of that must not be said without one."""
    if not near:
        return "no source says it"
    promised = [(clause.stems & _PROMISES) - known.clauses[each].around for each in near]
    return f"no source speaks of {', '.join(sorted(promised[0]))} there" if all(promised) else ""


def _contrary(clause: Clause, near: Sequence[Clause], known: Sources) -> str:
    """Say where the sources deny what a clause says, or the other way round."""
    denials = {each.denies or known.clauses[each].is_denied_above for each in near}
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

"""What a text claims, taken apart: sentences, their clauses, and in these the words that tell, figures and denials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Bound = Literal["", "most", "least"]

STEM = 5
"""Letters by which forms of a word meet."""
BEFORE = 30
"""Characters before a number in which its limit stands."""
SHORTEST = 3
"""Letters that are left of a word when its ending is cut off."""
FEW = 2
"""Telling words of a clause that says little alone."""

_SENTENCE = re.compile(
    r"(?<![\s\d]\d[.])(?<!^\d[.])(?<=[.!?…])[\"'”’)\]*]{0,3}\s+(?=[^a-z\s])"
    r"|(?<=[a-z)\]”’\"][.!?:])(?=[A-Z][a-z])"  # in a text that lost its line ends
    r"|\n\s*"
)
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,2}[.)])[ \t]+")
_CLAUSE = re.compile(
    r"[;–—()|]|:(?!\d)|,(?!\d)|\.(?=\s|\Z)"
    r"|\b(?:and|or)\b(?!\s*\W?\d)|\b(?:but|nor|so|then|because|although|though|while|whereas|unless|if|when|once|until)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NUMBER = re.compile(
    r"(?P<money>[£$€]\s?|\b(?:USD|EUR|GBP|NOK|CHF|SEK|DKK)\s?)?(?<![\w.,])(?P<digits>\d+(?:[.,:/]\d+)*)"
)
_SPELT = {"zero": 0, "one": 1, "once": 1, "two": 2, "twice": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
          "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "fifty": 50,
          "sixty": 60, "ninety": 90}  # fmt: skip
_UNITS = {"minut": ("minutes", 1), "hour": ("minutes", 60), "day": ("minutes", 1440), "week": ("minutes", 10080),
          "month": ("months", 1), "year": ("months", 12)}  # fmt: skip
_UNIT = re.compile(
    r"(?:\s*(?:to|or|and|–|-)\s*[£$€]?\s?\d+(?:[.,]\d+)?)?[\s-]*"
    r"(?:(?P<share>%|per ?cent)|(?:[a-z]+\s)?(?P<time>minut|hour|day|week|month|year)\w*"
    r"|(?P<money>USD|EUR|GBP|dollars?|euros?|pounds?)\b)",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"\b(?:up to|at most|no more than|not more than|maximum(?: of)?|under|below|less than|fewer than)\s*\W{0,4}\Z",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"\b(?:at least|minimum(?: of)?|above|over|more than|exceeding|no less than)\s*\W{0,4}\Z", re.IGNORECASE
)
_DENIES = re.compile(
    r"\b(?:no|not|never|none|nothing|nobody|neither|nor|cannot|without|except|unable|impossible|non|\w+n['’]t"
    r"|nicht|kein\w*|nie|niemals|ohne|weder|pas|jamais|aucune?|sans|nunca|ning[uú]n\w*|senza"
    r"|niet|geen|nooit|zonder)\b",
    re.IGNORECASE,
)
_ENDINGS = ("ing", "ied", "ies", "ed", "es", "ly", "s", "e", "y")
_FREE = re.compile(
    r"\b(?:(?:at|of|for) )?(?:no|without(?: an?y?)?|free of) (?:extra |additional )?(?:charge|cost|fee)s?\b"
    r"|\b(?:pays?|costs?) nothing\b",
    re.IGNORECASE,
)
_COMMON = frozenset(re.findall(r"\w+", """
    a about after all already also altogether am an and any anything are as at away back be because been before being
    but by can cannot case could did do does doing done for from get gets give given go goes had has have having he
    hello her here hi him his how however i if in into is it its itself just know let like ll made make makes many may
    me more most much must my need needs neither never no non none nor not nothing of off on once one only or other
    our ours out own per please possible put re said same see she should since so some still such sure take takes than
    thank thanks that the their them themselves then there these they thing things this those through to too under
    until up us use used using ve very want wants was way we well were what when where whether which while who whom
    minute minutes hour hours day days week weeks month months year years percent two three four five six
    whose why will wish with within without would yes yet you your yours yourself
"""))  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A number, with what it counts as far as that is a unit."""

    value: float
    """As it is written."""
    unit: str
    """`money`, `share`, `minutes`, `months`, or empty."""
    factor: int
    """How many of `unit` it counts at once: 10080 for weeks, in minutes."""
    bound: Bound

    def counts_as(self, other: Figure) -> bool:
        """Say whether another figure could answer the same question."""
        return self.unit == other.unit or not (self.unit and other.unit)

    def may_be(self, other: Figure) -> bool:
        """Say whether another figure tells the same; one without a unit, or without a bound, leaves it open."""
        if self.bound and other.bound and self.bound != other.bound:
            return False
        if self.unit and other.unit:
            return self.unit == other.unit and self.value * self.factor == other.value * other.factor
        return self.value == other.value


@dataclass(frozen=True)
class Clause:
    """A part of a sentence that claims one thing."""

    text: str
    about: Clause | None = None
    """The first part of the sentence, where this one says little alone."""

    @cached_property
    def own(self) -> frozenset[str]:
        """Its words that tell something, cut short."""
        return stems(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The same with those that it is about."""
        return self.own | self.about.own if self.about else self.own

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Its numbers in order."""
        return tuple(_figures(self.text))

    @cached_property
    def denies(self) -> bool:
        """It says that something is not so."""
        return len(_DENIES.findall(self.text)) % 2 == 1 or bool(self.about and self.about.denies)


@dataclass(frozen=True)
class Sentence:
    """A sentence, an item of a list or a row of a table."""

    text: str
    is_item: bool = False
    cells: tuple[str, ...] = ()
    """Of a row: each with what its row and its column are about."""

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Its parts, from left to right; one that tells nothing belongs to the next."""
        return tuple(map(Clause, self.cells) if self.cells else _clauses(self.text))

    @cached_property
    def whole(self) -> Clause:
        """All of it as one."""
        return Clause(self.text)

    @cached_property
    def as_written(self) -> frozenset[str]:
        """All its words, with their capitals."""
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def capitals(self) -> tuple[str, ...]:
        """Words with a capital that do not begin it; `I` has one always."""
        found = (word for word in _WORD.finditer(self.text) if word.group()[:1].isupper())
        return tuple(
            word.group() for word in found if not _begins(self.text, word.start()) and words(word.group())[0] != "i"
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The same without words that tell nothing, as a button may begin with."""
        return tuple(word for word in self.capitals if word.casefold() not in _COMMON)


def sentences(text: str) -> list[Sentence]:
    """Return the sentences, items and rows of a text."""
    found: list[Sentence] = []
    head: list[str] = []
    for part in _SENTENCE.split(_FREE.sub("free", text)):
        if not part or not part.strip(" |-*#\t"):
            continue
        if part.lstrip().startswith("|"):
            cells = [cell.strip() for cell in part.strip().strip("|").split("|")]
            found.append(Sentence(part.strip(), cells=_told(head or cells, cells)))
            head = head or cells
            continue
        head = []
        item = _ITEM.match(part)
        found.append(Sentence(part[item.end() if item else 0 :].strip(), is_item=item is not None))
    return found


def _told(head: list[str], cells: list[str]) -> tuple[str, ...]:
    """Return each cell of a row with the name of the row, its first cell, and that of its column."""
    if len(head) != len(cells):
        return (" ".join(cells),)
    return tuple(f"{cells[0]}: {name} {cell}" for name, cell in zip(head[1:], cells[1:], strict=True)) or (cells[0],)


def stems(text: str) -> frozenset[str]:
    """Return the words of a text that tell something, cut short so that their forms meet."""
    return frozenset(map(stem, (word for word in words(text) if word not in _COMMON)))


def words(text: str) -> list[str]:
    """Return the words of a text in small letters, without what is joined to them by an apostrophe."""
    return [re.split(r"['’]", found)[0].casefold() for found in _WORD.findall(text)]


def stem(word: str) -> str:
    """Return what the forms of a word have in common, about."""
    word = word.casefold()
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            word = word.removesuffix(ending)
            break
    return word[: STEM - (word[STEM - 2 : STEM - 1] == word[STEM - 1 : STEM])]


def _clauses(text: str) -> Iterator[Clause]:
    """Yield what a sentence says one after the other; what says little alone is about what the first part is about."""
    parts: list[str] = []
    begin = 0
    for found in (*_CLAUSE.finditer(text), None):
        part = text[begin : len(text) if found is None else found.start()].strip()
        tells = bool(stems(part)) or _DENIES.search(part) is not None
        if parts and (not tells or (len(parts) == 1 and len(stems(parts[0])) < FEW)):
            parts[-1] += f" {part}"
        elif part:
            parts.append(part)
        begin = len(text) if found is None else found.end()
    yield from map(Clause, parts[:1])
    for part in parts[1:]:
        is_short = len(stems(part)) <= FEW
        yield Clause(part, about=Clause(parts[0]) if is_short else None)


def _figures(text: str) -> Iterator[Figure]:
    for found in _NUMBER.finditer(text):
        yield _figure(text, found.start(), found.end(), _value(found["digits"]), is_money=bool(found["money"]))
    for found in _WORD.finditer(text):
        value = _SPELT.get(found.group().casefold())
        if value is None:
            continue
        figure = _figure(text, found.start(), found.end(), float(value), is_money=False)
        if figure.unit or value > 1:
            yield figure


def _figure(text: str, start: int, end: int, value: float, *, is_money: bool) -> Figure:
    before = text[max(start - BEFORE, 0) : start]
    bound: Bound = "most" if _MOST.search(before) else "least" if _LEAST.search(before) else ""
    after = _UNIT.match(text, end)
    if is_money or (after and after["money"]):
        return Figure(value, "money", 1, bound)
    if after and after["share"]:
        return Figure(value, "share", 1, bound)
    if after and after["time"]:
        unit, factor = _UNITS[after["time"].lower()]
        return Figure(value, unit, factor, bound)
    return Figure(value, "", 1, bound)


def _value(digits: str) -> float:
    """Return a number as written in English: commas stand between thousands, a point before decimals."""
    if ":" in digits or "/" in digits:  # a time or a date: nothing but itself
        return float(re.sub(r"\D", "", digits)) / 100
    parts = digits.replace(",", "").split(".")
    return float(parts[0] if len(parts) != 2 else ".".join(parts))


def _begins(text: str, start: int) -> bool:
    """Say whether nothing stands before a place that a sentence could not begin with."""
    return not text[:start].strip(" \t\"'“(*-#|>") or text[:start].rstrip(' "“(')[-1:] in ".!?:"

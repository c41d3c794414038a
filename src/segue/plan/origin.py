"""Where a value comes from, and how far it may be believed: three levels, and the sources that they follow from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from segue.plan.language.typed import Path
from segue.tools import Integrity


class Level(StrEnum):
    """How far a value may be believed."""

    SYSTEM = "system"
    """Constants of a procedure, trusted tools on verified records, people."""
    CUSTOMER = "customer"
    """The authenticated customer's own words, found by pattern or type, not by a model."""
    CONTENT = "content"
    """Models, articles, the text of a mail, tools that are not trusted."""

    __hash__ = str.__hash__  # an enum's own is slow, and every origin of every value is looked up by it

    @property
    def rank(self) -> int:
        """0 for the lowest."""
        return _RANKS[self]


_RANKS = {Level.CONTENT: 0, Level.CUSTOMER: 1, Level.SYSTEM: 2}
NEEDED = {Integrity.TRUSTED: Level.SYSTEM, Integrity.FROM_CUSTOMER: Level.CUSTOMER, Integrity.FREE: Level.CONTENT}
"""The lowest level that a parameter takes."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from."""

    level: Level
    sources: tuple[str, ...] = ()
    """`procedure`, `customer`, `ticket`, `knowledge`, `person`, `tool:<name>`, `model(<inputs>)`; sorted, each once."""

    @property
    def is_by_models(self) -> bool:
        """A model wrote it, and no tool gave it since."""
        return any(source.startswith("model(") for source in self.sources) and not any(
            source.startswith("tool:") for source in self.sources
        )

    def with_source(self, source: str) -> Origin:
        """Return the origin of what also went through there."""
        return Origin(self.level, tuple(sorted({*self.sources, source})))

    def __str__(self) -> str:
        return f"{self.level}, from {' and '.join(map(in_words, self.sources))}" if self.sources else self.level


PROCEDURE = Origin(Level.SYSTEM, ("procedure",))
"""Of what a company wrote into a plan."""
COMPOSED = Origin(Level.CONTENT, ("model(ticket)",))
"""Of what a model wrote into a plan."""
KNOWLEDGE = Origin(Level.CONTENT, ("knowledge",))
ANSWER = Origin(Level.CONTENT, ("customer",))
"""Of an answer as it stands, whatever it answers."""
NOWHERE = Origin(Level.CONTENT)
"""Of what nobody knows the origin of."""


def lowest(origins: Iterable[Origin]) -> Origin:
    """Return the origin of what is computed from values of these; of nothing at all, `PROCEDURE`'s."""
    found: Origin | None = None
    for origin in origins:
        found = origin if found is None else _lower(found, origin)
    return PROCEDURE if found is None else found


@lru_cache(maxsize=4096)
def _lower(one: Origin, other: Origin) -> Origin:
    if one == other:
        return one
    level = one.level if one.level.rank < other.level.rank else other.level
    return Origin(level, tuple(sorted({*one.sources, *other.sources})))


def of_model(read: Origin) -> Origin:
    """Return the origin of what a model answers that was shown values of this one."""
    shown: set[str] = set()
    for source in read.sources:
        shown.update(source.removeprefix("model(").removesuffix(")").split(", ") if "(" in source else (source,))
    return Origin(Level.CONTENT, (f"model({', '.join(sorted(shown))})",))


def in_words(source: str) -> str:
    """Name a source in a sentence."""
    if source.startswith("model("):
        inside = source.removeprefix("model(").removesuffix(")").split(", ")
        return f"a model that read {' and '.join(map(in_words, filter(None, inside))) or 'nothing'}"
    if source.startswith("tool:"):
        return source.removeprefix("tool:")
    return _WORDS.get(source, source)


_WORDS = {
    "procedure": "the procedure",
    "customer": "the customer's words",
    "ticket": "the ticket",
    "knowledge": "the articles",
    "person": "a person",
}

# Where the names of a plan come from

Tree: TypeAlias = "Origin | Mapping[str, Tree]"
"""The origin of a value, or those of its fields."""


def of_ticket(*, is_authenticated: bool) -> Tree:
    """Return where the fields of `ticket` come from."""
    ours, theirs = Origin(Level.SYSTEM, ("ticket",)), Origin(Level.CONTENT, ("ticket",))
    return {
        "id": ours,
        "channel": ours,
        "subject": theirs,
        "text": theirs,
        "customer": {
            "id": ours,
            "authenticated": ours,
            "email": ours if is_authenticated else theirs,
            "name": theirs,
        },
    }


def of_customer(*, is_authenticated: bool, is_guessed: bool = False) -> Origin:
    """Return the origin of what is found in the customer's words: by pattern or type, or guessed by a model."""
    if is_guessed:
        return of_model(Origin(Level.CONTENT, ("customer",)))
    return Origin(Level.CUSTOMER if is_authenticated else Level.CONTENT, ("customer",))


def at(known: Mapping[str, Tree], path: Path) -> Origin:
    """Return where the value at a path comes from: of a record, the lowest of its fields."""
    found: Tree = known
    for part in path:
        if isinstance(found, Origin):
            return found
        if part not in found:
            return NOWHERE
        found = found[part]
    return lowest(_leaves(found))


def _leaves(tree: Tree) -> Iterable[Origin]:
    if isinstance(tree, Origin):
        yield tree
    else:
        for part in tree.values():
            yield from _leaves(part)

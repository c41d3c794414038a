"""What holds at a point of a plan, on every path to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from segue.plan.language.typed import Path


@dataclass(frozen=True)
class State:
    """What holds on every path to a point of the plan."""

    known: frozenset[Path] = frozenset()
    """Values that are surely there."""
    facts: frozenset[str] = frozenset()

    def with_known(self, paths: Iterable[Path]) -> State:
        """Return the state in which these values are there too."""
        return replace(self, known=self.known.union(paths))


def meet(one: State | None, other: State | None) -> State | None:
    """Return what holds where two paths meet; a path that has ended does not arrive."""
    if one is None or other is None:
        return other if one is None else one
    return State(one.known & other.known, one.facts & other.facts)

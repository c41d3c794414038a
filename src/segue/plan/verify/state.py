"""What holds at a point of a plan, on every path to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from segue.plan.language.typed import Path
from segue.plan.origin import Origin
from segue.plan.plan import Place


@dataclass(frozen=True, slots=True)
class Guard:
    """A decision on the way to a point, made by values that others may have written."""

    step: str
    """Its id."""
    key: str
    """`when`, `check`, `expect` and the like."""
    place: Place
    origin: Origin


@dataclass(frozen=True)
class State:
    """What holds on every path to a point of the plan."""

    known: frozenset[Path] = frozenset()
    """Values that are surely there."""
    facts: frozenset[str] = frozenset()
    guards: frozenset[Guard] = frozenset()
    """Weak ones, on some path to here."""

    def with_known(self, paths: Collection[Path]) -> State:
        """Return the state in which these values are there too."""
        if not paths:
            return self
        return State(self.known.union(paths), self.facts, self.guards)

    def without(self, names: Collection[str]) -> State:
        """Return the state in which nothing is known of these names."""
        return replace(self, known=frozenset(path for path in self.known if path[0] not in names))

    def behind(self, guard: Guard | None) -> State:
        """Return the state of what a guard lets pass."""
        return self if guard is None else replace(self, guards=self.guards | {guard})

    def past(self, guard: Guard | None) -> State:
        """Return the state where it does not matter any more what a guard has let pass."""
        return self if guard is None else replace(self, guards=self.guards - {guard})


def meet(one: State | None, other: State | None) -> State | None:
    """Return what holds where two paths meet; a path that has ended does not arrive."""
    if one is None or other is None:
        return other if one is None else one
    return State(one.known & other.known, one.facts & other.facts, one.guards | other.guards)

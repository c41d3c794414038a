"""What there is already when a plan begins in the place of one that failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from segue.plan.language.types import Type
from segue.plan.origin import Tree


@dataclass(frozen=True, kw_only=True)
class Begun:
    """Values and facts that an earlier plan for the same request has left."""

    types: Mapping[str, Type] = field(default_factory=dict)
    """Of the values, by the steps that gave them."""
    origins: Mapping[str, Tree] = field(default_factory=dict)
    """Where they come from."""
    searches: frozenset[str] = frozenset()
    """Those of them that searches found."""
    facts: frozenset[str] = frozenset()


NOTHING = Begun()

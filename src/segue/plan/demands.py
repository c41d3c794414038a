"""What the parameters of a tool demand of where their arguments come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segue.plan.catalogue import Entry
from segue.plan.origin import NEEDED, Level, Origin


@dataclass(frozen=True)
class Shortfall:
    """An argument that may be believed less than its parameter demands."""

    parameter: str
    needed: Level
    origin: Origin

    def __str__(self) -> str:
        return f"{self.parameter} must be of level {self.needed}, and is {self.origin}"


def short(entry: Entry, args: Mapping[str, Origin]) -> list[Shortfall]:
    """Return the arguments that fall short, in the order of the tool's parameters."""
    return [
        Shortfall(parameter.name, NEEDED[parameter.integrity], args[parameter.name])
        for parameter in entry.parameters
        if parameter.name in args and args[parameter.name].level.rank < NEEDED[parameter.integrity].rank
    ]

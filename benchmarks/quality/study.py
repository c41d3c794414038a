"""What a study of quality is: a module with a function that returns rows, named in the registry below.

A new study is a module in this folder with `rows() -> list[Row]`, and a line in `STUDIES`. It is imported when its turn
comes; where its data or a package is missing it raises `FileNotFoundError` or `Missing`, and that is what is shown.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass


class Missing(Exception):
    """Something other than data is not there that the study needs."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement beside its baseline and its goal."""

    row: str
    """Q1 and so on, as the goals are numbered."""
    what: str
    value: float
    baseline: float | None = None
    """What a simple way reaches on the same data; `None` where nobody measured one."""
    goal: float | None = None
    """At least so much; `None` where the row only shows something."""
    low: float | None = None
    high: float | None = None
    """A 95 % interval, where one was made."""
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; `None` where there is none."""
        return None if self.goal is None else self.value >= self.goal

    def cells(self) -> tuple[str, ...]:
        """Return the columns of the table."""
        interval = "" if self.low is None or self.high is None else f"{self.low:.3f} … {self.high:.3f}"
        verdict = {None: "", True: "met", False: "missed"}[self.is_met]
        goal = "" if self.goal is None else f"≥ {self.goal:g}"
        return self.row, self.what, f"{self.value:.3f}", interval, _shown(self.baseline), goal, verdict, self.note


HEAD = ("", "what", "segue", "95 % interval", "baseline", "goal", "", "")

STUDIES: dict[str, str] = {
    "topics": "benchmarks.quality.topics",
    "retrieval": "benchmarks.quality.retrieval",
    "several_steps": "benchmarks.quality.several_steps",
    "moves": "benchmarks.quality.moves",
    "typos": "benchmarks.quality.typos",
    "falsehoods": "benchmarks.quality.falsehoods",
    "answers": "benchmarks.quality.answers",
    "gaps": "benchmarks.quality.gaps",
    "confidence": "benchmarks.quality.confidence",
    "bound": "benchmarks.quality.bound",
}
"""Modules by the name of the study, in the order in which they are shown."""


def measured(names: Sequence[str]) -> tuple[list[Row], dict[str, str]]:
    """Return the rows of some studies, and why those that gave none did not."""
    found: list[Row] = []
    left_out: dict[str, str] = {}
    for name in names:
        try:
            found += importlib.import_module(STUDIES[name]).rows()
        except (FileNotFoundError, Missing) as missing:
            left_out[name] = str(missing)
    return found, left_out


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"

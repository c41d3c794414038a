"""The findings on one plan."""

from __future__ import annotations

from collections.abc import Iterable

from segue.errors import Finding
from segue.plan.plan import Place, Plan, Text
from segue.plan.rules import STRICT, WARNINGS, Problem, one_line


class Report:
    """What was found so far."""

    def __init__(self, plan: Plan) -> None:
        self._file = plan.source.file
        self._warnings = WARNINGS - STRICT if plan.made_by == "model" else WARNINGS
        self._findings: set[Finding] = set()

    def add(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Note a finding; the same one twice is one."""
        severity = "warning" if code in self._warnings else "error"
        found = Finding(self._file, place.line, place.column, code, severity, one_line(message), one_line(hint))
        self._findings.add(found)

    def add_all(self, text: Text, problems: Iterable[Problem]) -> None:
        """Note what is wrong with an expression or a template."""
        for problem in problems:
            self.add(problem.code, text.at(problem.offset), problem.message, problem.hint)

    def findings(self) -> list[Finding]:
        """Return them in the order of the file."""
        return sorted(self._findings)

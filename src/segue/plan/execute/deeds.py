"""What one plan has done so far, in the order of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from segue.plan.execute.ended import Call, Ended, Taken
from segue.plan.plan import Step
from segue.tools import JSON

LONGEST = 300
"""Characters of what is told of a step."""


class Deeds:
    """Kept while a plan runs, told when it has ended."""

    def __init__(self) -> None:
        self.found: list[JSON] = []
        """Passages."""
        self._calls: list[Call] = []
        self._early: dict[str, Call] = {}
        """By step: calls that were made before their turn."""
        self._doubts: list[tuple[Call, str]] = []
        self._taken: list[Taken] = []

    def note(self, step: Step, result: str) -> None:
        """Note what came of a step that had its turn."""
        self._taken.append(Taken(id=step.id, kind=step.kind, result=result[:LONGEST]))

    def note_plan(self, result: str) -> None:
        """Note what came of making another plan."""
        self._taken.append(Taken(id="plan", kind="plan", result=result[:LONGEST]))

    def called(self, step: Step, call: Call, *, is_early: bool) -> None:
        """Keep a tool call that has ended; an early one counts from `settle` on."""
        if is_early:
            self._early[step.id] = call
        else:
            self._calls.append(call)

    def settle(self, step: Step) -> None:
        """Let the early call of a step count, where it made one."""
        if step.id in self._early:
            self._calls.append(self._early.pop(step.id))

    def doubt(self, call: Call, key: str) -> None:
        """Keep an action that may or may not have happened."""
        self._doubts.append((call, key))

    def told(self, ended: Ended, inputs: Mapping[str, JSON], missing: Sequence[str]) -> Ended:
        """Return how the plan ended with all it did; reads that never had their turn were made all the same.

        One of these that failed was not needed, and is left out.
        """
        return replace(
            ended,
            calls=(*self._calls, *(call for call in self._early.values() if not call.error)),
            in_doubt=tuple(self._doubts),
            taken=tuple(self._taken),
            found=tuple(self.found),
            missing=tuple(missing),
            inputs=inputs,
        )

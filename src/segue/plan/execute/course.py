"""One plan under way: what it is, what it acts on, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace

from segue.errors import SegueError
from segue.plan.catalogue import Catalogue, Entry
from segue.plan.execute.deeds import Deeds
from segue.plan.execute.lookups import Lookups
from segue.plan.execute.values import Known, Values
from segue.plan.execute.world import World
from segue.plan.expression import EvaluationError
from segue.plan.plan import Plan, Step, ToolStep, Work


@dataclass(frozen=True)
class Course:
    """What everything that runs a part of a plan shares."""

    plan: Plan
    catalogue: Catalogue
    world: World
    values: Values
    facts: set[str]
    """That hold by now."""
    deeds: Deeds
    lookups: Lookups
    item: str = ""
    """Inside of loops: which of their items, such as `[2]`."""

    def inside(self, values: Values, number: int) -> Course:
        """Return the course of one item of a loop."""
        return replace(self, values=values, item=f"{self.item}[{number}]")

    def label(self, step: Step) -> str:
        """Return a name of a step that no other step of the run has, and in a loop no other item."""
        return f"{self.plan.topic}/{step.id}{self.item}"

    def entry(self, step: ToolStep) -> Entry:
        """Return the tool of a step.

        Raises:
            SegueError: It was removed since the plan was verified.
        """
        entry = self.catalogue.get(step.tool.value)
        if entry is None:
            raise SegueError(f"the plan uses tool {step.tool.value}, which is not there any more")
        return entry

    def is_expected(self, step: Work, known: Known) -> bool:
        """Say whether a step's result is what the plan expects; one of which that cannot be said is not."""
        if step.expect is None:
            return True
        seen = self.values.inside()
        seen.put(step.id, known)
        try:
            return seen.holds(step.expect)
        except EvaluationError:
            return False

    def step(self, name: str) -> Step:
        """Return the step of this id."""
        return next(step for step in self.plan.all_steps() if step.id == name)

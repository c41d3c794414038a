"""Whether the facts that a step requires hold on every path to it."""

from __future__ import annotations

from segue.plan.catalogue import Catalogue, Entry
from segue.plan.plan import Plan, ToolStep
from segue.plan.verify.policy import Policy
from segue.plan.verify.report import Report
from segue.plan.verify.state import State


class Facts:
    """The facts of one plan."""

    def __init__(self, plan: Plan, catalogue: Catalogue, policy: Policy, report: Report) -> None:
        self._plan = plan
        self._catalogue = catalogue
        self._policy = policy
        self._report = report

    def check(self, step: ToolStep, entry: Entry, state: State) -> None:
        """Report required facts that do not hold on every path; the ticket's count unless a later step's do."""
        for fact in entry.requires:
            if fact not in state.facts:
                self._lacking(fact, step)

    def _lacking(self, fact: str, step: ToolStep) -> None:
        above, below = self._providers(fact, step)
        if below:
            message = f'step "{step.id}" runs before "{below[0]}" provides {fact}'
            self._report.add("P203", step.place, message, f'move "{below[0]}" above "{step.id}"')
        elif fact in self._policy.ticket_facts:
            return
        elif above:
            message = f'step "{step.id}" requires {fact}, which "{above[-1]}" does not provide on every path'
            self._report.add("P206", step.place, message, f'let "{above[-1]}" run whenever "{step.id}" does')
        else:
            tools = [known.name for known in self._catalogue.entries.values() if fact in known.provides]
            hint = (
                f"call {' or '.join(sorted(tools))} first"
                if tools
                else f'write provides=["{fact}"] at the tool that does'
            )
            self._report.add("P206", step.place, f'step "{step.id}" requires {fact}, which nothing provides', hint)

    def _providers(self, fact: str, step: ToolStep) -> tuple[list[str], list[str]]:
        """Return the ids of the steps above and below that provide a fact."""
        above: list[str] = []
        below: list[str] = []
        side = above
        for other in self._plan.all_steps():
            if other is step:
                side = below
            elif isinstance(other, ToolStep):
                entry = self._catalogue.get(other.tool.value)
                if entry is not None and fact in entry.provides:
                    side.append(other.id)
        return above, below

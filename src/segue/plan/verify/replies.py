"""Whether replies rest on what searches found."""

from __future__ import annotations

from segue.plan.plan import Place, Plan, ReplyStep
from segue.plan.rules import nearest
from segue.plan.verify.report import Report
from segue.plan.verify.sight import Sight
from segue.plan.verify.state import State
from segue.plan.verify.trust import Trust


class Replies:
    """The replies of one plan."""

    def __init__(self, plan: Plan, sight: Sight, trust: Trust, report: Report) -> None:
        self._is_model_s = plan.made_by == "model"
        self._sight = sight
        self._trust = trust
        self._report = report
        self._searches: set[str] = set()
        """Search steps above this point."""

    def searched(self, step_id: str) -> None:
        """Know of a search above."""
        self._searches.add(step_id)

    def check(self, step: ReplyStep, state: State) -> None:
        """Report citations of nothing, and words that a model composed without looking anything up."""
        cites = [(search.value, search.place) for search in step.answer]
        if step.text is not None:
            compiled = self._sight.text(step.text, state, is_reply=True)
            if compiled is None:
                return
            cites += [(cite.step, step.text.at(cite.offset)) for cite in compiled.citations]
        for search, place in cites:
            self._cited(search, place, state)
        if not cites and self._is_model_s:
            hint = "search first, and cite it as {{step}}"
            self._report.add("P233", step.place, f'reply "{step.id}" of a plan made by a model cites nothing', hint)
        elif self._trust.is_composed(step) and not any((search,) in state.known for search in self._searches):
            message = f'reply "{step.id}" tells what a model composed, and nothing was looked up before it'
            self._report.add("P231", step.place, message, "search above the step that asks the model")

    def _cited(self, search: str, place: Place, state: State) -> None:
        if search not in self._searches:
            hint = nearest(search, self._searches) or "only what a search found can be cited"
            self._report.add("P215", place, f'"{search}" is no search above', hint)
        elif (search,) not in state.known:
            message = f'search "{search}" may have been skipped or have failed: it has nothing to cite'
            self._report.add("P215", place, message)

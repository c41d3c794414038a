"""What the agent would have done on past tickets: each as of its own time, learned from what was older."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from segue.backtest.replay import CaseClock, play
from segue.backtest.report import Report, Result
from segue.backtest.score import judge, same_by
from segue.backtest.world import Recording, recorded
from segue.engine.engine import Engine
from segue.knowledge.document import Hit
from segue.plan.plan import Plan
from segue.support import cases, progress, resolve
from segue.support.autonomy import TermsOf
from segue.support.brain import Chooser
from segue.support.desk import Desk
from segue.support.interpret import QUESTION, Classifier, LanguageOf
from segue.support.local import LocalBrain
from segue.support.past_answers import PastAnswers
from segue.support.ticket import PastTicket
from segue.tools.tool import Tool

REFIT = 1.2
"""The classifier learns again when so many times as many older tickets are known: often enough, and never for ever."""
TOGETHER = 500
"""Cases in one journal, which lives in memory."""

Learn = Callable[[Sequence[PastTicket]], Classifier | None]
"""Gives what tells topics apart, learned from these tickets and the procedures' examples."""
Recall = Callable[[Sequence[PastTicket]], PastAnswers | None]
"""Gives what people answered on these tickets; `None` where nothing compares meaning."""
Progress = Callable[[int, int], None]


class SearchAt(Protocol):
    """Finds passages that held at a moment."""

    def __call__(self, query: str, *, limit: int, like: Sequence[tuple[str, float]], as_of: datetime) -> list[Hit]:
        """Return the passages nearest to a query, best first."""


class Rehearsal:
    """A company's agent among what was recorded: nothing it does leaves the process."""

    def __init__(
        self,
        *,
        plans: Mapping[str, Plan],
        rejected: Mapping[str, str],
        tools: Mapping[str, Tool],
        search: SearchAt,
        terms: TermsOf,
        threshold: float,
        learn: Learn,
        history: Sequence[PastTicket],
        recall: Recall = lambda _: None,
        chooser: Chooser | None = None,
        language: LanguageOf = lambda _: "",
    ) -> None:
        """Set it up.

        Args:
            plans: Verified, by topic.
            rejected: Topics whose procedure has findings, with the first of them.
            tools: By name; only their declarations are used.
            search: Over the articles.
            terms: What holds for a topic.
            threshold: From which on the agent acts alone, for the report.
            learn: Makes the classifier.
            history: What else is known of the past, to learn from as far as it is older than a case.
            recall: Gives what people answered to questions; of what was said later nothing is told.
            chooser: Tells options of a plan apart; without one it is never sure.
            language: Tells a text's language.
        """
        self._plans = plans
        self._tools = tools
        self._effects: dict[str, str] = {name: tool.effect for name, tool in tools.items()}
        self._threshold = threshold
        self._learn = learn
        self._history = history
        self._clock = CaseClock()
        self._recording = Recording()
        self._recall = recall
        self._classifier: Classifier | None = None
        self._past_answers: PastAnswers | None = None
        brain = LocalBrain(
            classifier=lambda: self._classifier, plans=plans, rejected=rejected, chooser=chooser, language=language
        )
        desk = Desk(
            brain=brain,
            tools=recorded(tools, self._recording),
            search=lambda query, *, limit, like: search(query, limit=limit, like=like, as_of=self._clock.now()),
            helpdesk=cases.NoHelpdesk(),
            terms=terms,
            past_answers=lambda: self._past_answers,
        )
        self._workflow = resolve.workflow_at(desk)

    async def run(self, tickets: Sequence[PastTicket], on_progress: Progress | None = None) -> Report:
        """Play tickets in the order of their time.

        Args:
            tickets: Each of another id.
            on_progress: Called with how many are done, and of how many.
        """
        begun = time.perf_counter()
        ordered = sorted(tickets, key=lambda past: (cases.time_of(past), past.id))
        self._past_answers = self._recall(_each_once([*self._history, *ordered]))
        known = _labelled([*self._history, *ordered])
        times = [cases.time_of(past) for past in known]
        learned: int | None = None
        results: list[Result] = []
        for first in range(0, len(ordered), TOGETHER):
            async with Engine("sqlite:///:memory:", workflows=[self._workflow], clock=self._clock) as engine:
                for past in ordered[first : first + TOGETHER]:
                    older = bisect_left(times, cases.time_of(past))
                    if learned is None or older > learned * REFIT:
                        self._classifier, learned = self._learn(known[:older]), older
                    results.append(await self._play(engine, past))
                    if on_progress is not None:
                        on_progress(len(results), len(ordered))
        return Report(results=tuple(results), seconds=time.perf_counter() - begun, threshold=self._threshold)

    async def _play(self, engine: Engine, past: PastTicket) -> Result:
        case = cases.case_of(past, self._effects)
        self._recording.begin(case)
        people = cases.Bystanders(past, case)
        run_id = f"case-{case.id}"
        entries = await play(
            engine, self._clock, self._workflow, past.opening, run_id=run_id, at=case.at, say=people.say
        )
        resolution = progress.so_far(await engine.run(run_id), entries, self._effects)
        played = cases.played(resolution, cases.understood(entries), self._recording.unrecorded)
        is_answer = (played.topic or QUESTION) not in self._plans
        verdict = judge(case, played, same=same_by(self._tools), is_answered_from_articles=is_answer)
        return Result(case=case, played=played, verdict=verdict)


def _labelled(tickets: Sequence[PastTicket]) -> list[PastTicket]:
    """Return the tickets whose topic is known, each once, in the order of their time."""
    found = [past for past in _each_once(tickets) if past.has_topic]
    return sorted(found, key=lambda past: (cases.time_of(past), past.id))


def _each_once(tickets: Sequence[PastTicket]) -> list[PastTicket]:
    return list({past.id: past for past in tickets}.values())

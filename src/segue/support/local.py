"""The local brain: what was learned, the procedures and the articles, with no network and no key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from segue.errors import PermanentError
from segue.knowledge.document import Hit
from segue.plan.execute import Ended
from segue.plan.plan import CheckStep, EscalateStep, Input, Place, Plan, ReplyStep, SearchStep, Text
from segue.plan.template import render
from segue.redaction import Personal
from segue.support import answer
from segue.support.brain import Answer, Choice, Chooser, Finished, Planned, Verdict
from segue.support.interpret import QUESTION, Classifier, LanguageOf, Request, Understanding, interpret
from segue.support.past_answers import PastAnswer
from segue.support.ticket import Ticket

JSON = Any
_BRACES = re.compile(r"[{}]+")
"""No words of a question, but `{{` would be a mark in a template."""


NOWHERE = EscalateStep(id="nowhere", reason=Text(value="no_procedure"), place=Place())
"""What is done where nobody has said what to do."""


class LocalBrain:
    """Thinks without a model; the promise is `brain.Brain`'s."""

    replans = 0
    is_judging = False

    def __init__(
        self,
        *,
        classifier: Callable[[], Classifier | None],
        plans: Mapping[str, Plan],
        rejected: Mapping[str, str],
        chooser: Chooser | None = None,
        language: LanguageOf = lambda _: "",
    ) -> None:
        """Keep what it knows.

        Args:
            classifier: Gives the classifier, made when first asked for; `None` where there is nothing to choose.
            plans: Verified, by topic.
            rejected: Topics whose procedure has findings, with the first of them.
            chooser: Tells options of a plan apart; without one it is never sure.
            language: Tells a text's language.
        """
        self.classifier = classifier
        self.plans = plans
        self.rejected = rejected
        self._chooser = chooser
        self._language = language

    def interpret(self, ticket: Ticket) -> Understanding:
        """Say what a ticket wants, by what was learned from examples and history."""
        return interpret(ticket, self.classifier(), inputs=self._inputs, language=self._language)

    def plan(self, request: Request, personal: Personal) -> Planned:
        """Return the procedure of a request's topic, or the built-in plan for questions."""
        topic = request.topic or QUESTION
        if topic in self.rejected:
            return Planned(why=self.rejected[topic])
        if topic in self.plans:
            plan = self.plans[topic]
            return Planned(plan=plan if plan.steps else replace(plan, steps=(NOWHERE,)))
        return Planned(plan=question_plan(answer.question_in(request.text)))

    def choose(self, by: str, text: str, options: list[Choice], personal: Personal) -> Answer:
        """Choose by meaning and words, whoever should."""
        return Answer(value=None if self._chooser is None else self._chooser(text, options))

    def solve(self, task: str, given: JSON, output: dict[str, JSON], personal: Personal) -> Answer:
        """Refuse: only a model can.

        Raises:
            PermanentError: Always.
        """
        raise PermanentError("no model is configured")

    def compose(
        self,
        question: str,
        found: list[dict[str, JSON]],
        guidance: str,
        past_answers: list[PastAnswer],
        personal: Personal,
    ) -> answer.Answer:
        """Quote the passages that answer a question, of long ones what people told others who asked the like."""
        said = [each.text for each in past_answers]
        composed = answer.compose(answer.question_in(question), [Hit(**passage) for passage in found], said)
        return composed or answer.NOTHING

    def replan(self, asked: str, plan: Plan, ended: Ended, personal: Personal) -> Planned:
        """Know no other way."""
        return Planned()

    def judge(self, reply: Finished, personal: Personal) -> Verdict:
        """Have nothing against it."""
        return Verdict()

    def _inputs(self, topic: str) -> Sequence[Input]:
        return self.plans[topic].inputs if topic in self.plans else ()


def question_plan(question: str) -> Plan:
    """Return the built-in plan for a question: search, then an answer from what was found."""
    return Plan(
        topic=QUESTION,
        description="The customer asks something that the articles may answer.",
        steps=(
            SearchStep(id="found", query=Text(value=render((_BRACES.sub(" ", question),)))),
            CheckStep(id="evidence", condition=Text(value="found.found"), otherwise=(NOWHERE,)),
            ReplyStep(id="answer", answer=(Text(value="found"),)),
        ),
    )

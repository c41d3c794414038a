"""The brain that asks language models, stage by stage; where none is named or none answers, the local one goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from segue.knowledge.document import Hit
from segue.plan import planner
from segue.plan.catalogue import Catalogue
from segue.plan.execute import Ended
from segue.plan.plan import Plan
from segue.plan.verify import Policy
from segue.redaction import Personal
from segue.support import answer
from segue.support.asking import choosing, composing, interpreting, judging, planning
from segue.support.asking.questions import Models, Question, Questions
from segue.support.brain import Answer, Choice, Finished, Planned, Verdict, personal_of
from segue.support.interpret import QUESTION, Request, Understanding
from segue.support.local import LocalBrain
from segue.support.past_answers import PastAnswer
from segue.support.ticket import Ticket
from segue.tools.tool import Tool

JSON = Any
REPLANS = 2
"""Of one request."""


class ModelBrain:
    """Thinks with models; the promise is `segue.support.brain.Brain`'s.

    Every answer is data of the lowest level: it becomes a topic only with the confidence that was learned, a value only
    where it stands in the customer's words, a plan only through `verify`, a reply only through the send gate.
    """

    def __init__(
        self,
        models: Models,
        local: LocalBrain,
        *,
        tools: Mapping[str, Tool],
        policy: Policy | None = None,
        timeout: timedelta = timedelta(seconds=60),
    ) -> None:
        """Ask nobody yet.

        Args:
            models: Which of them are asked for what is theirs to say.
            local: Does what no model does.
            tools: By name; what plans that a model makes are made of.
            policy: What such plans may rely on.
            timeout: How long a question may take with all its attempts.
        """
        self._models = models
        self._local = local
        self._tools = tools
        self._policy = policy or Policy()
        self._timeout = timeout

    @property
    def replans(self) -> int:
        """How often a plan that has failed is followed by another one, for one request."""
        return REPLANS if self._models.models("plan") else 0

    @property
    def is_judging(self) -> bool:
        """Whether a model is named for second opinions."""
        return bool(self._models.models("judge"))

    async def interpret(self, ticket: Ticket) -> Understanding:
        """Say what a ticket wants: by a model and by what was learned, with the confidence that was learned."""
        local = await asyncio.to_thread(self._local.interpret, ticket)
        if not self._models.models("interpret"):
            return local
        questions = self._questions()
        given = await questions.ask(await asyncio.to_thread(self._about, ticket, local))
        if given is not None:
            local = await asyncio.to_thread(self._agreed, ticket, local, given.value)
        return questions.counted(local)

    def _about(self, ticket: Ticket, local: Understanding) -> Question:
        plans, seen = self._local.plans, [request.topic for request in local.requests]
        topics = interpreting.topics_of(plans, self._local.rejected, seen)
        return interpreting.question(ticket, plans, topics, personal_of(ticket))

    def _agreed(self, ticket: Ticket, local: Understanding, read: Mapping[str, JSON]) -> Understanding:
        return interpreting.agreed(ticket, local, read, self._local.classifier(), self._local.plans)

    async def plan(self, request: Request, personal: Personal) -> Planned:
        """Return the procedure of a request's topic; where there is none, a plan of a model's."""
        local, has_procedure = await asyncio.to_thread(self._known, request, personal)
        if has_procedure or not self._models.models("plan"):
            return local
        questions = self._questions()
        catalogue = self._catalogue()
        guidance = local.plan.guidance if local.plan else ""
        question = planning.question(request.text, catalogue, guidance, personal)
        found = await planning.plan(
            questions, question, lambda text: planner.read_model_plan(text, catalogue, self._policy)
        )
        if found is None:
            found = local
        elif found.plan is not None:
            found = replace(found, plan=planning.named(found.plan, request.topic))
        return questions.counted(found)

    def _known(self, request: Request, personal: Personal) -> tuple[Planned, bool]:
        """Return what the local brain would do, and whether the company has said step by step what is to be done."""
        topic, local = request.topic, self._local
        plan = local.plans.get(topic or "")
        is_said = topic in local.rejected or (topic == QUESTION if plan is None else bool(plan.steps))
        return local.plan(request, personal), is_said

    async def choose(self, by: str, text: str, options: list[Choice], personal: Personal) -> Answer:
        """Choose by a model where the plan says so, else by meaning and words."""
        questions = self._questions()
        if by == "model" and self._models.models("choose"):
            given = await questions.ask(choosing.choice(text, options, personal))
            if given is not None:
                return questions.counted(Answer(value=choosing.chosen(given.value, options)))
        return questions.counted(await asyncio.to_thread(self._local.choose, by, text, options, personal))

    async def solve(self, task: str, given: JSON, output: dict[str, JSON], personal: Personal) -> Answer:
        """Do the task of a plan's model step.

        Raises:
            ModelError: No model did; the step's `on_error` says what then.
            PermanentError: No model is named for it.
        """
        if not self._models.models("step"):
            return self._local.solve(task, given, output, personal)
        questions = self._questions()
        value = (await questions.must(choosing.task(task, given, output, personal))).value
        return questions.counted(Answer(value=value))

    async def compose(
        self,
        question: str,
        found: list[dict[str, JSON]],
        guidance: str,
        past_answers: list[PastAnswer],
        personal: Personal,
    ) -> answer.Answer:
        """Answer a question in a model's words, or, where these may not be sent, in the articles' own.

        What people told others is no model's business: it goes no further than this machine.
        """
        questions = self._questions()
        hits = [Hit(**passage) for passage in found]
        refused = ""
        if hits and self._models.models("compose"):
            given = await questions.ask(composing.question(question, hits, guidance, personal))
            if given is not None:
                composed, refused = composing.composed(given, hits)
                if not refused:
                    return questions.counted(composed)
        local = await asyncio.to_thread(self._local.compose, question, found, guidance, past_answers, personal)
        return questions.counted(replace(local, refused=refused))

    async def replan(self, asked: str, plan: Plan, ended: Ended, personal: Personal) -> Planned:
        """Return another plan of a model's; whoever follows it verifies it."""
        if not self._models.models("plan"):
            return self._local.replan(asked, plan, ended, personal)
        questions = self._questions()
        question = planning.question_after(asked, plan, ended, self._catalogue(), personal)
        found = await planning.plan(questions, question, planner.parse_model_plan) or Planned()
        if found.plan is not None:
            found = replace(found, plan=planning.named(found.plan, plan.topic))
        return questions.counted(found)

    async def judge(self, reply: Finished, personal: Personal) -> Verdict:
        """Give a model's opinion on a reply; where none answers, nothing is held against it."""
        questions = self._questions()
        given = await questions.ask(judging.question(reply, personal)) if self.is_judging else None
        objection = "" if given is None else judging.objection(given.value)
        return questions.counted(Verdict(objection=objection))

    def _questions(self) -> Questions:
        return Questions(models=self._models, seconds=self._timeout.total_seconds())

    def _catalogue(self) -> Catalogue:
        return Catalogue.of(self._tools.values())

"""What a plan acts on while it works on one request of a ticket, and what a message meanwhile makes of it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from segue.engine.calls import sleep
from segue.engine.context import run_id
from segue.engine.step import StepCall
from segue.errors import BudgetExceeded, PermanentError
from segue.models.moves.course import Heard
from segue.plan import approval
from segue.plan.execute import Call, Ended, Leave, escalate
from segue.plan.guesses import harmless
from segue.plan.plan import ChosenBy, Input, Option, Plan, ReplyStep, Step
from segue.support import answer, entities, gate, moves, wishes
from segue.support.autonomy import Terms
from segue.support.brain import Choice, Finished, personal_of
from segue.support.conversation import Conversation, asked_for
from segue.support.desk import Desk, customer_of
from segue.support.interpret import QUESTION, Request
from segue.support.past_answers import Recalled
from segue.support.ticket import Message, Ticket

JSON = Any
DRAFT = 0.5
"""Confidence from which a draft is worth a person's time: likelier right than wrong."""
REFUSED = 0.5
"""Probability from which on a message is taken for something that people could not help with: likelier than not."""
GOODBYE = "All right, we have closed your request. Write again any time."


_PARTS = re.compile(r"[._]+")
"""Between the words of a tool's name."""


class TicketWorld:
    """One request at a desk, under its terms; the promise is `execute.World`'s."""

    def __init__(self, desk: Desk, ticket: Ticket, request: Request, terms: Terms, talk: Conversation) -> None:
        self._desk = desk
        self._ticket = ticket
        self._request = request
        self._terms = terms
        self._talk = talk
        self._personal = personal_of(ticket)
        self.confidence = request.confidence
        """By what is known so far."""
        self.parts: dict[str, float] = {"topic": request.confidence}
        """What that is made of: how sure the topic is, and of an answer how good its evidence."""
        self.replaced_by: tuple[Request, ...] = ()
        """What the customer wants instead; empty while they want this."""
        self._is_cleared = False
        """The agent may act on this request."""
        self._has_acted = False
        """Something was done, or may have been."""
        self._is_at_reply = False
        self._is_composed = False
        """The reply is in the agent's own words, or a choice of its from the articles'."""
        self._made_by = "company"
        """Who wrote the plan."""
        self.guessed: frozenset[str] = frozenset()
        """Inputs that a model has found in the customer's words, and no pattern has."""
        self._inputs: Sequence[Input] = ()
        self._known: dict[str, JSON] = {}
        """Inputs that the customer gave."""
        self._answers: list[str] = []
        self._past_answers: Recalled = None
        """Of people, to questions like this one."""

    def values(self) -> dict[str, JSON]:
        """Return `ticket` as expressions see it."""
        customer = self._ticket.customer
        return {
            "id": self._ticket.id,
            "subject": self._ticket.subject,
            "text": self._ticket.text,
            "channel": self._ticket.channel,
            "customer": {
                "id": customer.id,
                "email": customer.email,
                "name": customer.name,
                "authenticated": customer.authenticated,
            },
        }

    def inputs(self, plan: Plan) -> dict[str, JSON]:
        """Return the plan's inputs that the customer's own words give."""
        self._inputs = plan.inputs
        self._known = _found(
            plan.inputs, self._ticket.subject, self._ticket.text, self._request.text, *self._talk.heard
        )
        self._made_by = plan.made_by
        guesses = {name: value for name, value in self._request.guesses.items() if name not in self._known}
        self.guessed = harmless(plan, self._desk.catalogue, guesses)
        return {**{name: guesses[name] for name in self.guessed}, **self._known}

    @property
    def replans(self) -> int:
        """How often a plan that failed may be followed by another one."""
        return self._terms.replans

    async def replan(self, plan: Plan, ended: Ended) -> Plan | None:
        """Make another plan for what one has failed at."""
        words = "\n\n".join((self._request.text, *self._answers, *self._talk.heard))
        planned = self._talk.bill.paid(await self._desk.replan(words, plan, ended, self._personal))
        self._made_by = "model"  # whatever the run says from now on
        return planned.plan

    async def turn(self, tool: str) -> None:
        """Wait until a tool may be called once more."""
        wait_s = await self._desk.turn(tool) if self._desk.is_paced(tool) else 0.0
        if wait_s > 0:
            await sleep(timedelta(seconds=wait_s))

    def call(self, call: Call, attempts: int | None) -> StepCall[JSON]:
        """Call a tool for the ticket's customer."""
        self._has_acted = self._has_acted or call.effect != "read"
        self._talk.course.append(moves.called(call.tool, call.args))
        return self._desk.call(call, customer_of(self._ticket), attempts)

    async def search(self, query: str) -> JSON:
        """Search the articles; for a question, what people answered to others like it says where to look."""
        if (self._request.topic or QUESTION) == QUESTION:
            self._past_answers = await self._desk.past_answers(query)
        return await self._desk.search(query, self._terms.min_match, self._past_answers or [])

    async def model(self, task: str, given: JSON, output: Mapping[str, JSON], attempts: int | None) -> JSON:
        """Ask the language model.

        Raises:
            PermanentError: The task is a model's own words: whoever writes the ticket would write what is obeyed.
        """
        if self._made_by == "model":
            raise PermanentError("a plan made by a model asks no model")
        return self._talk.bill.paid(await self._desk.ask_model(task, given, output, self._personal, attempts)).value

    async def choose(self, by: ChosenBy, text: str | None, options: Sequence[Option]) -> str | None:
        """Choose an option, for what the customer wrote where no text is given."""
        words = "\n\n".join((self._request.text, *self._talk.heard)) if text is None else text
        choices = [Choice(name=each.name, description=each.description, examples=each.examples) for each in options]
        whose = "classifier" if self._made_by == "model" else by
        chosen: str | None = self._talk.bill.paid(await self._desk.choose(whose, words, choices, self._personal)).value
        return chosen

    async def ask(self, asked: Ended, wanted: Sequence[Input]) -> Mapping[str, JSON]:
        """Ask the customer, where the agent is sure what they want; in drafts, that too is left to a person.

        What they wrote before they were asked is not asked for. A model's words in it pass the gate, as in a reply.
        """
        question = asked.reply
        if self._terms.level == "draft":
            raise Leave(Ended(way="reply", reply=question))
        if objection := _objection(self._finished(asked), asked.found, self._said_by_models(asked)):
            raise escalate("not_grounded", f"a question that a model would ask: {objection}")
        self._require(self._sure_of_topic, self._terms.threshold)
        self._is_at_reply = False
        await self._talk.look(self._consider)
        known = _found(wanted, *self._talk.heard)
        missing = [entry for entry in wanted if entry.name not in known]
        text = "\n\n".join(self._talk.heard)
        if missing or not wanted:
            question = asked_for(missing) if known else question
            given, text = await self._talk.ask(self._terms, question, missing, self._consider)
            known.update(given)
            self._answers.append(text)
        self._known.update(known)
        return {**known, "text": text}

    async def approval(self, step: str, call: Call, why: str) -> None:
        """Wait for a person's yes."""
        request = approval.request(
            run=run_id(), step=step, tool=call.tool, args=call.args, origins=call.origins, why=why
        )
        await self._talk.approval(self._terms, request, self._consider)

    async def gate(self, step: Step, found: Sequence[JSON]) -> None:
        """Go on only where the agent is sure enough, and act only where it may act alone.

        What was done is told: after the first action there is nothing left to be sure of.
        """
        self._is_at_reply = isinstance(step, ReplyStep)
        await self._talk.look(self._consider)
        if self._is_cleared:
            return
        self.parts = self._known_by(step, found)
        self.confidence = self.parts["topic"]
        if "evidence" in self.parts:
            self.confidence = self.parts["evidence"] * math.sqrt(self.parts["topic"])
        self._require(self.confidence, DRAFT if self._terms.level == "draft" else self._terms.threshold)
        if self._terms.level == "draft" and not isinstance(step, ReplyStep):
            raise Leave(Ended(way="propose", why="the topic is in draft: a person acts"))
        self._is_cleared = not isinstance(step, ReplyStep)

    async def _consider(self, text: str, *, is_answer: bool = False) -> bool:
        """Decide what a message changes; the promise is `conversation.Consider`'s."""
        self._respect_wishes(text)
        if self._talk.course[-1:] != [Heard(text)]:  # one that is read again was heard before
            self._talk.course.append(Heard(text))
        if is_answer:
            return False
        said = replace(self._ticket, subject="", since=0, messages=(Message(role="customer", text=text),))
        requests = self._talk.bill.paid(await self._desk.interpret(said)).requests
        sure = [each for each in requests if each.topic is not None and each.confidence >= self._terms.threshold]
        others = [each for each in sure if each.topic == QUESTION or each.topic not in self._talk.topics]
        if any(each.topic != QUESTION for each in others) and not self._has_acted and not self._is_more(text, sure):
            raise self._leave_for(others)
        if not others and self._contradicts(text):
            if self._has_acted:
                raise escalate("not_understood", f"after something was done, the customer wrote: {text[:300]}")
            words = "\n\n".join((self._request.text, *self._answers, text))
            raise self._leave_for([replace(self._request, text=words)])
        if not others:
            await self._respect_practice(text)
        self._talk.take_up(others)
        return bool(others)

    def _respect_wishes(self, text: str) -> None:
        if command := wishes.command(text):
            raise escalate("injection_suspected", f"a message says: {command}")
        if wishes.wants_person(text):
            raise escalate("customer_asked", "the customer asks for a person")
        if not wishes.wants_nothing_more(text):
            return
        if not self._has_acted:
            self._talk.is_withdrawn = True
            raise Leave(Ended(way="reply", reply=GOODBYE))
        if not self._is_at_reply:  # the reply tells what was done
            raise escalate("customer_asked", "the customer withdraws the request after something was done")

    async def _respect_practice(self, text: str) -> None:
        """Leave to a person what people in such a conversation could not help with."""
        refusing = moves.chance(await self._desk.foresee(self._talk.course[-moves.LAST :]), "refuse")
        if refusing >= REFUSED:
            sure = f"{refusing:.2f} sure that this is nothing we help with"
            raise escalate("not_understood", f"{sure}: {text[:300]}")

    def _is_more(self, text: str, sure: Sequence[Request]) -> bool:
        """Say whether a message with another request leaves this one as it is."""
        is_question = self._request.topic in (QUESTION, None)
        return is_question or wishes.asks_for_more(text) or self._request.topic in [each.topic for each in sure]

    def _contradicts(self, text: str) -> bool:
        """Say whether a message names another order, say, than the one that is dealt with."""
        told = _found([entry for entry in self._inputs if entry.pattern or entry.choices], text)
        return any(self._known.get(name, value) != value for name, value in told.items())

    def _leave_for(self, requests: Sequence[Request]) -> Leave:
        self.replaced_by = tuple(requests)
        self._talk.replace(self._request, requests)
        return Leave(Ended(way="expire", why="the customer wants something else"))

    def _require(self, confidence: float, threshold: float) -> None:
        if confidence < threshold:
            topic = self._request.topic or "the topic"
            why = f"{confidence:.2f} sure of {topic}, {threshold:.2f} is needed"
            if "evidence" in self.parts:
                why += f" ({', '.join(f'{name} {part:.2f}' for name, part in self.parts.items())})"
            raise escalate("low_confidence", why)

    @property
    def _sure_of_topic(self) -> float:
        """The probability that it is right to deal with this request as one of its topic."""
        is_ours = self._request.topic is not None or self._made_by == "model"  # which is made for what has no topic
        return self._request.confidence if is_ours else 1 - self._request.confidence

    def _known_by(self, step: Step, found: Sequence[JSON]) -> dict[str, float]:
        """Return what the probability is made of that going on is right, by what is known now."""
        parts = {"topic": self._sure_of_topic}
        if isinstance(step, ReplyStep) and step.answer:
            match = max((passage["match"] for passage in found), default=0.0)
            is_led = None if self._past_answers is None else bool(self._past_answers)
            parts["evidence"] = answer.evidence(match, is_led=is_led)
        return parts

    async def compose(self, found: Sequence[JSON], guidance: str) -> tuple[str, Sequence[JSON]] | None:
        """Compose a reply from passages."""
        best_first = sorted(found, key=lambda passage: -float(passage["match"]))
        told = "" if self._made_by == "model" else guidance
        composed = self._talk.bill.paid(
            await self._desk.compose(self._request.text, best_first, told, self._past_answers or [], self._personal)
        )
        self._is_composed = True
        if not composed.text:
            return None
        cited = {(c.document, c.start) for c in composed.citations}
        return composed.text, [p for p in best_first if (p["document"], p["start"]) in cited]

    async def checked(self, ended: Ended) -> Ended:
        """Return how the plan ended once its reply was looked at: what may not be sent goes to a person, with the rest.

        A company's own words are as they are, those of models among them are not; in drafts a person looks.
        """
        said = self._said_by_models(ended)
        if (
            ended.way != "reply"
            or not (said or self._is_composed)
            or self._terms.level == "draft"
            or self._talk.is_withdrawn
        ):
            return ended
        finished = self._finished(ended)
        objection = _objection(finished, ended.found, said)
        try:
            if not objection and self._terms.is_judged:
                objection = self._talk.bill.paid(await self._desk.judge(finished, self._personal)).objection
        except BudgetExceeded as error:
            return replace(ended, way="escalate", reason="budget", why=str(error))
        return replace(ended, way="escalate", reason="not_grounded", why=objection) if objection else ended

    def _said_by_models(self, ended: Ended) -> Sequence[str]:
        """Return what of a reply or a question has to pass the gate."""
        return (ended.reply,) if self._made_by == "model" and not self._is_composed else ended.by_models

    def _finished(self, ended: Ended) -> Finished:
        """Return a reply with what it can be judged by."""
        calls = [call for call in ended.calls if not call.error]
        return Finished(
            question=self._request.text,
            text=ended.reply,
            sources=tuple(map(_source, ended.cited)),
            done=tuple({"tool": call.tool, "args": call.args, "result": call.result} for call in calls),
        )


def _objection(finished: Finished, found: Sequence[JSON], said: Sequence[str]) -> str:
    """Return why what models said may not be sent; empty where it may."""
    sources, facts = _sources(finished, found), _facts(finished)
    return next(filter(None, (gate.objection(text, sources, facts) for text in said)), "")


def _source(passage: Mapping[str, JSON]) -> str:
    """Return a passage with what is above it in its first line."""
    above = ", ".join(part for part in (passage["title"], passage["heading"]) if part)
    return f"{above}\n{passage['text']}"


def _sources(finished: Finished, found: Sequence[JSON]) -> list[str]:
    """Return every text that a reply may repeat besides what tools gave: what was found, and the customer's words."""
    return [*dict.fromkeys((*finished.sources, *map(_source, found))), finished.question]


def _facts(finished: Finished) -> list[str]:
    """Return what tools gave, and which."""
    return [
        f"{' '.join(_PARTS.split(call['tool']))}: {json.dumps(call['result'], ensure_ascii=False)}"
        for call in finished.done
    ]


def _found(wanted: Sequence[Input], *texts: str) -> dict[str, JSON]:
    """Return the values for inputs that stand in what a customer wrote."""
    words = "\n\n".join(texts)
    found = {entry.name: entities.find(entry, words) for entry in wanted}
    return {name: value for name, value in found.items() if value is not None}

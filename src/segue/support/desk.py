"""Everything the agent works with, each thing that reaches outside as a step of the run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Protocol

from segue.engine.context import idempotency_key
from segue.engine.retry import RetryPolicy
from segue.engine.step import Done, Step, StepCall
from segue.knowledge.document import Hit
from segue.plan.catalogue import Catalogue
from segue.plan.execute import NotTheirs
from segue.plan.plan import CheckStep, EscalateStep, Place, Plan, ReplyStep, SearchStep, Text
from segue.plan.template import render
from segue.support import answer
from segue.support.autonomy import Terms, TermsOf
from segue.support.helpdesk import Helpdesk
from segue.support.interpret import QUESTION, Classifier, Request, Understanding, interpret
from segue.support.outcome import Evidence, Handoff, Outcome
from segue.support.ticket import Ticket, TicketId
from segue.tools.tool import Tool

JSON = Any
PASSAGES = 8
"""That a search gives."""
_BRACES = re.compile(r"[{}]+")
"""No words of a question, but `{{` would be a mark in a template."""
RETRIES = RetryPolicy(max_attempts=3, initial_delay=timedelta(milliseconds=500))
"""For tools that may run again, where the procedure says nothing else."""


_StepOf = Callable[[int | None], Step[[dict[str, JSON], str], JSON]]
"""Gives the step of a tool for so many attempts."""


class Search(Protocol):
    """Finds passages that customers may read."""

    def __call__(self, query: str, *, limit: int) -> list[Hit]:
        """Return the passages nearest to a query, best first."""


PrecedentsOf = Callable[[Ticket], list[Evidence]]
"""Gives the past tickets most like one, as evidence."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The plan for a request, or why there is none."""

    plan: Plan | None = None
    why: str = ""


class Desk:
    """The agent's place of work in one company."""

    def __init__(
        self,
        *,
        classifier: Callable[[], Classifier | None],
        plans: Mapping[str, Plan],
        rejected: Mapping[str, str],
        tools: Mapping[str, Tool],
        search: Search,
        helpdesk: Helpdesk,
        terms: TermsOf,
        precedents: PrecedentsOf | None = None,
    ) -> None:
        """Set the desk up.

        Args:
            classifier: Gives the classifier, made when first asked for; `None` where there is nothing to choose.
            plans: Verified, by topic.
            rejected: Topics whose procedure has findings, with the first of them.
            tools: By name.
            search: Over the articles.
            helpdesk: Where replies go.
            terms: What holds for a topic.
            precedents: Finds past tickets that were like one.
        """
        self._classifier = classifier
        self._plans = plans
        self._rejected = rejected
        self._search_in = search
        self._helpdesk = helpdesk
        self._terms = terms
        self._precedents_of = precedents
        self._tools = tools
        self._made: dict[str, tuple[Tool, _StepOf]] = {}
        self._catalogue: tuple[list[Tool], Catalogue] | None = None
        self.interpret: Step[[Ticket], Understanding] = Step(self._interpret, name="interpret")
        self.terms: Step[[str], Terms] = Step(self._terms_of, name="terms")
        self.plan: Step[[Request], Planned] = Step(self._plan, name="plan")
        self.search: Step[[str, float], JSON] = Step(self._search, name="search")
        self.compose: Step[[str, list[dict[str, JSON]]], answer.Answer | None] = Step(self._compose, name="compose")
        self.precedents: Step[[Ticket], list[Evidence]] = Step(self._precedents, name="precedents")
        self.receive: Step[[Ticket, str], None] = Step(self._receive, name="helpdesk.receive", effect="write")
        self.reply: Step[[TicketId, str, bool], None] = Step(self._reply, name="helpdesk.reply", effect="write")
        self.draft: Step[[TicketId, str, str], None] = Step(self._draft, name="helpdesk.draft", effect="write")
        self.hand_over: Step[[TicketId, Handoff], None] = Step(
            self._hand_over, name="helpdesk.hand_over", effect="write"
        )
        self.close: Step[[TicketId, Outcome], None] = Step(self._close, name="helpdesk.close", effect="write")

    @property
    def catalogue(self) -> Catalogue:
        """The tools that plans may name, as they are now."""
        tools = list(self._tools.values())
        known = self._catalogue
        if (
            known is None
            or len(known[0]) != len(tools)
            or any(a is not b for a, b in zip(known[0], tools, strict=True))
        ):
            known = self._catalogue = (tools, Catalogue.of(tools))
        return known[1]

    def call(self, tool: str, args: dict[str, JSON], customer: str, attempts: int | None) -> StepCall[JSON]:
        """Call a tool for a customer; `customer` is empty unless they are authenticated."""
        now, made = self._tools[tool], self._made.get(tool)
        if made is None or made[0] is not now:
            made = self._made[tool] = (now, _tool_steps(now))
        return made[1](attempts)(args, customer)

    def _interpret(self, ticket: Ticket) -> Understanding:
        return interpret(ticket, self._classifier())

    def _terms_of(self, topic: str) -> Terms:
        return self._terms(topic)

    def _plan(self, request: Request) -> Planned:
        topic = request.topic or QUESTION
        if topic in self._rejected:
            return Planned(why=self._rejected[topic])
        if topic in self._plans:
            return Planned(plan=self._plans[topic])
        return Planned(plan=question_plan(answer.question_in(request.text)))

    def _search(self, query: str, min_match: float) -> JSON:
        hits = [hit for hit in self._search_in(query, limit=PASSAGES) if hit.match >= min_match]
        return {"found": bool(hits), "passages": [asdict(hit) for hit in hits]}

    def _compose(self, question: str, found: list[dict[str, JSON]]) -> answer.Answer | None:
        return answer.compose(answer.question_in(question), [Hit(**passage) for passage in found])

    def _precedents(self, ticket: Ticket) -> list[Evidence]:
        return [] if self._precedents_of is None else self._precedents_of(ticket)

    def _receive(self, ticket: Ticket, run_id: str) -> None:
        self._helpdesk.receive(ticket, run_id=run_id)

    def _reply(self, ticket: TicketId, text: str, is_final: bool) -> None:
        self._helpdesk.reply(ticket, text, key=idempotency_key(), is_final=is_final)

    def _draft(self, ticket: TicketId, text: str, note: str) -> None:
        self._helpdesk.draft(ticket, text, note, key=idempotency_key())

    def _hand_over(self, ticket: TicketId, packet: Handoff) -> None:
        self._helpdesk.hand_over(ticket, packet, key=idempotency_key())

    def _close(self, ticket: TicketId, outcome: Outcome) -> None:
        self._helpdesk.close(ticket, outcome, key=idempotency_key())


def question_plan(question: str) -> Plan:
    """Return the built-in plan for a question: search, then an answer from what was found."""
    nowhere = EscalateStep(id="nowhere", reason=Text(value="no_procedure"), place=Place())
    return Plan(
        topic=QUESTION,
        description="The customer asks something that the articles may answer.",
        steps=(
            SearchStep(id="found", query=Text(value=render((_BRACES.sub(" ", question),)))),
            CheckStep(id="evidence", condition=Text(value="found.found"), otherwise=(nowhere,)),
            ReplyStep(id="answer", answer=(Text(value="found"),)),
        ),
    )


def _tool_steps(tool: Tool) -> _StepOf:
    """Return what gives the step of a tool for so many attempts."""
    made: dict[int | None, Step[[dict[str, JSON], str], JSON]] = {}

    def step(attempts: int | None) -> Step[[dict[str, JSON], str], JSON]:
        if attempts not in made:
            made[attempts] = _tool_step(tool, attempts)
        return made[attempts]

    return step


def _tool_step(tool: Tool, attempts: int | None) -> Step[[dict[str, JSON], str], JSON]:
    async def call(args: dict[str, JSON], customer: str) -> JSON:
        result = await tool.call(args)
        _check_owner(tool, result, customer)
        return result

    async def reconcile(key: str, args: dict[str, JSON], customer: str) -> Any:
        found = await tool.ask_reconcile(key, args)
        return Done(tool.encode(found.result)) if isinstance(found, Done) else found

    policy = RETRIES if attempts is None else RetryPolicy(max_attempts=attempts, initial_delay=RETRIES.initial_delay)
    # an action is attempted again only where it certainly did not happen, which after a crash a reconcile tells
    runs_again = tool.effect != "once" or tool.reconcile is not None or attempts is not None
    return Step(
        call,
        name=tool.name,
        effect=tool.effect,
        timeout=tool.timeout,
        retry=policy if runs_again else None,
        reconcile=reconcile if tool.reconcile is not None else None,
    )


def _check_owner(tool: Tool, result: JSON, customer: str) -> None:
    """Refuse a record that is not the authenticated customer's, before anything of it is kept."""
    if tool.owner is None or result is None:
        return
    owner = result.get(tool.owner) if isinstance(result, dict) else None
    if not customer or str(owner) != customer:
        who = "the customer is not authenticated" if not customer else "it belongs to another customer"
        raise NotTheirs(f"{tool.name}: the record cannot be used, because {who}")


def customer_of(ticket: Ticket) -> str:
    """Return the id that records must belong to; empty unless the customer is authenticated."""
    return ticket.customer.id if ticket.customer.authenticated else ""

"""Everything the agent works with, each thing that reaches outside as a step of the run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Protocol

from segue.engine.context import idempotency_key, now
from segue.engine.step import Step, StepCall
from segue.knowledge.document import Hit
from segue.models.moves.course import Turn
from segue.plan.approval import ApprovalRequest, Decision
from segue.plan.catalogue import Catalogue
from segue.plan.execute import Call, Ended
from segue.plan.plan import Plan
from segue.plan.verify import Policy
from segue.redaction import Personal
from segue.support import answer
from segue.support.autonomy import Terms, TermsOf
from segue.support.brain import Answer, Brain, Choice, Finished, Planned, Verdict
from segue.support.helpdesk import Helpdesk
from segue.support.interpret import Request, Understanding
from segue.support.moves import NOT_KNOWN_YET, Foreseen, NotKnownYet, Practice
from segue.support.outcome import Evidence, Handoff, Outcome
from segue.support.past_answers import PastAnswer, PastAnswers, Recalled
from segue.support.precedents import Precedents
from segue.support.records import Records
from segue.support.ticket import Ticket, TicketId
from segue.support.toolstep import RETRIES, Toolbelt, retry
from segue.tools.tool import Tool

logger = logging.getLogger(__name__)

JSON = Any
PASSAGES = 8
"""That a search gives."""


class Search(Protocol):
    """Finds passages that customers may read."""

    def __call__(self, query: str, *, limit: int, like: Sequence[tuple[str, float]]) -> list[Hit]:
        """Return the passages nearest to a query, best first; `like` are texts that say what they may say."""


class Desk:
    """The agent's place of work in one company."""

    def __init__(
        self,
        *,
        brain: Brain,
        tools: Mapping[str, Tool],
        search: Search,
        helpdesk: Helpdesk,
        terms: TermsOf,
        policy: Policy | None = None,
        records: Records | None = None,
        precedents: Callable[[], Precedents | None] = lambda: None,
        past_answers: Callable[[], PastAnswers | None] = lambda: None,
        practice: Callable[[], Practice | NotKnownYet | None] = lambda: None,
    ) -> None:
        """Set the desk up.

        Args:
            brain: Does what takes thought.
            tools: By name.
            search: Over the articles.
            helpdesk: Where replies go.
            terms: What holds for a topic.
            policy: What a plan may rely on that takes the place of one that failed.
            records: Keeps what people decide; without them only the run's journal does.
            precedents: Gives the past tickets, read when first asked for; `None` where they cannot be compared.
            past_answers: Gives those that were answered with words alone, in the same way.
            practice: Gives what people do in conversations, as far as it is known by now; `None` where nobody knows.
        """
        self._brain = brain
        self._search_in = search
        self._helpdesk = helpdesk
        self._terms = terms
        self._precedents_of = precedents
        self._past_answers_of = past_answers
        self._practice = practice
        self._tools = Toolbelt(tools)
        self._records = records
        self.policy = policy or Policy()
        self._model_steps: dict[int | None, Step[[str, JSON, dict[str, JSON], Personal], Answer]] = {}
        self.interpret: Step[[Ticket], Understanding] = Step(brain.interpret, name="interpret")
        self.foresee: Step[[list[Turn]], Foreseen | NotKnownYet | None] = Step(self._foresee, name="foresee")
        self.terms: Step[[str], Terms] = Step(self._terms_of, name="terms", is_counted=False)
        self.plan: Step[[Request, Personal], Planned] = Step(brain.plan, name="plan")
        self.search: Step[[str, float, list[PastAnswer]], JSON] = Step(self._search, name="search")
        self.compose: Step[[str, list[dict[str, JSON]], str, list[PastAnswer], Personal], answer.Answer] = Step(
            brain.compose, name="compose"
        )
        self.replan: Step[[str, Plan, Ended, Personal], Planned] = Step(brain.replan, name="replan", retry=RETRIES)
        self.choose: Step[[str, str, list[Choice], Personal], Answer] = Step(brain.choose, name="choose", retry=RETRIES)
        self.judge: Step[[Finished, Personal], Verdict] = Step(brain.judge, name="judge")
        self.precedents: Step[[Ticket], list[Evidence]] = Step(self._precedents, name="precedents", is_counted=False)
        self.past_answers: Step[[str], Recalled] = Step(self._recall, name="past_answers", is_counted=False)
        self.receive: Step[[Ticket, str], None] = Step(
            self._receive, name="helpdesk.receive", effect="write", is_counted=False
        )
        self.reply: Step[[TicketId, str, bool], None] = Step(
            self._reply, name="helpdesk.reply", effect="write", is_counted=False
        )
        self.draft: Step[[TicketId, str, str], None] = Step(
            self._draft, name="helpdesk.draft", effect="write", is_counted=False
        )
        self.hand_over: Step[[TicketId, Handoff], None] = Step(
            self._hand_over, name="helpdesk.hand_over", effect="write", is_counted=False
        )
        self.close: Step[[TicketId, Outcome], None] = Step(
            self._close, name="helpdesk.close", effect="write", is_counted=False
        )
        self.ask_approval: Step[[TicketId, ApprovalRequest], None] = Step(
            self._ask_approval, name="approval.request", effect="write"
        )
        self.refuse_approval: Step[[TicketId, ApprovalRequest, Decision, str], None] = Step(
            self._refuse_approval, name="approval.refuse", effect="write"
        )
        self.record_approval: Step[[ApprovalRequest, Decision], None] = Step(
            self._record_approval, name="approval.record", effect="write", is_counted=False
        )
        self.turn: Step[[str], float] = Step(self._turn, name="turn", is_counted=False)

    @property
    def catalogue(self) -> Catalogue:
        """The tools that plans may name, as they are now."""
        return self._tools.catalogue

    def call(self, call: Call, customer: str, attempts: int | None) -> StepCall[JSON]:
        """Call a tool for a customer; `customer` is empty unless they are authenticated."""
        return self._tools.of(call.tool).of(attempts)(call.args, customer, call.origins)

    def is_paced(self, tool: str) -> bool:
        """Say whether calls of a tool wait for their turn."""
        return self._tools.of(tool).pace is not None

    def _turn(self, tool: str) -> float:
        """Return the seconds until a call of a tool may begin."""
        pace = self._tools.of(tool).pace
        return 0.0 if pace is None else pace.turn(now()).total_seconds()

    def ask_model(
        self, task: str, given: JSON, output: Mapping[str, JSON], personal: Personal, attempts: int | None
    ) -> StepCall[Answer]:
        """Ask the language model."""
        if attempts not in self._model_steps:
            self._model_steps[attempts] = Step(self._brain.solve, name="model", retry=retry(attempts))
        return self._model_steps[attempts](task, given, dict(output), personal)

    def _foresee(self, course: list[Turn]) -> Foreseen | NotKnownYet | None:
        practice = self._practice()
        return practice if practice is None or practice == NOT_KNOWN_YET else practice.foresee(course)

    def _terms_of(self, topic: str) -> Terms:
        """Return what holds for a topic, and what whoever thinks here can do: both stay as they are for a run."""
        return replace(self._terms(topic), replans=self._brain.replans, is_judged=self._brain.is_judging)

    def _search(self, query: str, min_match: float, answers: list[PastAnswer]) -> JSON:
        like = [(each.text, each.weight) for each in answers]
        hits = [hit for hit in self._search_in(query, limit=PASSAGES, like=like) if hit.match >= min_match]
        return {"found": bool(hits), "passages": [asdict(hit) for hit in hits]}

    def _precedents(self, ticket: Ticket) -> list[Evidence]:
        precedents = self._precedents_of()
        return [] if precedents is None else precedents.like(ticket)

    def _recall(self, question: str) -> Recalled:
        known = self._past_answers_of()
        return None if known is None else known.to(question, now())

    def _receive(self, ticket: Ticket, run_id: str) -> None:
        self._helpdesk.receive(ticket, run_id=run_id)

    def _reply(self, ticket: TicketId, text: str, is_final: bool) -> None:
        self._helpdesk.reply(ticket, text, key=idempotency_key(), is_final=is_final)

    def _draft(self, ticket: TicketId, text: str, note: str) -> None:
        self._helpdesk.draft(ticket, text, note, key=idempotency_key())

    def _ask_approval(self, ticket: TicketId, request: ApprovalRequest) -> None:
        note = f"A person must approve {request.call()}: {request.why}."
        named = f'{{"approved": true, "by": "YOU", "request": "{request.id}"}}'
        how = f"segue signal {ticket} approval '{named}', or, for the one that is open: … approval, … approval false"
        self._helpdesk.draft(ticket, "", "\n".join([note, *request.sources(), how]), key=idempotency_key())

    def _refuse_approval(self, ticket: TicketId, request: ApprovalRequest, decision: Decision, why: str) -> None:
        who = f"by {decision.by}" if decision.by else "that came"
        told = f"The decision {who} about {request.call()} does not count: {why}."
        logger.warning("%s: %s", request.run, told)
        self._helpdesk.draft(ticket, "", told, key=idempotency_key())

    async def _record_approval(self, request: ApprovalRequest, decision: Decision) -> None:
        if self._records is not None:
            await self._records.approval(request, decision, key=idempotency_key())

    def _hand_over(self, ticket: TicketId, packet: Handoff) -> None:
        self._helpdesk.hand_over(ticket, packet, key=idempotency_key())

    def _close(self, ticket: TicketId, outcome: Outcome) -> None:
        self._helpdesk.close(ticket, outcome, key=idempotency_key())


def customer_of(ticket: Ticket) -> str:
    """Return the id that records must belong to; empty unless the customer is authenticated."""
    return ticket.customer.id if ticket.customer.authenticated else ""

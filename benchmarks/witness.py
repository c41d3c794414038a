"""A company at work, seen from outside: what reaches its tools is written down there, and nowhere else.

The agent is the real one: its desk and workflow on a real engine, whose journal is in memory and whose waiting takes no
time. Nothing of what it says about itself is believed: a call counts when the tool's own runner is asked to make it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from segue.backtest.replay import Answer, CaseClock, Said, play
from segue.engine.engine import Engine
from segue.engine.journal import Entry
from segue.knowledge.document import Hit
from segue.plan.plan import Plan
from segue.plan.verify import Policy
from segue.support import progress, resolve
from segue.support.asking import ModelBrain, Models
from segue.support.autonomy import Terms
from segue.support.brain import Chooser
from segue.support.cases import NoHelpdesk
from segue.support.conversation import APPROVAL, MESSAGE
from segue.support.desk import Desk
from segue.support.local import LocalBrain
from segue.support.outcome import Resolution
from segue.support.ticket import Ticket, TicketId, parse_ticket
from segue.tools.runner import Runner
from segue.tools.tool import Tool

AT = datetime(2026, 5, 20, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """A call that reached a tool."""

    tool: str
    args: dict[str, Any]
    effect: str


@dataclass(frozen=True)
class Witness:
    """Stands before a tool's runner and writes down what it is asked to do."""

    tool: Tool
    runner: Runner
    made: list[Made]

    async def run(self, values: Mapping[str, Any]) -> Any:
        """Write a call down, then make it."""
        self.made.append(Made(self.tool.name, dict(values), self.tool.effect))
        return await self.runner.run(values)


@dataclass
class Told(NoHelpdesk):
    """A helpdesk that remembers what customers were told."""

    replies: list[tuple[str, str]] = field(default_factory=list)
    """Ticket and text."""

    def reply(self, ticket: TicketId, text: str, *, key: str, is_final: bool) -> None:
        """Remember a message."""
        self.replies.append((ticket, text))


@dataclass(frozen=True)
class Sure:
    """A classifier whose mind is made up."""

    topic: str | None

    def classify(self, texts: Sequence[str]) -> list[list[tuple[str | None, float]]]:
        """Return the one topic for every text."""
        return [[(self.topic, 1.0)] for _ in texts]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What became of a ticket."""

    resolution: Resolution
    made: tuple[Made, ...]
    """Every call that reached a tool, in order; one that was tried again stands there again."""
    replies: tuple[tuple[str, str], ...]
    entries: tuple[Entry, ...]

    @property
    def acts(self) -> tuple[Made, ...]:
        """The calls that may have changed something."""
        return tuple(made for made in self.made if made.effect != "read")


@dataclass(frozen=True, kw_only=True)
class Company:
    """What an agent works with."""

    plans: Mapping[str, Plan]
    tools: Sequence[Tool]
    hits: Sequence[Hit] = ()
    """What every search finds."""
    models: Models | None = None
    """Language models, in every stage for which they say that they are there."""
    chooser: Chooser | None = None
    policy: Policy = field(default_factory=Policy)

    async def resolve(self, ticket: Ticket, topic: str | None, say: Answer) -> Ran:
        """Give a ticket, understood as one of a topic, to the agent, and let it come to its end.

        Args:
            ticket: The ticket.
            topic: What it is taken to be about.
            say: What people say to a run that waits.
        """
        made: list[Made] = []
        helpdesk, clock = Told(), CaseClock()
        workflow = resolve.workflow_at(self._desk(topic, made, helpdesk))
        async with Engine("sqlite:///:memory:", workflows=[workflow], clock=clock) as engine:
            run_id = f"ticket-{ticket.id}"
            entries = await play(engine, clock, workflow, ticket, run_id=run_id, at=AT, say=say)
            info = await engine.run(run_id)
        effects = {tool.name: tool.effect for tool in self.tools}
        resolution = progress.so_far(info, entries, effects)
        return Ran(resolution=resolution, made=tuple(made), replies=tuple(helpdesk.replies), entries=tuple(entries))

    def _desk(self, topic: str | None, made: list[Made], helpdesk: Told) -> Desk:
        watched = {tool.name: replace(tool, runner=Witness(tool, tool.runner, made)) for tool in self.tools}
        local = LocalBrain(classifier=lambda: Sure(topic), plans=self.plans, rejected={}, chooser=self.chooser)
        by_models = self.models and ModelBrain(self.models, local, tools=watched, policy=self.policy)
        return Desk(
            brain=by_models or local,
            tools=watched,
            search=lambda query, *, limit, like: list(self.hits[:limit]),
            helpdesk=helpdesk,
            terms=lambda _: TERMS,
            policy=self.policy,
        )


TERMS = Terms(
    level="auto",
    threshold=0.0,
    min_match=0.0,
    ask_timeout=timedelta(days=3),
    ask_reminder=timedelta(days=1),
    approval_timeout=timedelta(days=2),
)
"""Never unsure: nothing but the plan keeps the agent from acting."""


def people(*answers: str, approves: bool | None = None) -> Answer:
    """Return what people say: the customer these answers in turn, and somebody the same to every approval.

    Args:
        answers: The customer's.
        approves: What is said to an approval; `None`: nothing, so that it times out.
    """
    left = list(answers)

    def say(waiting_for: frozenset[str]) -> Said | None:
        if f"signal {APPROVAL}" in waiting_for:
            return None if approves is None else Said(APPROVAL, approves)
        if f"signal {MESSAGE}" in waiting_for and left:
            return Said(MESSAGE, left.pop(0))
        return None

    return say


def ticket(text: str, *, customer: Mapping[str, Any], subject: str = "", name: str = "t-1") -> Ticket:
    """Return a ticket of a customer with one message."""
    message = {"role": "customer", "text": text}
    return parse_ticket({"id": name, "subject": subject, "customer": dict(customer), "messages": [message]}, AT)

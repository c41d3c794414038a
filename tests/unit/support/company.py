"""A small company at work, for tests: real engine, helpdesk and library on files, and a clock that tests move."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

from segue import Budget, Done, Engine, Free, NotDone, Trusted, idempotency_key, tool
from segue.engine.journal import ENDED, Entry
from segue.engine.workflow import Workflow
from segue.errors import PermanentError, RunNotFound
from segue.knowledge.ingest import ingest
from segue.knowledge.library import Library
from segue.plan.catalogue import Catalogue
from segue.plan.execute import Ended
from segue.plan.plan import Plan
from segue.plan.procedure import parse
from segue.plan.verify import verify
from segue.redaction import Personal
from segue.support import intake, progress, resolve
from segue.support.asking import ModelBrain, Models
from segue.support.autonomy import Level, Terms
from segue.support.brain import Answer, Brain, Choice, Chooser, Planned
from segue.support.desk import Desk
from segue.support.helpdesks.local import LocalHelpdesk, Post
from segue.support.local import LocalBrain
from segue.support.moves import NotKnownYet, Practice
from segue.support.outcome import Resolution
from segue.support.past_answers import PastAnswers
from segue.support.records import Chain, Records
from segue.support.ticket import Ticket, TicketId, parse_ticket
from segue.support.usage import Usage
from segue.tools import Registry, registry
from segue.tools.tool import Tool
from tests.conftest import FakeClock, settle

F = TypeVar("F", bound=Callable[..., Any])

SOON = timedelta(minutes=1)
"""Timers of repeated attempts ring within it; those of people do not."""


@dataclass
class Certain:
    """A classifier whose mind is made up, but for texts that hold one of its words."""

    topic: str | None
    confidence: float = 1.0
    words: Mapping[str, tuple[str | None, float]] = field(default_factory=dict)

    def classify(self, texts: Sequence[str]) -> list[list[tuple[str | None, float]]]:
        return [[self._one(text)] for text in texts]

    def _one(self, text: str) -> tuple[str | None, float]:
        said = (found for word, found in self.words.items() if word in text)
        return next(said, (self.topic, self.confidence))


class Scripted:
    """A model that answers what it is told to, in order; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Any] = []

    async def answer(self, task: str, given: Any, output: Mapping[str, Any]) -> Answer:
        self.asked.append((task, given))
        return self._next()

    async def choose(self, text: str, options: Sequence[Choice]) -> Answer:
        self.asked.append((text, [option.name for option in options]))
        return self._next()

    def _next(self) -> Answer:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        asked = Usage(task="step", model="scripted:one", cost_usd=Decimal("0.01"))
        return Answer(value=answer, asked=(asked,), cost_usd=asked.cost_usd)


class Replanner(Protocol):
    """Makes another plan where one has failed."""

    async def replan(self, asked: str, plan: Plan, ended: Ended) -> Plan | None:
        """Return it; `None` for none."""


class Staffed(LocalBrain):
    """The local brain with somebody beside it who answers for models."""

    model: Scripted | None
    replanner: Replanner | None

    async def solve(self, task: str, given: Any, output: dict[str, Any], personal: Personal) -> Answer:  # type: ignore[override]
        if self.model is None:
            return super().solve(task, given, output, personal)
        return await self.model.answer(task, given, output)

    async def choose(self, by: str, text: str, options: list[Choice], personal: Personal) -> Answer:  # type: ignore[override]
        if self.model is None or by != "model":
            return super().choose(by, text, options, personal)
        return await self.model.choose(text, options)

    async def replan(self, asked: str, plan: Plan, ended: Ended, personal: Personal) -> Planned:  # type: ignore[override]
        return Planned(plan=await self.replanner.replan(asked, plan, ended) if self.replanner else None)


class Office:
    """Procedures, tools, articles and a helpdesk; `async with` it to let the engine drive."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder = folder
        self.clock = clock
        self.tools = Registry()
        self.plans: dict[str, Plan] = {}
        self.rejected: dict[str, str] = {}
        self.classifier: Certain | None = None
        self.practice: Practice | NotKnownYet | None = None
        self.past_answers: PastAnswers | None = None
        self.chooser: Chooser | None = None
        self.model: Scripted | None = None
        self.replanner: Replanner | None = None
        self.patience = timedelta(seconds=60)
        self.models: Models | None = None
        """Language models, as `segue.toml` would name them."""
        self.records: Records = Chain(self.reader)
        self.budget: Budget | None = None
        self.levels: dict[str, Level] = {}
        self.threshold = 0.7
        self.min_match = 0.3
        self.database = folder / ".segue" / "segue.db"
        self.helpdesk = LocalHelpdesk(self.database, now=clock.now)
        self.library = Library(self.database, folder / ".segue" / "index")
        self._engine: Engine | None = None
        self._workflow: Workflow[[Ticket], Resolution]
        self._inventory: tuple[str, ...] | None = None
        """What the workflow was made for."""

    # What the company has

    def tool(self, name: str, **how: Any) -> Callable[[F], F]:
        """Declare a tool of this company."""

        def declare(fn: F) -> F:
            with registry.use(self.tools):
                return tool(name, **how)(fn)

        return declare

    def procedure(self, source: str) -> None:
        """Take in a procedure, which must be without a finding; a ticket is taken to be about the first one."""
        plan, findings = parse(source, "procedures/p.yaml")
        findings = findings or (verify(plan, Catalogue.of(self.tools)) if plan else [])
        assert plan is not None, findings
        assert not findings
        self.plans[plan.topic] = plan
        self.classifier = self.classifier or Certain(plan.topic)

    def articles(self, texts: Mapping[str, str]) -> None:
        """Write articles, by path, and read them."""
        for name, text in texts.items():
            path = self.folder / "knowledge" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        ingest(self.folder / "knowledge", self.library, now=datetime.now(UTC))

    def terms(self, topic: str) -> Terms:
        return Terms(
            level=self.levels.get(topic, "auto"),
            threshold=self.threshold,
            min_match=self.min_match,
            ask_timeout=timedelta(days=3),
            ask_reminder=timedelta(days=1),
            approval_timeout=timedelta(days=2),
        )

    # Work

    async def __aenter__(self) -> Self:
        self._engine = await self.engine_of_its_own(drive=True).__aenter__()
        return self

    @property
    def workflow(self) -> Workflow[[Ticket], Resolution]:
        """What resolves tickets here."""
        inventory = (*self.plans, *(each.name for each in self.tools))
        if self._inventory != inventory:
            self._inventory, self._workflow = inventory, resolve.workflow_at(self._desk())
        return self._workflow

    def changed(self) -> None:
        """Let the agent begin anew with what the office has now."""
        self._inventory = None

    def engine_of_its_own(self, drive: bool) -> Engine:
        """Return an engine on the office's database, not entered."""
        return Engine(f"sqlite:///{self.database}", drive=drive, clock=self.clock, workflows=[self.workflow])

    def reader(self) -> Engine:
        """Return an engine that reads and records, not entered."""
        return Engine(f"sqlite:///{self.database}", drive=False, clock=self.clock)

    def _desk(self) -> Desk:
        return Desk(
            brain=self.brain(),
            tools=self._by_name(),
            search=lambda query, *, limit, like: self.library.search(query, limit=limit, like=like, audience="public"),
            helpdesk=self.helpdesk,
            terms=self.terms,
            practice=lambda: self.practice,
            past_answers=lambda: self.past_answers,
            records=self.records,
        )

    def brain(self) -> Brain:
        """Return what thinks here: the local brain, in which a test's people stand in for models."""
        local = Staffed if self.model or self.replanner else LocalBrain
        made = local(classifier=lambda: self.classifier, plans=self.plans, rejected=self.rejected, chooser=self.chooser)
        if isinstance(made, Staffed):
            made.model, made.replanner = self.model, self.replanner
            made.replans = 2 if self.replanner else 0
        if self.models is None:
            return made
        return ModelBrain(self.models, made, tools=self._by_name(), timeout=self.patience)

    def _by_name(self) -> dict[str, Tool]:
        return {each.name: each for each in self.tools}

    async def __aexit__(self, *error: object) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.__aexit__(None, None, None)

    @property
    def engine(self) -> Engine:
        assert self._engine is not None, "use the office inside `async with`"
        return self._engine

    async def open(self, ticket: Ticket) -> str:
        """Give a ticket to its run; return the run's id."""
        return await intake.take(self.engine, self.workflow, ticket, budget=self.budget)

    async def resolve(self, ticket: Ticket) -> Resolution:
        """Give a ticket to its run and let it go on as far as nobody else is needed."""
        return await self.rest(await self.open(ticket))

    async def rest(self, run_id: str = "ticket-t-1") -> Resolution:
        """Let a run go on until it has ended or waits for somebody; timers of attempts ring meanwhile."""
        while True:
            await settle()
            await self.engine.settled(run_id)
            info = await self.engine.run(run_id)
            left = None if info.wake_at is None else info.wake_at - self.clock.now()
            if info.status in ENDED or left is None or left > SOON:
                effects = {each.name: each.effect for each in self.tools}
                return progress.so_far(info, await self.engine.entries(run_id), effects)
            await self.clock.advance(max(left, timedelta(milliseconds=1)))

    async def signal(self, name: str, value: Any = None, *, run_id: str = "ticket-t-1") -> Resolution:
        """Send a message into a run and let it go on."""
        await self.engine.signal(run_id, name, value)
        return await self.rest(run_id)

    async def wait(self, time: timedelta, *, run_id: str = "ticket-t-1") -> Resolution:
        """Let time pass, and the run go on."""
        await self.clock.advance(time)
        return await self.rest(run_id)

    # What can be seen afterwards

    async def entries(self, run_id: str = "ticket-t-1") -> list[Entry]:
        with suppress(RunNotFound):
            return await self.engine.entries(run_id)
        return []

    def posts(self, *kinds: str) -> list[Post]:
        """Return what was written on ticket t-1."""
        return [post for post in self.helpdesk.posts(TicketId("t-1")) if not kinds or post.kind in kinds]

    def said(self) -> list[str]:
        """Return what the customer of ticket t-1 was told and asked."""
        return [post.text for post in self.posts("reply", "question")]

    def close(self) -> None:
        self.library.close()
        self.helpdesk.shut()


def ticket(*texts: str, id: str = "t-1", subject: str = "", customer: str = "c-1", known: bool = True) -> Ticket:  # noqa: A002
    """Return a ticket; its customer is authenticated unless said otherwise."""
    return parse_ticket(
        {
            "id": id,
            "subject": subject,
            "customer": {"id": customer, "authenticated": known},
            "messages": [{"role": "customer", "text": text} for text in texts or ("hello",)],
        },
        datetime(2026, 1, 1, tzinfo=UTC),
    )


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the shop knows of an order."""

    id: str
    customer_id: str
    total: Decimal
    status: str = "delivered"
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the shop says when money was paid back."""

    amount: Decimal


class Shop:
    """The world outside, which outlives engines: orders, and all that was done about them, by idempotency key."""

    def __init__(self) -> None:
        self.orders = {
            "100001": Order(id="100001", customer_id="c-1", total=Decimal("40.10")),
            "100002": Order(id="100002", customer_id="c-1", total=Decimal("250.00")),
            "200001": Order(id="200001", customer_id="c-2", total=Decimal("61.77"), note="a secret of c-2"),
        }
        self.done: list[tuple[str, ...]] = []
        """(key, what, about what), each as often as it happened."""

    def serve(self, office: Office) -> None:
        """Give an office the shop's tools."""

        def find_refund(key: str, order_id: str, amount: Decimal) -> Done[Receipt] | NotDone:
            known = any(key == act[0] for act in self.done)
            return Done(Receipt(amount=amount)) if known else NotDone()

        @office.tool("orders.lookup", effect="read", owner="customer_id")
        def lookup(order_id: Free[str]) -> Order:
            if order_id not in self.orders:
                raise PermanentError(f"there is no order {order_id}")
            return self.orders[order_id]

        @office.tool("orders.mark", effect="write", requires=["identity_verified"])
        def mark(order_id: Trusted[str], note: Free[str] = "") -> str:
            key = idempotency_key()
            if all(key != act[0] for act in self.done):  # it may be repeated, because the shop sees that it is
                self.done.append((key, "mark", order_id, note))
            return "marked"

        @office.tool("payments.refund", effect="once", requires=["identity_verified"], reconcile=find_refund)
        def refund(order_id: Trusted[str], amount: Trusted[Decimal]) -> Receipt:
            self.done.append((idempotency_key(), "refund", order_id, str(amount)))
            return Receipt(amount=amount)

    def acts(self) -> list[tuple[str, ...]]:
        """Return what was done, without the keys."""
        return [act[1:] for act in self.done]

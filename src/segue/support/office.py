"""What may be asked of the agent from outside, whoever asks: tickets, runs, what waits for people, articles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from segue.engine.budget import Budget
from segue.engine.engine import Engine
from segue.engine.journal import Entry, RunInfo
from segue.engine.workflow import Workflow
from segue.errors import RunNotFound, UsageError
from segue.knowledge.document import Article, Hit
from segue.knowledge.library import Library
from segue.plan.approval import ApprovalRequest, Decision, refusal
from segue.support import intake, progress, resolve
from segue.support.batch import Work
from segue.support.conversation import APPROVAL
from segue.support.outcome import Action, Handoff, Resolution
from segue.support.ticket import Ticket, TicketId

LOOKED_AT = 2_000
"""Latest runs among which the queue is looked for."""
LOOK_EVERY_S = 0.02
"""How often to see whether a message was taken."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A run that waits for a person."""

    run_id: str
    ticket_id: TicketId
    kind: Literal["approval", "escalation"]
    topic: str | None
    since: datetime
    """When it ended, or began to wait. UTC."""
    asks: str
    """What is to be decided or dealt with, in a line."""
    handoff: Handoff | None = None
    """Of an escalation: everything a person needs to go on."""
    actions: tuple[Action, ...] = ()
    """What was done for the customer by then, failures included."""
    confidence: float = 0.0
    """Calibrated probability that acting is right, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """A run, and what became of its ticket so far."""

    info: RunInfo
    resolution: Resolution | None
    """`None` for a run of another workflow, and for one that was erased."""
    entries: Sequence[Entry]


class Office:
    """The agent with its doors open, beside a process that drives or as the one that does."""

    def __init__(
        self,
        *,
        work: Work,
        workflow: Workflow[[Ticket], Resolution],
        effects: Callable[[], Mapping[str, str]],
        library: Library,
        budget: Budget | None = None,
    ) -> None:
        """Open the doors.

        Args:
            work: The engine.
            workflow: What resolves a ticket.
            effects: Gives the effect of each tool, by name.
            library: The articles.
            budget: What the run of each ticket may use up.
        """
        self._work = work
        self._workflow = workflow
        self._effects = effects
        self._library = library
        self._budget = budget

    async def resolve(self, ticket: Ticket, *, patience: timedelta) -> Resolution:
        """Give a ticket to its run and return what became of it, at the latest after so long.

        Raises:
            StoreError: It could not be written.
        """
        run_id = await intake.take(self._work.engine, self._workflow, ticket, budget=self._budget)
        await self._settled(run_id, patience)
        return await self._so_far(run_id, ticket.id)

    def search(self, query: str, *, limit: int) -> list[Hit]:
        """Return passages that customers may read, best first."""
        return self._library.find(query, limit=limit, audience="public")

    def articles(self) -> list[Article]:
        """Return the articles that customers may read, by path."""
        known = self._library.documents.articles(datetime.now(UTC))
        return [article for article in known if article.audience == "public"]

    def article(self, path: str) -> str | None:
        """Return the text of such an article as it was read; `None` where there is none of this path."""
        found = next((article for article in self.articles() if article.path == path), None)
        return None if found is None else self._library.documents.text(path)

    async def run(self, name: str) -> Known:
        """Return a run by its id, or by that of its ticket.

        Raises:
            RunNotFound: There is neither.
        """
        engine = self._work.engine
        run_id = await intake.latest(engine, name)
        return await self._known(engine, run_id)

    async def queue(self, limit: int) -> list[Waiting]:
        """Return the tickets that wait for a person, the newest first."""
        engine = self._work.engine
        runs = await engine.runs(workflow=resolve.NAME, limit=LOOKED_AT)
        looked_at = [await self._waiting(engine, info) for info in runs if info.original is None]
        found = [waiting for waiting in looked_at if waiting is not None]
        return sorted(found, key=lambda waiting: waiting.since, reverse=True)[:limit]

    async def decide(self, name: str, decision: Decision, *, patience: timedelta) -> Resolution:
        """Tell a run what a person has decided, and return what became of it, at the latest after so long.

        Raises:
            RunNotFound: There is no such run.
            UsageError: It waits for no approval, or whoever decides may not.
        """
        engine = self._work.engine
        run_id = await intake.latest(engine, name)
        known = await self._known(engine, run_id)
        if not _awaits_approval(known.info):
            raise UsageError(f"run {run_id} waits for no approval now; list_queue shows those that do")
        _check_person(decision, known.entries)
        await engine.signal(run_id, APPROVAL, decision.model_dump(mode="json"))
        await self._taken(run_id, len(known.entries), patience)
        return await self._so_far(run_id, TicketId(""))

    async def _taken(self, run_id: str, entries: int, patience: timedelta) -> None:
        """Wait until a run has taken what it was told, whoever drives it, and has come to rest again."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience.total_seconds()
        while loop.time() < until:
            if len(await self._work.engine.entries(run_id)) > entries:
                await self._settled(run_id, timedelta(seconds=max(0.0, until - loop.time())))
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def _settled(self, run_id: str, patience: timedelta) -> None:
        with suppress(TimeoutError, RunNotFound):  # of one that is only asked for, nothing is known yet
            async with asyncio.timeout(patience.total_seconds()):
                await self._work.settled(run_id)

    async def _so_far(self, run_id: str, ticket: TicketId) -> Resolution:
        try:
            found = (await self._known(self._work.engine, run_id)).resolution
        except RunNotFound:
            found = None
        return found or Resolution(ticket_id=ticket, run_id=run_id, topic=None, outcome="running")

    async def _known(self, engine: Engine, run_id: str, *, is_brief: bool = False) -> Known:
        info = await engine.run(run_id)
        last = await engine.last_entry(run_id) if is_brief and info.status == "completed" else None
        is_told = last is not None and "result" in (last.payload or {})  # the last entry says it all
        entries = [last] if last is not None and is_told else await engine.entries(run_id)
        is_erased = bool(entries) and all(entry.payload is None for entry in entries)
        if info.workflow != resolve.NAME or is_erased:
            return Known(info=info, resolution=None, entries=entries)
        return Known(info=info, resolution=progress.so_far(info, entries, self._effects()), entries=entries)

    async def _waiting(self, engine: Engine, info: RunInfo) -> Waiting | None:
        is_asking = _awaits_approval(info)
        if not is_asking and info.status in ("running", "waiting"):
            return None
        known = await self._known(engine, info.run_id, is_brief=True)
        found = known.resolution
        if found is None or not (is_asking or found.outcome in ("escalated", "failed")):
            return None
        return Waiting(
            run_id=info.run_id,
            ticket_id=found.ticket_id,
            kind="approval" if is_asking else "escalation",
            topic=found.topic,
            since=info.ended_at or (known.entries[-1].at if known.entries else info.started_at),
            asks=_asked(known.entries) if is_asking else _ask_of(found),
            handoff=found.handoff,
            actions=found.actions,
            confidence=found.confidence,
        )


def _awaits_approval(info: RunInfo) -> bool:
    return f"signal {APPROVAL}" in info.waiting_for


def _asked(entries: Sequence[Entry]) -> str:
    """Return what a run asks a person to approve."""
    found = _request(entries)
    return "an action" if found is None else f"A person must approve {found.call()}: {found.why}."


def _request(entries: Sequence[Entry]) -> ApprovalRequest | None:
    """Return the latest request for an approval of a run."""
    for entry in reversed(entries):
        args: Any = (entry.payload or {}).get("args")
        if entry.name == "approval.request" and isinstance(args, list) and len(args) == 2:
            return ApprovalRequest(**{**args[1], "origins": {}})
    return None


def _ask_of(found: Resolution) -> str:
    return found.handoff.ask if found.handoff is not None else f"{found.outcome}: {found.reason}"


def _check_person(decision: Decision, entries: Sequence[Entry]) -> None:
    """Refuse whoever proposed the action, or would profit from it."""
    if not decision.by.strip():
        raise UsageError("say who decides: by = the name of a person")
    open_ = _request(entries)
    args: Any = (entries[0].payload or {}).get("args") if entries else None
    ticket = args[0] if isinstance(args, list) and args and isinstance(args[0], dict) else {}
    customer = ticket.get("customer") or {}
    who = [str(customer.get(field) or "") for field in ("id", "email", "name")]
    why = "" if open_ is None else refusal(decision, open_, *who)
    if why:
        raise UsageError(f"{decision.by} cannot decide here: {why}")

"""A workspace's files become a desk, an engine, a library."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from segue import settings as settings_
from segue.engine.budget import Budget
from segue.engine.engine import Engine
from segue.engine.workflow import Workflow
from segue.errors import Finding, WorkspaceError
from segue.knowledge import ingest as ingesting
from segue.knowledge.library import Library
from segue.knowledge.vectors import Encoder
from segue.models import encoder as encoders
from segue.models.language import language_of
from segue.models.routing import Routing
from segue.plan import procedure
from segue.plan.plan import Plan
from segue.plan.verify import Policy
from segue.settings import servers as remote
from segue.support import resolve
from segue.support.autonomy import Terms
from segue.support.batch import Work
from segue.support.brain import Brain, Choice
from segue.support.desk import Desk
from segue.support.helpdesks.local import LocalHelpdesk
from segue.support.live import Live
from segue.support.local import LocalBrain
from segue.support.office import Office
from segue.support.outcome import Resolution
from segue.support.records import Chain
from segue.support.rehearsal import Rehearsal
from segue.support.ticket import Ticket
from segue.support.workspace import Workspace
from segue.tools import python
from segue.tools.registry import Registry
from segue.tools.toolbox import Collection, Toolbox
from segue.wiring import elsewhere
from segue.wiring.experience import Experience
from segue.wiring.models import routing
from segue.wiring.procedures import Checked, checked, policy

if TYPE_CHECKING:
    from segue.tools.mcp.oauth import Authorize
    from segue.tools.mcp.servers import Offered, Servers
    from segue.tools.openapi.services import Services

PEOPLE_TAKE = timedelta(minutes=10)
"""How long a login may take."""


class House:
    """A workspace with everything in it, each part opened when it is first needed."""

    def __init__(self, workspace: Workspace) -> None:
        """Read the workspace's settings.

        Raises:
            WorkspaceError: `segue.toml` has an error.
        """
        self.workspace = workspace
        self._checking = threading.Lock()
        self._checked: tuple[Collection, Checked] | None = None
        self.settings, self._setting_findings = settings_.load(workspace.settings, os.environ)
        errors = [finding for finding in self._setting_findings if finding.severity == "error"]
        if errors:
            raise WorkspaceError(errors)

    @property
    def database(self) -> Path:
        """The file in which everything is recorded."""
        return self.workspace.root / self.settings.segue.path

    @property
    def url(self) -> str:
        """The same for an engine."""
        return f"sqlite:///{self.database}"

    @property
    def policy(self) -> Policy:
        """What plans may rely on."""
        return policy(self.settings)

    @property
    def budget(self) -> Budget:
        """What one ticket's run may use up."""
        policy, usd = self.settings.policy, (self.settings.policy.budget_usd, self.settings.models.budget_usd)
        least = min((Decimal(str(limit)) for limit in usd if limit is not None), default=None)
        return Budget(steps=policy.budget_steps, usd=least, wall=policy.budget_time)

    @property
    def audit_key(self) -> Path:
        """The file of the private key that signs heads."""
        return self.workspace.root / Path(self.settings.audit.key).expanduser()

    @property
    def tools(self) -> Collection:
        """What `tools.py` declares, and what is offered elsewhere now; a server is asked when this is first read.

        Raises:
            WorkspaceError: `tools.py` cannot be imported.
        """
        return self._toolbox.now()

    @cached_property
    def _toolbox(self) -> Toolbox:
        return Toolbox(self.own_tools, elsewhere.sources(self._servers, self._services))

    @property
    def own_tools(self) -> Registry:
        """What `tools.py` declares.

        Raises:
            WorkspaceError: It cannot be imported.
        """
        return python.load(self.workspace.root)

    @cached_property
    def _servers(self) -> Servers | None:
        return elsewhere.servers(self.workspace, self.settings)

    @cached_property
    def _services(self) -> Services | None:
        return elsewhere.services(self.workspace, self.settings)

    def reached(self) -> list[tuple[str, int, str]]:
        """Return each MCP server's name, how many tools it offers, and why it cannot be reached, if it cannot."""
        offered = self._servers.ask() if self._servers else []
        return [(each.server.name, len(each.listing.tools) if each.listing else 0, each.why) for each in offered]

    @cached_property
    def library(self) -> Library:
        """The articles."""
        return Library(self.database, self.workspace.index, self.encoder)

    @cached_property
    def encoder(self) -> Encoder | None:
        """What compares meaning; `None` where it is not installed or not wanted."""
        wanted = self.settings.knowledge.encoder != "none"
        return encoders.MiniLM() if wanted and encoders.is_installed() else None

    @cached_property
    def models(self) -> Routing | None:
        """The language models; `None` where none is named, which is how everything works by default."""
        return routing(self.settings.models, os.environ) if self.settings.models.tasks else None

    @cached_property
    def helpdesk(self) -> LocalHelpdesk:
        """Where tickets are and replies go."""
        return LocalHelpdesk(self.database)

    @property
    def procedures(self) -> Checked:
        """The procedures, read once and verified against the tools as they are now."""
        tools = self.tools
        with self._checking:
            if self._checked is None or self._checked[0] is not tools:
                self._checked = (tools, checked(self.workspace, self._read_procedures, tools, self.policy))
            return self._checked[1]

    @cached_property
    def _read_procedures(self) -> tuple[Mapping[str, Plan], Sequence[Finding]]:
        return procedure.load_all(self.workspace.procedures)

    @cached_property
    def desk(self) -> Desk:
        """The agent's place of work."""
        return Desk(
            brain=self.brain,
            tools=Live(lambda: self.tools.callable),
            search=lambda query, *, limit, like: self.library.find(query, limit=limit, like=like, audience="public"),
            helpdesk=self.helpdesk,
            terms=self.terms,
            policy=self.policy,
            records=Chain(self.reader),
            precedents=lambda: self.experience.precedents,
            past_answers=lambda: self.experience.past_answers,
            practice=self.experience.practising.now,
        )

    @cached_property
    def brain(self) -> Brain:
        """What thinks: what was learned here, and language models where some are named."""
        local = LocalBrain(
            classifier=lambda: self.experience.classifier,
            plans=Live(lambda: self.procedures.plans),
            rejected=Live(lambda: self.procedures.rejected),
            chooser=self._choose,
            language=language_of,
        )
        if self.models is None:
            return local
        from segue.support.asking import ModelBrain  # noqa: PLC0415 (not needed where no model is named)

        tools, timeout = Live(lambda: self.tools.callable), self.settings.models.timeout
        return ModelBrain(self.models, local, tools=tools, policy=self.policy, timeout=timeout)

    @cached_property
    def workflow(self) -> Workflow[[Ticket], Resolution]:
        """The workflow that resolves tickets."""
        return resolve.workflow_at(self.desk)

    @cached_property
    def experience(self) -> Experience:
        """What past tickets have taught."""
        return Experience(self.workspace, self.encoder, lambda: self.procedures.examples)

    @property
    def effects(self) -> dict[str, str]:
        """Effect of each tool, by name; nobody is asked for it."""
        return {name: tool.effect for name, tool in self._toolbox.recalled().callable.items()}

    def engine(self, drive: bool) -> Engine:
        """Return an engine on the workspace's database that knows the workflow, to be entered."""
        if drive:
            _ = self.tools  # who offers some is asked now, not when a run is in the middle
        return Engine(self.url, drive=drive, workflows=[self.workflow])

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """Open what works on tickets: an engine, and what the language models need of the event loop that runs.

        Meanwhile it is learned what people did in past conversations.

        Raises:
            StoreError: The database cannot be opened.
        """
        async with AsyncExitStack() as opened:
            self.experience.practising.begin()
            opened.callback(self.experience.practising.stop)
            if self.models is not None:
                await opened.enter_async_context(self.models)
            yield await opened.enter_async_context(Work(self.engine))

    def reader(self) -> Engine:
        """Return an engine that reads, and sends messages to the one that drives; to be entered."""
        return Engine(self.url, drive=False)

    def log_in(self, server: str, authorize: Authorize) -> Offered:
        """Let a person log in at an MCP server, and return what it offers then, or why it offers nothing."""
        from segue.tools.mcp.servers import Servers  # noqa: PLC0415 (not needed by most workspaces)

        said = {server: self.settings.tools.mcp[server]}
        (found,) = remote.servers(said, os.environ, self.workspace.root)
        asked = Servers([replace(found, timeout=PEOPLE_TAKE)], elsewhere.offers(self.workspace), authorize=authorize)
        with closing(asked):
            return asked.ask()[0]

    def office(self, work: Work) -> Office:
        """Return the agent for those who reach it over a protocol."""
        return Office(
            work=work,
            workflow=self.workflow,
            effects=lambda: self.effects,
            library=self.library,
            budget=self.budget,
        )

    def prepare(self) -> None:
        """Read the articles if none were ever read, and learn the topics where no ticket came yet to wait for it.

        Whoever offers tools is asked now, and not in the middle of a run.
        """
        self.read()
        _ = self.tools
        if not self.helpdesk.count():
            _ = self.experience.classifier

    def read(self) -> None:
        """Read the articles if none were ever read, and encode what is not yet encoded."""
        if not self.library.documents.counts()[0] and self.workspace.knowledge.exists():
            ingesting.ingest(self.workspace.knowledge, self.library, now=datetime.now(UTC))
        elif self.library.dense is not None:
            self.library.dense.build()

    def terms(self, topic: str) -> Terms:
        """Return what holds for a topic now."""
        policy = self.settings.policy
        return Terms(
            level=self.settings.autonomy.of(topic),
            threshold=policy.threshold,
            min_match=policy.min_match,
            ask_timeout=policy.ask_timeout,
            ask_reminder=policy.ask_reminder,
            approval_timeout=policy.approval_timeout,
        )

    def _choose(self, text: str, options: Sequence[Choice]) -> str | None:
        from segue.models.options import Nearest  # noqa: PLC0415 (scikit-learn takes a second to import)

        return Nearest(None if self.encoder is None else self.encoder.encode).choose(text, options)

    def rehearsal(self) -> Rehearsal:
        """Return the agent among what was recorded, for a backtest."""
        library = Library(self.database, self.workspace.index, self.experience.outermost)
        return Rehearsal(
            plans=self.procedures.plans,
            rejected=self.procedures.rejected,
            tools=self.tools.tools,
            search=lambda query, *, limit, like, as_of: library.find(
                query, limit=limit, like=like, as_of=as_of, audience="public"
            ),
            terms=self.terms,
            threshold=self.settings.policy.threshold,
            learn=self.experience.topics,
            recall=self.experience.answered,
            chooser=self._choose,
            history=self.experience.history,
            language=language_of,
        )

    def close(self) -> None:
        """Let go of what was opened."""
        if "experience" in vars(self):
            self.experience.close()
        for name in ("_servers", "_services"):
            if (source := vars(self).get(name)) is not None:
                source.close()
        for name in ("library", "helpdesk"):
            opened = vars(self).get(name)
            if isinstance(opened, Library):
                opened.close()
            elif isinstance(opened, LocalHelpdesk):
                opened.shut()

"""The steps that call a tool: for whom, how often, at which pace, and not while it is down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, TypeAlias

from segue.engine.context import attempt_deadline, now
from segue.engine.retry import RetryPolicy
from segue.engine.step import Done, Step
from segue.errors import PermanentError
from segue.plan.catalogue import Catalogue
from segue.plan.execute import NotTheirs
from segue.plan.origin import Origin
from segue.support.circuit import Circuit, CircuitOpen
from segue.support.pace import Pace
from segue.tools.tool import Tool

JSON = Any
RETRIES: Final = RetryPolicy(max_attempts=3, initial_delay=timedelta(milliseconds=500))
"""For what may run again, where the procedure says nothing else."""
ToolStep: TypeAlias = Step[[dict[str, JSON], str, dict[str, Origin]], JSON]
"""Takes arguments, the customer whose record it must be, and where each argument comes from, for the journal."""


class ToolSteps:
    """The steps of one tool, and how it is doing in this process."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self._made: dict[int | None, ToolStep] = {}
        self._circuit = Circuit()
        self.pace = None if tool.rate is None else Pace(tool.rate)
        """`None` where calls need not wait for a turn."""

    def of(self, attempts: int | None) -> ToolStep:
        """Return the step for so many attempts, `None` for the tool's own number."""
        if attempts not in self._made:
            self._made[attempts] = self._step(attempts)
        return self._made[attempts]

    def _step(self, attempts: int | None) -> ToolStep:
        tool = self.tool

        async def call(args: dict[str, JSON], customer: str, origins: dict[str, Origin]) -> JSON:
            result = await self._guarded(lambda: tool.call(args))
            _check_owner(tool, result, customer)
            return result

        async def reconcile(key: str, args: dict[str, JSON], customer: str, origins: dict[str, Origin]) -> Any:
            found = await tool.ask_reconcile(key, args)
            return Done(tool.encode(found.result)) if isinstance(found, Done) else found

        # an action is attempted again only where it certainly did not happen, which after a crash a reconcile tells
        runs_again = tool.effect != "once" or tool.reconcile is not None or attempts is not None
        return Step(
            call,
            name=tool.name,
            effect=tool.effect,
            timeout=tool.timeout,
            retry=retry(attempts) if runs_again else None,
            reconcile=reconcile if tool.reconcile is not None else None,
        )

    async def _guarded(self, call: Callable[[], Awaitable[JSON]]) -> JSON:
        """Make a call, unless the tool is down, and learn from how it ends.

        Raises:
            CircuitOpen: It is; nothing was done.
        """
        wait = self._circuit.refusal(now())
        if wait is not None:
            raise CircuitOpen(f"{self.tool.name} has failed too often just now, and is left alone", after=wait)
        self._circuit = self._circuit.begun()
        try:
            result = await call()
        except PermanentError:  # it answered
            self._circuit = self._circuit.succeeded()
            raise
        except asyncio.CancelledError:
            until = attempt_deadline()
            is_late = until is not None and now() >= until
            self._circuit = self._circuit.failed(now()) if is_late else self._circuit.abandoned()
            raise
        except Exception:
            self._circuit = self._circuit.failed(now())
            raise
        self._circuit = self._circuit.succeeded()
        return result


class Toolbelt:
    """The steps of all tools, which may come and go while tickets are under way."""

    def __init__(self, tools: Mapping[str, Tool]) -> None:
        """Keep the tools, by name; what the mapping gives is looked at again at each use."""
        self._tools = tools
        self._made: dict[str, ToolSteps] = {}
        self._catalogue: tuple[list[Tool], Catalogue] | None = None

    @property
    def catalogue(self) -> Catalogue:
        """What plans may name, as it is now."""
        tools, known = list(self._tools.values()), self._catalogue
        if known is None or list(map(id, known[0])) != list(map(id, tools)):
            known = self._catalogue = (tools, Catalogue.of(tools))
        return known[1]

    def of(self, name: str) -> ToolSteps:
        """Return the steps of a tool as it is now."""
        tool, made = self._tools[name], self._made.get(name)
        if made is None or made.tool is not tool:
            made = self._made[name] = ToolSteps(tool)
        return made


def retry(attempts: int | None) -> RetryPolicy:
    """Return the policy for so many attempts, `None` for the usual number."""
    return RETRIES if attempts is None else replace(RETRIES, max_attempts=attempts)


def _check_owner(tool: Tool, result: JSON, customer: str) -> None:
    """Refuse a record that is not the authenticated customer's, before anything of it is kept."""
    if tool.owner is None or result is None:
        return
    owner = result.get(tool.owner) if isinstance(result, dict) else None
    if not customer or str(owner) != customer:
        who = "the customer is not authenticated" if not customer else "it belongs to another customer"
        raise NotTheirs(f"{tool.name}: the record cannot be used, because {who}")

"""One server and the connection to it: opened when it is needed, kept, and opened again after it was lost."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from segue.errors import SegueError
from segue.tools.mcp.call import Call, made
from segue.tools.mcp.elicitation import answer
from segue.tools.mcp.failure import NotReached, ToolGone
from segue.tools.mcp.listing import Listing, listed
from segue.tools.mcp.oauth import Login
from segue.tools.mcp.server import Server
from segue.tools.mcp.wire import Line, line_to
from segue.tools.schema import JSON
from segue.tools.unfold import one_line

if TYPE_CHECKING:
    from mcp import Client
    from mcp.client import IncomingMessage
    from mcp.types import CallToolResult

FIRST_PAUSE_S: Final = 0.5
"""After a connection that failed nobody tries again for so long; twice as long after each further one."""
LONGEST_PAUSE_S: Final = 60.0
LOSSES_WITHIN_S: Final = 60.0
"""A server that ends once is started again at once; one that ends again within this time waits, longer each time."""
CLOSING_S: Final = 10.0
"""How long a connection may take to close."""
RELIST_S: Final = 1.0
"""A server that says all the time that its tools have changed is asked this often at most."""

_log = logging.getLogger("segue.tools.mcp")

Changed = Callable[[Listing], None]
"""Told what a server offers, each time it was asked."""


@dataclass(frozen=True)
class _Live:
    """An open connection."""

    client: Client
    line: Line


class Connection:
    """One server. Everything about a connection happens in the task that owns it; calls come from anywhere.

    Lives in one event loop.
    """

    def __init__(self, server: Server, changed: Changed, login: Login) -> None:
        self._server = server
        self._login = login
        self._changed = changed
        self._live: asyncio.Future[_Live] | None = None
        self._owner: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._listing = Listing()
        self._failures = 0
        self._losses: deque[float] = deque(maxlen=16)
        self._not_before = 0.0
        self._why = ""

    async def listing(self) -> Listing:
        """Return what the server offers now.

        Raises:
            NotReached: There is no connection.
        """
        await self._connected()
        return self._listing

    async def call(
        self, tool: str, arguments: Mapping[str, JSON], meta: Mapping[str, JSON], patience: timedelta
    ) -> CallToolResult:
        """Call a tool by the server's own name for it.

        A call that certainly never left is made once more on a new connection.

        Args:
            tool: The server's own name for it.
            arguments: As JSON.
            meta: What is sent beside them.
            patience: How long the server may take.

        Raises:
            NotReached: There was no connection, so nothing happened.
            ToolGone: The server offers no such tool now; nothing happened.
            Refused: The server did not run it.
            ConnectionBroke: The connection ended meanwhile.
            ToolFailed: The server reports an error.
            ToolResultError: Its answer breaks the protocol.
            TimeoutError: It took longer than that.
        """
        for is_last in (False, True):
            live = await self._connected()
            if tool not in self._listing.tools:
                raise ToolGone(f"server {self._server.name} offers no tool {one_line(tool, 100)} any more")
            try:
                return await made(live.client, self._server.name, Call(tool, arguments, meta, patience))
            except NotReached:
                if is_last:
                    raise
                await self._let_go(live)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Close the connection in order; calls under way are cut off."""
        self._stop.set()
        await self._let_go()

    async def _connected(self) -> _Live:
        at_hand = self._opened()
        if self._live is not None and self._live.done() and (at_hand is None or at_hand.line.lost.is_set()):
            await self._let_go()
        if self._live is None:
            loop = asyncio.get_running_loop()
            if self._server.missing:
                unset = ", ".join(self._server.missing)
                raise NotReached(f"server {self._server.name}: not set in the environment: {unset}")
            if self._stop.is_set():
                raise NotReached(f"server {self._server.name}: its connection was closed")
            if loop.time() < self._not_before:
                raise NotReached(f"server {self._server.name} cannot be reached: {self._why}")
            self._live = loop.create_future()
            self._owner = asyncio.create_task(self._own(self._live), name=f"mcp {self._server.name}")
        return await asyncio.shield(self._live)

    def _opened(self) -> _Live | None:
        """Return the connection at hand; `None` where it is not open yet, or could not be opened."""
        live = self._live
        if live is None or not live.done() or live.cancelled() or live.exception() is not None:
            return None
        return live.result()

    async def _let_go(self, only: _Live | None = None) -> None:
        """End the task that owns the connection, and forget both; another one than `only` is left alone."""
        at_hand = self._opened()
        if only is not None and at_hand is not only:
            return
        owner, live, self._owner, self._live = self._owner, self._live, None, None
        if at_hand is not None:
            at_hand.line.lost.set()
        if owner is None:
            return
        if live is not None and not live.done():
            owner.cancel()
        done, _ = await asyncio.wait([owner], timeout=CLOSING_S)
        if not done:
            owner.cancel()
            await asyncio.wait([owner], timeout=CLOSING_S)

    # The owner's part

    async def _own(self, live: asyncio.Future[_Live]) -> None:
        """Open the connection, keep it until it is lost or let go, close it."""
        from mcp import Client  # noqa: PLC0415 (slow to import)
        from mcp.types import Implementation  # noqa: PLC0415

        line = line_to(self._server, self._login)
        changes = asyncio.Event()

        async def noticed(message: IncomingMessage) -> None:
            if type(message).__name__ == "ToolListChangedNotification":
                changes.set()

        client = Client(
            line.transport,
            client_info=Implementation(name="segue", version=_version()),
            message_handler=noticed,
            elicitation_callback=answer if self._server.elicitation == "defaults" else None,
            cache=None,
        )
        patience = self._server.timeout.total_seconds()
        try:
            async with AsyncExitStack() as opened:
                async with asyncio.timeout(patience):
                    await opened.enter_async_context(client)
                client.session.validate_tool_result = _unchecked  # type: ignore[method-assign]
                async with asyncio.timeout(patience):
                    self._offer(await listed(client.session))
                self._failures, self._not_before = 0, 0.0
                live.set_result(_Live(client, line))
                await self._keep(client, line, changes)
        except asyncio.CancelledError:
            if not live.done():
                live.set_exception(NotReached(f"server {self._server.name}: its connection was closed"))
        except Exception as error:  # noqa: BLE001 (whatever the library raises, the connection is over)
            self._lost(live, error, line.why())
        finally:
            line.lost.set()
            was_open = live.done() and not live.cancelled() and live.exception() is None
            if was_open and not self._stop.is_set():
                self._note_loss(line.why())

    def _lost(self, live: asyncio.Future[_Live], error: Exception, why: str) -> None:
        reason = why or _reason(error, self._server)
        _log.info("server %s: %s", self._server.name, reason)
        if live.done():
            return
        pause = min(FIRST_PAUSE_S * 2**self._failures, LONGEST_PAUSE_S)
        self._failures += 1
        self._not_before = asyncio.get_running_loop().time() + pause
        self._why = reason
        live.set_exception(NotReached(f"server {self._server.name} cannot be reached: {reason}"))

    def _note_loss(self, why: str) -> None:
        """Let a server that ends again and again be started again at growing intervals only."""
        now = asyncio.get_running_loop().time()
        self._losses.append(now)
        recent = sum(now - each < LOSSES_WITHIN_S for each in self._losses)
        if recent > 1:
            self._not_before = max(self._not_before, now + min(0.25 * 2 ** (recent - 2), LONGEST_PAUSE_S))
            self._why = why or f"it ended {recent} times within a minute"

    def _offer(self, listing: Listing) -> None:
        self._listing = listing
        self._changed(listing)

    async def _keep(self, client: Client, line: Line, changes: asyncio.Event) -> None:
        """Follow what the server offers until the connection is lost."""
        ending = asyncio.create_task(line.lost.wait())
        listening = asyncio.create_task(_listen(client, changes))
        try:
            while not ending.done():
                changing = asyncio.create_task(changes.wait())
                await asyncio.wait([ending, changing], return_when=asyncio.FIRST_COMPLETED)
                changing.cancel()
                if ending.done():
                    return
                changes.clear()
                async with asyncio.timeout(self._server.timeout.total_seconds()):
                    self._offer(await listed(client.session))
                await asyncio.wait([ending], timeout=RELIST_S)
        finally:
            for task in (ending, listening):
                task.cancel()
            await asyncio.gather(ending, listening, return_exceptions=True)


async def _listen(client: Client, changes: asyncio.Event) -> None:
    """Hear of changed tools, where the protocol has a stream for it; otherwise they come as notifications."""
    tools = client.server_capabilities.tools
    if tools is None or not tools.list_changed:
        return
    from mcp.client.subscriptions import ListenNotSupportedError  # noqa: PLC0415 (slow to import)

    with suppress(ListenNotSupportedError):
        try:
            async with client.listen(tools_list_changed=True) as events:
                async for _ in events:
                    changes.set()
        except ListenNotSupportedError:
            raise
        except Exception as error:  # noqa: BLE001 (the connection itself may be well)
            _log.info("changes of tools are not heard of any more: %s", one_line(str(error), 200))


async def _unchecked(name: str, result: CallToolResult) -> None:
    """Stand in for the library's check of a result, which would run the server's own patterns; ours comes later."""
    del name, result


def _reason(error: BaseException, server: Server) -> str:
    """Say in a line why there is no connection; the innermost error of a group says it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        return f"no answer within {server.timeout}"
    if isinstance(error, SegueError):
        return one_line(str(error), 300)
    return one_line(f"{type(error).__name__}: {error}", 300)


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 (rarely asked for)

    return version("segue")

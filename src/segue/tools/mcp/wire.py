"""What passes between the library's client and a server: watched, so that we know what left and what is too much."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from segue.http.limits import Limits
from segue.http.transport import guarded_client
from segue.tools.mcp.oauth import Login, provider
from segue.tools.mcp.pipe import Program
from segue.tools.mcp.server import MESSAGE_BYTES, UNASKED, UNASKED_S, Server

if TYPE_CHECKING:
    from mcp.client import Transport

_MOST_GETS, _WITHIN_S = 20, 10.0
"""A server may ask to be called back at once, for ever: more than so many in a while are held back."""


@dataclass
class Sent:
    """Whether a call may have reached the server."""

    may_have: bool = False


sending: ContextVar[Sent | None] = ContextVar("segue_mcp_sending", default=None)
"""The call that the current task makes."""


@dataclass
class Line:
    """One connection's streams, on their way to the library's client."""

    transport: Transport
    """For the client."""
    why: Callable[[], str]
    """Says what ended it, as far as we know."""
    lost: asyncio.Event
    """Set when nothing more can come."""


def line_to(server: Server, login: Login) -> Line:
    """Return a way to a server, not opened yet."""
    lost = asyncio.Event()
    if not server.command:
        return Line(_watched(_over_http(server, login), lost, is_program=False), lambda: "", lost)
    program = Program(server)
    said = lambda: program.ended_by or (f"it said: {program.said}" if program.said else "")  # noqa: E731
    return Line(_watched(program.transport(), lost, is_program=True), said, lost)


@asynccontextmanager
async def _over_http(server: Server, login: Login) -> AsyncIterator[tuple[Any, Any]]:
    from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415 (slow to import)

    # streams stay open and silent: how long an answer may take is the call's business
    limits = Limits(total=None, silence=timedelta(days=1), body_bytes=4 * MESSAGE_BYTES, connections=20)
    client = guarded_client(limits, allow_private=server.allow_private, headers=server.headers)
    if server.oauth is not None:
        client.auth = provider(server.url, server.oauth, login)
    client.event_hooks = {"request": [_Traced().begin], "response": []}
    async with (
        client,
        streamable_http_client(server.url, http_client=client, max_sse_event_size=MESSAGE_BYTES) as streams,
    ):
        yield streams


class _Traced:
    """Notes when a request is really sent, and holds back one that comes again and again."""

    def __init__(self) -> None:
        self._gets: deque[float] = deque(maxlen=_MOST_GETS)

    async def begin(self, request: Any) -> None:
        """Let a request begin."""
        if request.method == "GET":
            now = asyncio.get_running_loop().time()
            wait = self._gets[0] + _WITHIN_S - now if len(self._gets) == _MOST_GETS else 0.0
            self._gets.append(now + max(0.0, wait))
            await asyncio.sleep(max(0.0, wait))
        call = sending.get()
        if call is None:
            return

        async def trace(event: str, _: Any) -> None:
            if event.endswith("send_request_headers.started"):
                call.may_have = True

        request.extensions = {**request.extensions, "trace": trace}


@asynccontextmanager
async def _watched(
    inner: AbstractAsyncContextManager[tuple[Any, Any]] | Any, lost: asyncio.Event, *, is_program: bool
) -> AsyncIterator[tuple[Any, Any]]:
    try:
        async with inner as (incoming, outgoing):
            yield _Incoming(incoming, lost), _Outgoing(outgoing) if is_program else outgoing
    finally:
        lost.set()


class _Stream:
    """One of the two, passed on as it is."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)  # such as the context that a message comes with

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        closed: bool | None = await self._inner.__aexit__(kind, error, trace)
        return closed


class _Incoming(_Stream):
    """What a server sends, until it sends too much that nobody asked for."""

    def __init__(self, inner: Any, lost: asyncio.Event) -> None:
        super().__init__(inner)
        self._lost = lost
        self._unasked = 0
        self._since = 0.0

    def __aiter__(self) -> _Incoming:
        return self

    async def __anext__(self) -> Any:
        try:
            message = await self._inner.__anext__()
        except BaseException:
            self._lost.set()
            raise
        if self._is_too_much(message):
            self._lost.set()
            raise StopAsyncIteration
        return message

    def _is_too_much(self, message: Any) -> bool:
        if not hasattr(getattr(message, "message", None), "method"):  # an answer
            return False
        now = asyncio.get_running_loop().time()
        if now - self._since > UNASKED_S:
            self._since, self._unasked = now, 0
        self._unasked += 1
        return self._unasked > UNASKED


class _Outgoing(_Stream):
    """What goes to a program: once taken, it may have arrived."""

    async def send(self, message: Any) -> None:
        import anyio  # noqa: PLC0415 (comes with mcp)

        call = sending.get() or Sent()
        before, call.may_have = call.may_have, True
        try:
            await self._inner.send(message)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            call.may_have = before  # nobody took it
            raise

"""All MCP servers of a workspace: one thread in which every connection lives, and the tools that come of them."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from segue.errors import DefinitionError, Finding, SegueError
from segue.tools.mcp.connection import Connection
from segue.tools.mcp.failure import NotReached
from segue.tools.mcp.listing import Listing, following, remember, remembered
from segue.tools.mcp.oauth import Authorize, Login, nobody
from segue.tools.mcp.quiet import quieten
from segue.tools.mcp.result import decoded, gives
from segue.tools.mcp.server import Server
from segue.tools.remote import Described, Terms, named, remote_tool
from segue.tools.schema import JSON
from segue.tools.tool import Tool
from segue.tools.toolbox import Offer
from segue.tools.unfold import one_line

T = TypeVar("T")

RULES: Final = {
    "M101": "An MCP server can be reached.",
    "M102": "What a server offers can be declared as a tool.",
    "M103": "What `segue.toml` says of a tool is said of one that the server offers.",
}
"""What is asked of MCP servers, by the code of the finding."""
WARNINGS: Final = frozenset(RULES)

KEY: Final = "segue/idempotency-key"
"""Where, in a call's `_meta`, its idempotency key stands."""
_CLOSING_S: Final = 30.0


@dataclass(frozen=True)
class Offered:
    """One server's tools, as far as they could be found out."""

    server: Server
    listing: Listing | None
    """What it offers; or offered last, where it could not be asked; `None` where nobody knows."""
    why: str = ""
    """Why it could not be asked; empty where it was."""


@dataclass(frozen=True)
class _Runner:
    """Calls one tool of one server; a `Runner`."""

    servers: Servers
    server: Server
    tool: str
    name: str
    """What plans call it."""
    terms: Terms
    is_described: bool

    async def run(self, values: Mapping[str, Any]) -> JSON:
        patience = self.terms.timeout or self.server.timeout
        result = await self.servers.call(self.server.name, self.tool, values, patience)
        return decoded(self.name, result, is_described=self.is_described, terms=self.terms)


class Servers:
    """The servers, reached when they are first needed; used from any thread and any event loop."""

    def __init__(
        self,
        servers: Sequence[Server],
        records: Path,
        key: Callable[[], str] = str,
        authorize: Authorize | None = None,
    ) -> None:
        """Reach nothing yet.

        Args:
            servers: Each of another name.
            records: Folder for what each offered last.
            key: Gives the idempotency key of the call that is being made; empty where there is none.
            authorize: Lets a person log in where a server wants that; without it nobody is at hand.
        """
        self._servers = {server.name: server for server in servers}
        self._records = records
        self._key = key
        self._authorize = authorize
        self._guard = threading.Lock()
        self._is_closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._connections: dict[str, Connection] = {}
        self._seen: dict[str, Offered] = {}
        self._refreshing: Future[None] | None = None
        self.version = 0
        """Grows whenever a server turns out to offer something else than before."""

    def __len__(self) -> int:
        return len(self._servers)

    def ask(self) -> list[Offered]:
        """Return what each server offers, asking those at once of which that is not known yet.

        Where one cannot be reached, what it offered last stands for it. Never raises for a server.
        """
        if unknown := self._unknown():
            self._submit(self._ask(unknown)).result()
        return [self._seen[name] for name in self._servers]

    def refresh(self) -> None:
        """Ask those again that could not be reached, without waiting for an answer."""
        if (unknown := self._unknown()) and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = self._submit(self._ask(unknown))

    def _unknown(self) -> list[str]:
        return [name for name in self._servers if name not in self._seen or self._seen[name].why]

    def recall(self) -> list[Offered]:
        """Return what each server offered last, reaching none."""
        return [self._seen.get(name) or self._kept(server, "") for name, server in self._servers.items()]

    def offer(self, *, reach: bool) -> Offer:
        """Return what plans may call now, and what is wrong with it, in the order of the servers."""
        tools: list[Tool] = []
        gone: list[Tool] = []
        findings: list[Finding] = []
        unknown: list[str] = []
        for each in self.ask() if reach else self.recall():
            found, wrong = self._declared(each)
            tools += found
            gone += self._gone(each)
            findings += wrong
            if each.listing is None:
                unknown += [each.server.begins, *(terms.name for terms in each.server.terms.values() if terms.name)]
        return Offer(tools=tuple(tools), gone=tuple(gone), findings=tuple(findings), unknown=tuple(unknown))

    async def call(self, server: str, tool: str, arguments: Mapping[str, JSON], patience: timedelta) -> Any:
        """Call a tool; cancelled, the call is cancelled at the server too. Raises as `Connection.call` does."""
        key = self._key()
        meta = {KEY: key} if key else {}
        connection = self._connection(server)
        return await asyncio.wrap_future(self._submit(connection.call(tool, arguments, meta, patience)))

    def close(self) -> None:
        """Close every connection in order and end every program."""
        with self._guard:
            self._is_closed = True
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
            connections, self._connections = list(self._connections.values()), {}
        if loop is None or thread is None:
            return
        atexit.unregister(self.close)
        closing = asyncio.run_coroutine_threadsafe(_close(connections), loop)
        with suppress(TimeoutError):  # then the thread is left behind; it is no reason for the process to stay
            closing.result(_CLOSING_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_CLOSING_S)

    # In between

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        with self._guard:
            if self._is_closed:
                work.close()
                raise NotReached("the connections to MCP servers were closed")
            if self._loop is None:
                quieten()
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=_run, args=(self._loop,), name="segue-mcp", daemon=True)
                self._thread.start()
                atexit.register(self.close)  # a program that does not leave by itself is ended all the same
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _connection(self, name: str) -> Connection:
        with self._guard:
            if name not in self._connections:
                server = self._servers[name]
                login = Login(self._records / f"{name}.oauth.json", self._authorize or nobody(name))
                self._connections[name] = Connection(server, lambda listing: self._changed(server, listing), login)
            return self._connections[name]

    async def _ask(self, names: Sequence[str]) -> None:
        async def one(name: str) -> None:
            try:
                await self._connection(name).listing()
            except SegueError as error:
                why = str(error) if isinstance(error, NotReached) else one_line(str(error))
                self._seen[name] = self._kept(self._servers[name], why)

        await asyncio.gather(*(one(name) for name in names))

    def _changed(self, server: Server, listing: Listing) -> None:
        before = self._seen.get(server.name)
        known = remembered(self._file(server)) if before is None else before.listing
        listing = following(listing, known)
        if before is None or before.why or known is None or known.digest() != listing.digest():
            self._seen[server.name] = Offered(server, listing)
            self.version += 1
        if known is None or known.digest() != listing.digest():
            remember(self._file(server), listing)

    def _kept(self, server: Server, why: str) -> Offered:
        return Offered(server, remembered(self._file(server)), why)

    def _file(self, server: Server) -> Path:
        return self._records / f"{server.name}.json"

    # Tools

    def _gone(self, offered: Offered) -> list[Tool]:
        tools = []
        for described in offered.listing.gone.values() if offered.listing is not None else ():
            with suppress(DefinitionError):  # then no plan ever named it
                tools.append(self._tool(offered.server, described))
        return tools

    def _declared(self, offered: Offered) -> tuple[list[Tool], list[Finding]]:
        server, listing = offered.server, offered.listing
        findings: list[Finding] = []
        if offered.why:
            hint = "what it offered last stands for it" if listing else "its tools are not known"
            findings.append(_finding("M101", server.line, f"{server.name}: {offered.why}", hint))
        if listing is None:
            return [], findings
        tools = []
        for name, described in listing.tools.items():
            if server.takes(name):
                try:
                    tools.append(self._tool(server, described))
                except DefinitionError as error:
                    line = server.terms_of(name).line
                    findings.append(_finding("M102", line, f"{server.name}: {error}", "it is left out"))
        findings += [
            _finding("M102", server.line, f"{server.name}: {one_line(name, 100)!r} is offered twice", "it is left out")
            for name in listing.twice
        ]
        return tools, findings + _missing(server, listing)

    def _tool(self, server: Server, described: Described) -> Tool:
        terms = server.terms_of(described.name)
        called = named(server.begins, described, terms)
        runner = _Runner(self, server, described.name, called, terms, described.gives is not None)
        described = replace(described, gives=gives(described.gives, terms))
        return remote_tool(called, described, terms, runner, timeout=server.timeout, line=server.line)


def _missing(server: Server, listing: Listing) -> list[Finding]:
    wanted = dict.fromkeys([*(() if server.taken == ("*",) else server.taken), *server.terms])
    return [
        _finding("M103", server.terms_of(name).line, f"{server.name} offers no tool {name!r}", _nearest(name, listing))
        for name in wanted
        if name not in listing.tools and name not in listing.twice
    ]


def _nearest(name: str, listing: Listing) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 (rarely needed)

    close = get_close_matches(name, [*listing.tools], n=1)
    return f"did you mean {one_line(close[0], 100)!r}?" if close else ""


def _finding(code: str, line: int, message: str, hint: str = "") -> Finding:
    return Finding("segue.toml", line, 0, code, "warning", one_line(message), hint)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _close(connections: Sequence[Connection]) -> None:
    await asyncio.gather(*(connection.close() for connection in connections), return_exceptions=True)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

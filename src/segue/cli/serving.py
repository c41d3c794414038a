"""Serves MCP clients until they go, or until somebody says to stop."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, closing, suppress

from segue.cli import output
from segue.server.mcp import offer, stdio, web
from segue.support.office import Office
from segue.support.workspace import Workspace
from segue.wiring import House


def run(workspace: Workspace, port: int | None, *, trusts_callers: bool) -> None:
    """Serve a workspace's agent over standard input and output, or over HTTP on a port.

    Raises:
        WorkspaceError: Its settings or its tools have an error.
        EnvironmentFault: The port is taken.
    """
    with closing(House(workspace)) as house, suppress(KeyboardInterrupt), asyncio.Runner() as runner:
        _ = house.own_tools
        runner.run(_until_told(house, port, trusts_callers=trusts_callers))


async def _until_told(house: House, port: int | None, *, trusts_callers: bool) -> None:
    """Serve until the client goes, or somebody says to stop."""
    serving = asyncio.create_task(_serve(house, port, trusts_callers=trusts_callers))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving


async def _serve(house: House, port: int | None, *, trusts_callers: bool) -> None:
    """Greet clients at once, and open the office meanwhile."""
    async with AsyncExitStack() as opened:

        async def opening() -> Office:
            await asyncio.to_thread(house.prepare)
            return house.office(await opened.enter_async_context(house.work()))

        office = asyncio.create_task(opening())
        office.add_done_callback(_tell)
        server = offer.server(lambda: asyncio.shield(office), offer.Manner(trusts_callers=trusts_callers))
        try:
            if port is None:
                await stdio.serve(server)
                return
            listening = web.bound(port)
            output.error(f"MCP at http://127.0.0.1:{listening.getsockname()[1]}{web.PATH} until stopped")
            await web.serve(web.web_app(server), listening)
        finally:
            if not office.done():
                office.cancel()
            await asyncio.wait([office])


def _tell(office: asyncio.Task[Office]) -> None:
    """Say why nothing can be asked; each caller is told too."""
    if not office.cancelled() and (error := office.exception()) is not None:
        output.error(str(error))

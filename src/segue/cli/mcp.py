"""`segue mcp`: offers the agent to MCP clients."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, closing, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli import output

if TYPE_CHECKING:
    from segue.support.office import Office
    from segue.wiring import House


def command(
    *,
    http: Annotated[
        int | None,
        typer.Option("--http", metavar="PORT", min=0, max=65535, help="Over HTTP on 127.0.0.1; 0 for a free port."),
    ] = None,
    trust_callers: Annotated[
        bool,
        typer.Option("--trust-callers", help="Believe `customer.authenticated`: only if the client is no model."),
    ] = False,
    workspace: output.WorkspaceOption = "",
) -> None:
    """Offer the agent to MCP clients, over standard input and output or HTTP."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    with closing(House(output.workspace(workspace))) as house, suppress(KeyboardInterrupt), asyncio.Runner() as runner:
        _ = house.own_tools
        runner.run(_until_told(house, http, trusts_callers=trust_callers))


async def _until_told(house: House, port: int | None, *, trusts_callers: bool) -> None:
    """Serve until the client goes, or somebody says to stop."""
    serving = asyncio.create_task(_serve(house, port, trusts_callers=trusts_callers))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving


async def _serve(house: House, port: int | None, *, trusts_callers: bool) -> None:
    """Greet clients at once, and open the office meanwhile."""
    from segue.server.mcp import offer, stdio, web  # noqa: PLC0415 (slow to import)
    from segue.support import batch  # noqa: PLC0415

    async with AsyncExitStack() as opened:

        async def opening() -> Office:
            await asyncio.to_thread(house.prepare)
            return house.office(await opened.enter_async_context(batch.Work(house.engine)))

        office = asyncio.create_task(opening())
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

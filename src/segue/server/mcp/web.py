"""An MCP server over HTTP: on this machine without a key, or mounted by a server that asks for one."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from segue.errors import EnvironmentFault

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from starlette.applications import Starlette

PATH: Final = "/mcp"
HERE: Final = ("127.0.0.1", "localhost", "[::1]")
MOST_SESSIONS: Final = 1_000
BODY_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True)
class WebApp:
    """An ASGI application that checks `Host` and `Origin`, and no key."""

    app: Starlette
    """Answers `PATH`; mounted elsewhere it stays `PATH` below that."""
    running: Callable[[], AbstractAsyncContextManager[None]]
    """To be entered by whoever serves it, once, for as long as it is served: mounted applications get no lifespan."""


def web_app(
    server: MCPServer[Any], *, hosts: Sequence[str] = (), origins: Sequence[str] = (), path: str = PATH
) -> WebApp:
    """Return a server as an application, to be served or mounted.

    Args:
        server: Not running yet; it cannot be served twice.
        hosts: What `Host` may be beside this machine, with and without a port: whoever comes under another name was
            led here by somebody else's DNS (DNS rebinding) and gets 421.
        origins: What `Origin` may be beside this machine; a page of another one gets 403.
        path: Where it answers.
    """
    from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415 (slow to import)

    names = [*HERE, *hosts]
    security = TransportSecuritySettings(
        allowed_hosts=[form for name in names for form in (name, f"{name}:*")],
        allowed_origins=[form for name in HERE for form in (f"http://{name}", f"http://{name}:*")] + [*origins],
    )
    app = server.streamable_http_app(
        streamable_http_path=path,
        transport_security=security,
        max_request_body_size=BODY_BYTES,
        max_sessions=MOST_SESSIONS,
    )
    return WebApp(app, server.session_manager.run)


def bound(port: int) -> socket.socket:
    """Return a socket of this machine's own address, on which clients may knock already.

    Args:
        port: 0 for any that is free.

    Raises:
        EnvironmentFault: It is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HERE[0], port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise EnvironmentFault(f"port {port} of {HERE[0]}: {error.strerror or error}; choose another") from error
    return listening


async def serve(web: WebApp, listening: socket.socket) -> None:
    """Serve until cancelled; streams that are open then are cut off."""
    import uvicorn  # noqa: PLC0415 (slow to import)

    config = uvicorn.Config(
        web.app, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=1, server_header=False
    )
    serving = uvicorn.Server(config)
    serving.capture_signals = contextlib.nullcontext  # type: ignore[assignment, method-assign]  # ours are handled above
    task = asyncio.create_task(serving.serve(sockets=[listening]))
    try:
        await asyncio.shield(task)
    finally:
        serving.should_exit = True
        await task

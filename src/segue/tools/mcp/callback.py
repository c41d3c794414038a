"""The page of this machine to which a browser is sent back when a person has logged in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from segue.errors import EnvironmentFault
from segue.tools.mcp.oauth import PORT, REDIRECT

REQUEST_BYTES: Final = 16_384
READING_S: Final = 5.0
_PAGE: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Cache-Control: no-store\r\n\r\nYou can close this page and go back to your terminal.\n"
)
_ELSEWHERE: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def log_in(url: str, *, show: Callable[[str], None]) -> str:
    """Show a person where to log in and return the URL to which their browser came back.

    Whether it came back from where it was sent is checked by the state that the URL carries.

    Raises:
        EnvironmentFault: The port is taken.
    """
    came: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = await _target(reader)
        is_it = target.startswith("/callback?")
        writer.write(_PAGE if is_it else _ELSEWHERE)
        await writer.drain()
        writer.close()
        if is_it and not came.done():
            came.set_result(f"{REDIRECT}?{target.partition('?')[2]}")

    try:
        server = await asyncio.start_server(answer, "127.0.0.1", PORT, limit=REQUEST_BYTES)
    except OSError as error:
        raise EnvironmentFault(f"port {PORT}: {error.strerror or error}: another login may be under way") from error
    async with server:
        show(url)
        return await came


async def _target(reader: asyncio.StreamReader) -> str:
    """Return what a request asks for; empty where it is none."""
    try:
        async with asyncio.timeout(READING_S):
            head = await reader.readuntil(b"\r\n\r\n")
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        return ""
    words = head.split(b"\r\n", 1)[0].decode("ascii", errors="replace").split(" ")
    return words[1] if len(words) == 3 and words[0] == "GET" else ""

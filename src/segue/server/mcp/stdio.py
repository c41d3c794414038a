"""An MCP server over standard input and output, of which the latter carries the protocol and nothing else."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

LINE_BYTES: Final = 4 * 1024 * 1024
"""Of one message; a longer one ends the conversation."""
CHUNK_BYTES: Final = 65_536
AHEAD: Final = 16
"""Messages that are read before they are taken."""


async def serve(server: MCPServer[Any]) -> None:
    """Serve until standard input ends, or until cancelled."""
    from mcp.server.stdio import stdio_server  # noqa: PLC0415 (slow to import)

    stdin, stdout = _Lines(), _Output(_own_stdout())
    inner = server._lowlevel_server  # noqa: SLF001 (the library's own way takes no streams)
    async with stdio_server(stdin, stdout) as (incoming, outgoing):  # type: ignore[arg-type]  # all it uses of a file
        await inner.run(incoming, outgoing, inner.create_initialization_options())


def _own_stdout() -> BinaryIO:
    """Return standard output for ourselves; what anybody else prints goes to standard error from now on."""
    sys.stdout.flush()
    ours = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return ours


class _Output:
    """Writes whole messages, each at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    async def write(self, text: str) -> None:
        """Write a message; a client that reads slowly is waited for without holding anything else up."""
        await asyncio.to_thread(self._written, text.encode())

    async def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def _written(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._stream.write(view) or 0 :]


class _Lines:
    """Lines of standard input, read by a thread that nobody waits for: such a read cannot be cancelled.

    The thread reads the descriptor itself. Whoever holds the lock of a buffered stream when Python ends, aborts it.
    """

    def __init__(self) -> None:
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = threading.Semaphore(AHEAD)
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, name="segue-stdin", daemon=True).start()

    def __aiter__(self) -> _Lines:
        return self

    async def __anext__(self) -> str:
        line = await self._lines.get()
        self._room.release()
        if line is None:
            raise StopAsyncIteration
        return line.decode("utf-8", errors="replace")

    def _read(self) -> None:
        for line in _split():
            self._room.acquire()
            try:
                self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
            except RuntimeError:  # the loop has ended
                return


def _split() -> Iterator[bytes | None]:
    """Yield the lines of standard input; `None` at its end, or where one is too long."""
    begun = bytearray()
    while len(begun) <= LINE_BYTES:
        try:
            data = os.read(0, CHUNK_BYTES)
        except OSError:
            break
        if not data:
            break
        *lines, rest = data.split(b"\n")
        for line in lines:
            yield bytes(begun + line)
            begun.clear()
        begun += rest
    yield None

"""A server that is a program: started in a group of its own, spoken to over its pipes, ended with all it started."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from segue.tools.mcp.failure import NotReached
from segue.tools.mcp.server import MESSAGE_BYTES, Server
from segue.tools.unfold import one_line

if TYPE_CHECKING:
    from mcp.client import Transport

GRACE_S = 2.0
"""How long a server may take to leave when its input has ended, and again when it was told to."""
_LOOK_EVERY_S = 0.01
_MOST_STRANGE = 1_000
"""Lines on its output that are no messages, before it is given up."""
_KEPT_ERRORS = 5
"""Last lines of its error output, for the message when it fails."""
_log = logging.getLogger("segue.tools.mcp")
_running: set[int] = set()
"""Programs under way, by the id of their group."""


def end_all() -> None:
    """End every program at once: for a process that has no time left to close anything in order."""
    for group in list(_running):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


class Program:
    """One server's process, and what is known of how it fares."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._errors: deque[str] = deque(maxlen=_KEPT_ERRORS)
        self.ended_by = ""
        """Why we stopped listening, if we did."""

    @property
    def said(self) -> str:
        """What its error output ended with, for a message."""
        return one_line(" | ".join(self._errors), 300)

    def transport(self) -> Transport:
        """Return what the library's client talks through."""
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[Any, Any]]:
        import anyio  # noqa: PLC0415 (comes with mcp, which is slow to import)

        process = await self._start()
        _running.add(process.pid)
        to_client, incoming = anyio.create_memory_object_stream[Any](0)
        outgoing, from_client = anyio.create_memory_object_stream[Any](0)
        tasks = [
            asyncio.create_task(work)
            for work in (self._read(process, to_client), self._write(process, from_client), self._hear(process))
        ]
        try:
            yield incoming, outgoing
        finally:
            await _undisturbed(_end(process, tasks))
            _running.discard(process.pid)
            for stream in (to_client, incoming, outgoing, from_client):
                stream.close()

    async def _start(self) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                *self._server.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=dict(self._server.env),
                cwd=self._server.folder,
                start_new_session=True,
                limit=MESSAGE_BYTES,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise NotReached(f"{self._server.command[0]} cannot be started: {reason}") from error

    async def _read(self, process: asyncio.subprocess.Process, to_client: Any) -> None:
        import anyio  # noqa: PLC0415
        from mcp.shared.message import SessionMessage  # noqa: PLC0415
        from mcp.types import jsonrpc_message_adapter  # noqa: PLC0415

        assert process.stdout is not None  # noqa: S101 (it was asked for)
        strange = 0
        async with to_client:
            while strange < _MOST_STRANGE:
                try:
                    line = await process.stdout.readuntil(b"\n")
                except asyncio.IncompleteReadError:
                    return
                except asyncio.LimitOverrunError:
                    self.ended_by = f"it sent a message of more than {MESSAGE_BYTES:,} bytes"
                    return
                try:
                    message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValueError:
                    strange += 1
                    _log.debug("server %s wrote what is no message", self._server.name)
                    continue
                try:
                    await to_client.send(SessionMessage(message))
                except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                    return
        self.ended_by = f"it wrote {_MOST_STRANGE:,} lines that are no messages"

    async def _write(self, process: asyncio.subprocess.Process, from_client: Any) -> None:
        assert process.stdin is not None  # noqa: S101 (it was asked for)
        with suppress(OSError):  # the reader sees that it ended
            async with from_client:
                async for message in from_client:
                    text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                    process.stdin.write(f"{text}\n".encode())
                    await process.stdin.drain()

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        """Take in what it writes to its error output, so that it never waits for us to read it."""
        assert process.stderr is not None  # noqa: S101 (it was asked for)
        while chunk := await process.stderr.read(8192):
            for line in chunk.decode(errors="replace").splitlines():
                if line.strip():
                    self._errors.append(one_line(line, 200))
                    _log.debug("server %s says: %s", self._server.name, self._errors[-1])


async def _undisturbed(work: Awaitable[None]) -> None:
    """Finish a piece of bounded work even where the task is cancelled meanwhile, and be cancelled then."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _end(process: asyncio.subprocess.Process, tasks: list[asyncio.Task[None]]) -> None:
    """End a program: no more input, then a signal to its group, then the last one."""
    reading, writing, hearing = tasks
    writing.cancel()
    reading.cancel()
    await asyncio.gather(writing, reading, return_exceptions=True)
    draining = asyncio.create_task(_drain(process))
    if process.stdin is not None:
        process.stdin.close()
    for number in (None, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)
        if await _has_left(process):
            break
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # whatever it left behind in its group
    draining.cancel()
    hearing.cancel()
    await asyncio.gather(draining, hearing, return_exceptions=True)
    process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 (a survivor may hold the pipes open)


async def _has_left(process: asyncio.subprocess.Process) -> bool:
    """Wait a while for a process to end; what it started may hold its pipes open, so those are not waited for."""
    for _ in range(int(GRACE_S / _LOOK_EVERY_S)):
        if process.returncode is not None:
            return True
        await asyncio.sleep(_LOOK_EVERY_S)
    return process.returncode is not None


async def _drain(process: asyncio.subprocess.Process) -> None:
    """Read on, so that a server that is still writing can come to its end."""
    assert process.stdout is not None  # noqa: S101 (it was asked for)
    while await process.stdout.read(65_536):
        pass

"""One call of a server's tool, and what is certain when it fails."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from segue.tools.mcp.failure import ConnectionBroke, NotReached, Refused, ToolFailed
from segue.tools.mcp.wire import Sent, sending
from segue.tools.schema import JSON
from segue.tools.tool import ToolResultError
from segue.tools.unfold import one_line

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import CallToolResult

_log = logging.getLogger("segue.tools.mcp")


@dataclass(frozen=True)
class Call:
    """What is asked of a server."""

    tool: str
    """The server's own name for it."""
    arguments: Mapping[str, JSON]
    meta: Mapping[str, JSON]
    """Sent beside them."""
    patience: timedelta
    """How long the server may take."""

    @property
    def shown(self) -> str:
        """The tool's name for a message."""
        return one_line(self.tool, 100)


async def made(client: Client, server: str, call: Call) -> CallToolResult:
    """Make a call and return its result as it came.

    Raises:
        NotReached: It certainly never left.
        Refused: The server did not run it.
        ConnectionBroke: The connection ended meanwhile.
        ToolFailed: The server reports an error.
        ToolResultError: Its answer breaks the protocol.
        TimeoutError: It took too long.
    """
    from mcp import MCPError  # noqa: PLC0415 (slow to import)
    from pydantic import ValidationError  # noqa: PLC0415

    sent = Sent()
    token = sending.set(sent)
    try:
        return await client.call_tool(
            call.tool,
            dict(call.arguments),
            read_timeout_seconds=call.patience.total_seconds(),
            progress_callback=_progress(server, call),
            meta=dict(call.meta) or None,  # type: ignore[arg-type]  # our own key
        )
    except ValidationError as error:
        raise ToolResultError(call.shown, "the server's answer breaks the protocol") from error
    except MCPError as error:
        raise _explained(server, call, error, sent) from error
    except (OSError, RuntimeError) as error:
        raise _broke(server, call, sent) from error
    finally:
        sending.reset(token)


def _explained(server: str, call: Call, error: Any, sent: Sent) -> Exception:
    from mcp import types  # noqa: PLC0415 (slow to import)

    said = one_line(error.message, 300)
    match error.code:
        case types.CONNECTION_CLOSED:
            return _broke(server, call, sent)
        case types.REQUEST_TIMEOUT:
            return TimeoutError(f"server {server} did not answer in time")
        case types.METHOD_NOT_FOUND | types.INVALID_PARAMS:
            return Refused(f"server {server} refused {call.shown}: {said}")
        case types.INVALID_REQUEST if error.message == "Session terminated":
            return NotReached(f"server {server} has forgotten us")
    return ToolFailed(f"server {server}, tool {call.shown}: {said}")


def _broke(server: str, call: Call, sent: Sent) -> Exception:
    if not sent.may_have:
        return NotReached(f"server {server} was not reached")
    return ConnectionBroke(f"the connection to server {server} ended while it ran {call.shown}")


def _progress(server: str, call: Call) -> Any:
    async def told(progress: float, total: float | None, message: str | None) -> None:
        of = "" if total is None else f" of {total:g}"
        words = one_line(message, 200) if message else ""
        _log.info("server %s, tool %s: %g%s %s", server, call.shown, progress, of, words)

    return told

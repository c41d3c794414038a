"""What goes wrong with a tool of an MCP server, told apart by what certainly did not happen."""

from __future__ import annotations

from segue.errors import NotDone, PermanentError, SegueError


class NotReached(NotDone):
    """The server was not reached: the call certainly never left, so nothing happened."""


class Refused(PermanentError):
    """The server refused the call before it ran: no such tool, or not these arguments."""


class ToolGone(PermanentError):
    """The server does not offer this tool any more; nothing was sent."""


class ConnectionBroke(SegueError):
    """The connection ended while the call was under way: whether the tool ran is not known."""


class ToolFailed(SegueError):
    """The tool itself reports an error; what it did until then is not known."""

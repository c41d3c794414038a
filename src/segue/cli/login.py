"""`segue login`: lets a person log in at an MCP server that wants it."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from segue.cli import output


def command(
    server: Annotated[str, typer.Argument(metavar="SERVER", help="Its name in segue.toml.")],
    *,
    workspace: output.WorkspaceOption = "",
) -> None:
    """Log in at an MCP server that wants a person to."""
    from segue.errors import EnvironmentFault, UsageError  # noqa: PLC0415 (not needed for --help)
    from segue.tools.mcp import callback  # noqa: PLC0415
    from segue.wiring import House  # noqa: PLC0415

    house = House(output.workspace(workspace))
    said = house.settings.tools.mcp.get(server)
    if said is None or not said.oauth:
        asking = [name for name, one in house.settings.tools.mcp.items() if one.oauth]
        known = f"those that do: {', '.join(asking)}" if asking else "none does: its section says oauth = true"
        raise UsageError(f"no server {server} wants a login; {known}")
    offered = house.log_in(server, partial(callback.log_in, show=_show))
    if offered.why:
        raise EnvironmentFault(offered.why)
    tools = len(offered.listing.tools) if offered.listing else 0
    output.line(f"Logged in at {server}, which offers {output.count(tools, 'tool')}")


def _show(url: str) -> None:
    output.line("Open this page in your browser and log in; this goes on when you have:")
    output.line(url)

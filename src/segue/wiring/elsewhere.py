"""The tools of a workspace that run elsewhere: on MCP servers and HTTP services."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from segue.engine.context import attempt_around
from segue.settings import Settings
from segue.settings import servers as remote
from segue.support.workspace import Workspace
from segue.tools.toolbox import Source

if TYPE_CHECKING:
    from segue.tools.mcp.servers import Servers
    from segue.tools.openapi.services import Services


def servers(workspace: Workspace, settings: Settings) -> Servers | None:
    """Return the MCP servers of a workspace; `None` where there are none."""
    if not settings.tools.mcp:
        return None
    from segue.tools.mcp.servers import Servers  # noqa: PLC0415 (not needed by most workspaces)

    found = remote.servers(settings.tools.mcp, os.environ, workspace.root)
    return Servers(found, offers(workspace), key=key)


def offers(workspace: Workspace) -> Path:
    """Return the folder for what MCP servers offered last, and for what lets us in."""
    return workspace.records / "mcp"


def services(workspace: Workspace, settings: Settings, *, again: bool = False) -> Services | None:
    """Return the HTTP services of a workspace; `None` where there are none."""
    if not settings.tools.http:
        return None
    from segue.tools.openapi.services import Services  # noqa: PLC0415 (not needed by most workspaces)

    found = remote.services(settings.tools.http)
    return Services(found, workspace.root, environment=os.environ, key=key, again=again)


def sources(*found: Source | None) -> list[Source]:
    """Return those that there are."""
    return [source for source in found if source is not None]


def key() -> str:
    """Return the key under which the current step may act; empty outside of one."""
    around = attempt_around()
    return "" if around is None else around.key

"""`segue mcp`: offers the agent to MCP clients."""

from __future__ import annotations

from typing import Annotated

import typer

from segue.cli import output


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
    from segue.cli import serving  # noqa: PLC0415 (not needed for --help)

    serving.run(output.workspace(workspace), http, trusts_callers=trust_callers)

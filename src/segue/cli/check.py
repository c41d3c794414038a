"""`segue check`: says what is wrong with a workspace's files."""

from __future__ import annotations

from typing import Annotated

import typer

from segue.cli import output


def command(
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of procedure files, for editors, and nothing else.")
    ] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Fetch the descriptions of HTTP services again.")] = False,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Say what is wrong with the workspace's files."""
    from segue import wiring  # noqa: PLC0415 (not needed for --help)
    from segue.plan import schema as procedures  # noqa: PLC0415

    if schema:
        output.data(procedures.schema())
        return

    found = wiring.check(output.workspace(workspace), again=refresh)
    errors = sum(finding.severity == "error" for finding in found)
    if json:
        output.data(found)
    else:
        output.findings(found, to_stderr=False)
        warnings = output.count(len(found) - errors, "warning")
        output.line(f"{output.count(errors, 'error')}, {warnings}" if found else "Everything is in order")
    raise typer.Exit(1 if errors else 0)

"""`segue doctor`: says whether this machine and workspace can work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from segue.cli import layout, output

if TYPE_CHECKING:
    from segue.diagnosis import Diagnosis


def command(*, workspace: output.WorkspaceOption = "", json: output.JsonOption = False) -> None:
    """Say whether this machine and workspace can work."""
    from segue import diagnosis  # noqa: PLC0415 (not needed for --help)

    found = diagnosis.examine(workspace or output.common.workspace)
    if json:
        output.data(found)
    else:
        rows = [["ok" if one.ok else "no", one.check, _said(one)] for one in found]
        layout.show(layout.Table(columns=["", "check", "found"], rows=rows))
    raise typer.Exit(0 if all(one.ok for one in found) else 1)


def _said(one: Diagnosis) -> str:
    return f"{one.message}\n{one.hint}" if one.hint else one.message

"""`segue backtest`: what the agent would have done on past tickets, without doing anything."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli import forecast, output

if TYPE_CHECKING:
    from segue.errors import Finding
    from segue.support.ticket import PastTicket


def command(
    history: Annotated[str, typer.Argument(metavar="HISTORY", help="A file of past tickets, or a folder of them.")],
    *,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Replay past tickets, each as of its own time, and say how the agent would have done."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    house = House(output.workspace(workspace))
    refused: list[Finding] = []
    past = _read(history, refused)
    for finding in refused:
        output.error(str(finding))
    report = forecast.rehearse(house, past)
    if json:
        output.data(report.document())
    else:
        forecast.show(report)
    raise typer.Exit(1 if refused or not past else 0)


def _read(history: str, refused: list[Finding]) -> list[PastTicket]:
    from segue.errors import UsageError  # noqa: PLC0415 (not needed for --help)
    from segue.support.lines import read_files  # noqa: PLC0415
    from segue.support.ticket import parse_past_ticket  # noqa: PLC0415

    path = Path(history)
    if not path.exists():
        raise UsageError(f"{history}: no such file or folder")
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    named = [(file, str(file)) for file in files]
    return list(read_files(named, parse_past_ticket, now=datetime.now(UTC), report=refused.append))

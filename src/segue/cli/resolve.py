"""`segue resolve`: resolves the tickets of a file."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli import output, resolutions

if TYPE_CHECKING:
    from segue.errors import Finding
    from segue.support.outcome import Resolution
    from segue.support.ticket import Ticket
    from segue.wiring import House


def command(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON Lines, one ticket a line; - for standard input.")],
    *,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Resolve the tickets of a file."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    house = House(output.workspace(workspace))
    refused: list[Finding] = []
    tickets = _read(file, refused)
    for finding in refused:
        output.error(str(finding))
    if tickets:
        house.prepare()
    # The house stays open to the end of the process: a thread of somebody's tool may outlive the engine and use it.
    ended = output.wait(_resolve(house, tickets, as_json=json))
    if not json:
        resolutions.show(ended)
    raise typer.Exit(1 if refused else 0)


def _read(file: str, refused: list[Finding]) -> list[Ticket]:
    from segue.errors import UsageError  # noqa: PLC0415 (not needed for --help)
    from segue.support.lines import read_stream  # noqa: PLC0415
    from segue.support.ticket import parse_ticket  # noqa: PLC0415

    now = datetime.now(UTC)
    if file == "-":
        return list(read_stream(sys.stdin.buffer, parse_ticket, file="<stdin>", now=now, report=refused.append))
    try:
        with Path(file).open("rb") as stream:
            return list(read_stream(stream, parse_ticket, file=file, now=now, report=refused.append))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise UsageError(f"{file or 'the file'}: {error.strerror}") from error


async def _resolve(house: House, tickets: list[Ticket], *, as_json: bool) -> list[Resolution]:
    from segue.support import batch  # noqa: PLC0415 (not needed for --help)

    ended: list[Resolution] = []
    with output.progress("Resolving tickets") as advance:
        async with house.work() as work:
            async for resolution in batch.resolve(work, house.workflow, tickets, house.effects, budget=house.budget):
                ended.append(resolution)
                advance(len(ended), len(tickets))
                if as_json:
                    output.data(resolution)
    return ended

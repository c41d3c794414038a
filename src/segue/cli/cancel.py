"""`segue runs cancel`: asks a run to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli import output

if TYPE_CHECKING:
    from segue.engine.journal import Status
    from segue.wiring import House


def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of the run, or of its ticket.")],
    *,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Ask a run to end; what it has done stays done, and its ticket goes to a person."""
    from segue.errors import RunFinished  # noqa: PLC0415 (not needed for --help)
    from segue.wiring import House  # noqa: PLC0415

    run_id, status, is_asked = output.wait(_cancel(House(output.workspace(workspace)), run))
    if not is_asked and status != "cancelled":
        raise RunFinished(f"run {run_id} has ended ({status}): there is nothing to cancel")
    if json:
        output.data({"run_id": run_id, "status": status})
    elif is_asked:
        output.line(f"Asked {run_id} to end. {output.TAKEN_UP}")
    else:
        output.line(f"{run_id} was cancelled already")


async def _cancel(house: House, name: str) -> tuple[str, Status, bool]:
    """Ask it and return the run's id, what it was doing, and whether there was something to cancel."""
    from segue.support import intake  # noqa: PLC0415 (not needed for --help)

    async with house.reader() as engine:
        run_id = await intake.latest(engine, name)
        is_asked = await engine.cancel(run_id)
        return run_id, engine.status(run_id), is_asked

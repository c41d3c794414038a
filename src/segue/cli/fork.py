"""`segue runs fork`: begins a run as a copy of another one's past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli import output

if TYPE_CHECKING:
    from segue.wiring import House


def command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of the run, or of its ticket.")],
    *,
    before: Annotated[
        str,
        typer.Option("--before", metavar="PATH", help="Keep what came before this path; `segue runs show` lists them."),
    ],
    live: Annotated[
        bool, typer.Option("--live", help="Let effects really happen, where nothing that happened could be repeated.")
    ] = False,
    as_: Annotated[
        str, typer.Option("--as", metavar="ID", show_default=False, help="Id of the fork; made up without it.")
    ] = "",
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Let a copy of a run's past go on with the files as they are now; by default nothing of it leaves."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    source, run_id = output.wait(_fork(House(output.workspace(workspace)), run, before, as_ or None, live=live))
    if json:
        output.data({"run_id": run_id, "source": source, "before": before, "live": live})
        return
    world = "its effects really happen" if live else "its effects end as they did there, and nothing leaves"
    output.line(f"Forked {source} before {before} as {run_id}: {world}.")
    output.line(output.TAKEN_UP)
    output.line(f"See how it went: segue runs show {run_id}")


async def _fork(house: House, name: str, before: str, run_id: str | None, *, live: bool) -> tuple[str, str]:
    """Fork it and return the ids of original and fork."""
    from segue.errors import ForkRefused, UsageError  # noqa: PLC0415 (not needed for --help)
    from segue.support import intake  # noqa: PLC0415

    async with house.reader() as engine:
        source = await intake.latest(engine, name)
        try:
            fork = await engine.fork(source, before=before, run_id=run_id, live=live)
        except ForkRefused:
            raise
        except ValueError as error:
            raise UsageError(str(error)) from error
        return source, fork.run_id

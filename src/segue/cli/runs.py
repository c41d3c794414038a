"""`segue runs`: what was run, and what is running."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from segue.cli import cancel, fork, layout, output, story, timeline

if TYPE_CHECKING:
    from segue.engine.engine import Engine
    from segue.engine.journal import Entry, RunInfo
    from segue.support.outcome import Resolution
    from segue.wiring import House

app = typer.Typer(invoke_without_command=True, help="What was run, and what is running.")


@app.callback()
def root(context: typer.Context) -> None:
    """Take no options of its own."""
    output.needs_command(context)


@app.command("list")
def list_runs(
    *,
    status: Annotated[
        str, typer.Option(metavar="STATUS", help="Only these: running, waiting, completed, failed, cancelled.")
    ] = "",
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, max=10_000, help="At most this many, the latest first.")
    ] = 50,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """List runs, the latest first."""
    from segue.engine.journal import ENDED  # noqa: PLC0415 (not needed for --help)
    from segue.errors import UsageError  # noqa: PLC0415
    from segue.wiring import House  # noqa: PLC0415

    known = {"running", "waiting", *ENDED}
    if status and status not in known:
        raise UsageError(f"--status {status}: one of {', '.join(sorted(known))}")
    found = output.wait(_list(House(output.workspace(workspace)), status or None, limit))
    if json:
        output.data(found)
    elif not found:
        output.line("No runs" + (f" of status {status}" if status else " yet"))
    else:
        layout.show(*_layouts(found))
        if len(found) == limit:
            output.line(f"The latest {limit}; --limit shows more")


@app.command()
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of the run, or of its ticket.")],
    *,
    entries: Annotated[
        bool, typer.Option("--entries", help="The journal, entry by entry, instead of the timeline.")
    ] = False,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Show what a run did, and when."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    with closing(House(output.workspace(workspace))) as house:
        info, found = output.wait(_read(house, run))
        known = _known(info, found)
        shown = _run(info, known, found)
        if json:
            output.data({"run": shown, "entries": [story.fields(entry) for entry in found]})
            return
        story.head(shown, info)
        if known is not None:
            story.why(known)
        if entries:
            story.journal(found)
        else:
            timeline.show(found, info.status)
            story.calls(found)
            story.models(found)
        if known is not None and known.ticket_id:
            story.posts(house.helpdesk.posts(known.ticket_id))


app.command("cancel")(cancel.command)
app.command("fork")(fork.command)


async def _list(house: House, status: str | None, limit: int) -> list[dict[str, Any]]:
    async with house.reader() as engine:
        infos = await engine.runs(status=cast("Any", status), limit=limit)
        found = [(info, await _needed(engine, info)) for info in infos]
        return [_run(info, _known(info, entries), entries) for info, entries in found]


async def _needed(engine: Engine, info: RunInfo) -> list[Entry]:
    """Return the entries that tell outcome and topic: of a completed run, its last one does."""
    if info.status == "completed":
        last = await engine.last_entry(info.run_id)
        if last is not None and last.payload is not None:
            return [last]
    return await engine.entries(info.run_id)


async def _read(house: House, name: str) -> tuple[RunInfo, list[Entry]]:
    from segue.support import intake  # noqa: PLC0415 (not needed for --help)

    async with house.reader() as engine:
        run_id = await intake.latest(engine, name)
        entries = await engine.entries(run_id)
        return await engine.run(run_id), entries


def _known(info: RunInfo, entries: list[Entry]) -> Resolution | None:
    """Return what became of the ticket of a run so far; `None` for an erased run, and for one of another workflow."""
    from segue.support import progress, resolve  # noqa: PLC0415 (not needed for --help)

    return progress.so_far(info, entries, {}) if info.workflow == resolve.NAME and not _is_erased(entries) else None


def _is_erased(entries: list[Entry]) -> bool:
    return bool(entries) and all(entry.payload is None for entry in entries)


def _run(info: RunInfo, known: Resolution | None, entries: list[Entry]) -> dict[str, Any]:
    return {
        "run_id": info.run_id,
        "workflow": info.workflow,
        "status": info.status,
        "outcome": known.outcome if known else None,
        "topic": known.topic if known else None,
        "started_at": info.started_at,
        "ended_at": info.ended_at,
        "erased": _is_erased(entries),
    }


def _layouts(found: list[dict[str, Any]]) -> tuple[layout.Table, ...]:
    def laid_out(*columns: str) -> layout.Table:
        rows = [[str(shown.get(column) or "–") for column in columns] for shown in map(_shown, found)]
        return layout.Table(columns=columns, rows=rows)

    return (
        laid_out("run", "status", "outcome", "topic", "started", "took"),
        laid_out("run", "status", "outcome", "topic", "started"),
        laid_out("run", "outcome", "topic", "started"),
        laid_out("run", "outcome", "topic"),
    )


def _shown(run: dict[str, Any]) -> dict[str, str]:
    took = f"{(run['ended_at'] - run['started_at']).total_seconds():.2f} s" if run["ended_at"] else ""
    return {
        **{name: run[name] for name in ("status", "topic")},
        "run": run["run_id"],
        "outcome": "(erased)" if run["erased"] else run["outcome"] or run["status"],
        "started": f"{run['started_at']:%Y-%m-%d %H:%M:%SZ}",
        "took": took,
    }

"""`segue ingest`: reads articles, past tickets and web pages into the library."""

from __future__ import annotations

from typing import Annotated

import typer

from segue.cli import output


def command(
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Visit no web page.")] = False,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Read new and changed articles into the library, and the sites that are due; learn from past conversations."""
    from segue.wiring import House, sources  # noqa: PLC0415 (not needed for --help)

    house = House(output.workspace(workspace))
    with output.progress("Reading articles") as advance:
        done = sources.ingest(house, offline=offline, on_progress=advance)
    with output.progress("Learning from past conversations") as advance:
        house.experience.practise(advance)
    house.close()
    problems = [finding for finding in done.problems if finding.severity == "error"]
    if json:
        shown = [{"file": p.file, "line": p.line, "message": p.message} for p in done.problems]
        output.data(
            {
                "documents": done.documents,
                "added": done.added,
                "changed": done.changed,
                "removed": done.removed,
                "passages": done.passages,
                "problems": shown,
            }
        )
    else:
        output.findings(done.problems)
        output.line(
            f"{output.count(done.documents, 'document')} with {output.count(done.passages, 'passage')}: "
            f"{done.added} new, {done.changed} changed, {done.removed} removed"
        )
    raise typer.Exit(1 if problems else 0)

"""`segue init`: writes a small workspace that runs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from segue.cli import output


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Empty, or not there yet.")],
    *,
    json: output.JsonOption = False,
) -> None:
    """Write a small workspace that runs."""
    from segue.support import workspace  # noqa: PLC0415 (not needed for --help)

    made = workspace.init(folder)
    if json:
        output.data({"workspace": str(made.root)})
        return
    output.line(f"Wrote a small bookshop's workspace to {folder}. Next:")
    output.line(f"  cd {shlex.quote(str(folder))}")
    output.line("  segue check                          says what is wrong with it")
    output.line("  segue ingest                         reads the articles")
    output.line("  segue resolve inbox/2026-05.jsonl    resolves a ticket")

"""`segue audit`: proves that what is recorded was not altered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from segue.cli import output

if TYPE_CHECKING:
    from segue.wiring import House

app = typer.Typer(invoke_without_command=True, help="Prove that what is recorded was not altered.")


@app.callback()
def root(context: typer.Context) -> None:
    """Take no options of its own."""
    output.needs_command(context)


@app.command()
def verify(*, workspace: output.WorkspaceOption = "", json: output.JsonOption = False) -> None:
    """Check every run's hash chain, from its first entry to its last."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    report = output.wait(_verify(House(output.workspace(workspace))))
    if json:
        output.data(report)
    else:
        tell(report)
        if report.ok:
            output.line("Without an earlier head to compare with, this proves consistency only.")
    raise typer.Exit(0 if report.ok else 1)


def tell(report: Any) -> None:
    """Say what a check of the journal found."""
    if not report.ok:
        bad = report.first_bad
        place = f"run {bad.run_id}" + (f", entry {bad.seq}" if bad.seq is not None else "")
        output.line(f"ALTERED: {place}: {bad.reason}")
        return
    counted = f"{output.count(report.runs, 'run')} with {output.count(report.entries, 'entry', 'entries')}"
    output.line(f"Audit: {counted}, every hash chain is whole")
    output.line(f"Head:  {report.head}")


async def _verify(house: House) -> Any:
    async with house.reader() as engine:
        return await engine.audit()

"""`segue audit`: proves that what is recorded was not altered."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli import output

if TYPE_CHECKING:
    from segue.engine.head import Head
    from segue.wiring import House

app = typer.Typer(invoke_without_command=True, help="Prove that what is recorded was not altered.")


@app.callback()
def root(context: typer.Context) -> None:
    """Take no options of its own."""
    output.needs_command(context)


@app.command()
def verify(
    *,
    head: Annotated[
        str, typer.Option("--head", metavar="HEAD", help="A file of heads published earlier, or a head itself.")
    ] = "",
    key: Annotated[
        str, typer.Option("--key", metavar="PUBLIC", help="The key that signed them; the workspace's own without.")
    ] = "",
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Check every hash chain, and with an earlier head that everything up to it is as it was."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    if key and not head:
        raise typer.BadParameter("without --head there is no signature to check", param_hint="--key")
    house = House(output.workspace(workspace))
    report = output.wait(_verify(house, _heads(head), _public(house, key) if head else ""))
    if json:
        output.data(report)
    else:
        tell(report)
        _tell_what_is_proven(report)
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def head(
    *,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Add it to this file as a line instead.")
    ] = None,
    workspace: output.WorkspaceOption = "",
) -> None:
    """Print a signed head, to be kept where nobody who can write the database can write too."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    house = House(output.workspace(workspace))
    is_new = not house.audit_key.exists()
    made = output.wait(_head(house))
    if is_new:
        output.error(f"made the key {house.audit_key}; write down its public key, which proves the heads: {made.key}")
    if to is None:
        output.line(made.line)
    else:
        _add_line(to, made.line)


@app.command()
def export(
    *,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write there instead.")] = None,
    workspace: output.WorkspaceOption = "",
) -> None:
    """Write everything that is recorded as JSON Lines, which anybody can check without this program."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    house = House(output.workspace(workspace))
    if to is None:
        output.wait(_export(house, sys.stdout))
        return
    unfinished = to.with_name(f"{to.name}.unfinished")
    with unfinished.open("w", encoding="utf-8") as file:
        output.wait(_export(house, file))
    unfinished.replace(to)


def tell(report: Any) -> None:
    """Say what a check of the record found."""
    if not report.ok:
        bad = report.first_bad
        of = f"run {bad.run_id}" if bad.run_id else "the workspace chain"
        place = of + (f", entry {bad.seq}" if bad.seq is not None else "")
        output.line(f"ALTERED: {place}: {bad.reason}")
        return
    counted = f"{output.count(report.runs, 'run')} with {output.count(report.entries, 'entry', 'entries')}"
    output.line(f"Audit: {counted}, every hash chain is whole")
    if report.pruned:
        output.line(f"       {output.count(report.pruned, 'run')} pruned, as the workspace chain says")
    output.line(f"Head:  {report.head}")


def _tell_what_is_proven(report: Any) -> None:
    if report.proven is not None:
        output.line(f"Proven: the first {output.count(report.proven, 'entry', 'entries')} of the workspace chain")
        output.line("        and all that they name. What came later fits together.")
        if report.pruned_since:
            counted = output.count(report.pruned_since, "run")
            output.line(f"        {counted} pruned since the last head: that this was meant is not proven.")
    elif report.ok:
        output.line("Without an earlier head to compare with, this proves consistency only.")


def _heads(named: str) -> str:
    """Return the heads that an option gives, or names a file of.

    Raises:
        UsageError: There is no such file, or it is no text.
    """
    from segue.errors import UsageError  # noqa: PLC0415 (not needed for --help)

    if named.lstrip().startswith("{") or not named:
        return named
    try:
        return Path(named).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{named}: no file of heads: {error}") from error


def _public(house: House, given: str) -> str:
    """Return the public key that heads must be signed with.

    Raises:
        UsageError: None is given, and the workspace has none.
    """
    from segue.engine.signature import PrivateKey  # noqa: PLC0415 (not needed for --help)
    from segue.errors import UsageError  # noqa: PLC0415

    if given or house.audit_key.exists():
        return given or PrivateKey(house.audit_key).public
    raise UsageError(f"{house.audit_key}: no key; say with --key PUBLIC which one signed the head")


def _add_line(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


async def _verify(house: House, head: str, key: str) -> Any:
    async with house.reader() as engine:
        return await engine.audit(head=head, key=key)


async def _head(house: House) -> Head:
    async with house.reader() as engine:
        return await engine.head(house.audit_key)


async def _export(house: House, to: Any) -> None:
    async with house.reader() as engine:
        await engine.export(to)

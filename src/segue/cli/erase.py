"""`segue erase`: erases a person's data."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli import output

if TYPE_CHECKING:
    from segue.support.erasure import Erased, Found
    from segue.wiring import House


def command(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Their id or e-mail address, as tickets say it.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Erase a person's data everywhere in the workspace; every chain still verifies."""
    from segue.errors import UsageError  # noqa: PLC0415 (not needed for --help)
    from segue.wiring import House  # noqa: PLC0415

    with closing(House(output.workspace(workspace))) as house:
        found = output.wait(_find(house, customer, may_finish=not dry_run))
        if not found:
            raise UsageError(f"{customer}: nothing in this workspace is of a customer with this id or e-mail address")
        if not json:
            _tell(house, found)
        if not dry_run and not yes and not _is_confirmed():
            raise typer.Exit(1)
        erased = None if dry_run else output.wait(_erase(house, found))
        if json:
            output.data(_document(house, found, erased))
        elif erased is not None:
            output.line(
                f"Erased {output.count(erased.entries, 'entry', 'entries')} of runs, "
                f"{output.count(erased.posts, 'post')} and {output.count(erased.lines, 'line')}; "
                "what was learned from them is learned anew when it is next needed."
            )


async def _find(house: House, customer: str, *, may_finish: bool) -> Found:
    """Look for a customer; an erasure that was interrupted so late that nothing is found any more is finished."""
    from segue.support import erasure  # noqa: PLC0415 (not needed for --help)

    async with house.reader() as engine:
        found = await erasure.find(engine, house.workspace, house.helpdesk, customer)
        if not found and may_finish and await erasure.is_unfinished(engine):
            await erasure.finish(engine, house.workspace, {})
            output.error("an erasure that was interrupted is finished now")
            raise typer.Exit
        return found


async def _erase(house: House, found: Found) -> Erased:
    from segue.support import erasure  # noqa: PLC0415 (not needed for --help)
    from segue.wiring import sources  # noqa: PLC0415

    sources.forget(house, found.past)
    async with house.reader() as engine:
        return await erasure.erase(engine, house.workspace, house.helpdesk, found)


def _tell(house: House, found: Found) -> None:
    """Say what is there."""
    counted = [
        (len(found.runs), "run", "runs", ", cancelled first where they go on"),
        (len(found.tickets), "ticket", "tickets", " in the helpdesk, with all that was written on them"),
        (sum(map(len, found.quotes.values())), "entry", "entries", " of other customers' runs that quote their past"),
    ]
    output.line(f"Of {found.who}:")
    for number, noun, nouns, about in counted:
        if number:
            output.line(f"  {output.count(number, noun, nouns)}{about}")
    for path, number in found.lines.items():
        output.line(f"  {output.count(number, 'line')} of {house.workspace.name(path)}, which is written anew")
    if found.also:
        output.line(f"Their tickets also carry {', '.join(found.also)}: what carries only that stays.")


def _is_confirmed() -> bool:
    from segue.errors import UsageError  # noqa: PLC0415 (not needed for --help)

    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm it: say --yes, or --dry-run to see what would be erased")
    return typer.confirm("Erase all of this, for ever?", err=True)


def _document(house: House, found: Found, erased: Erased | None) -> dict[str, object]:
    return {
        "erased": erased is not None,
        "runs": len(found.runs) if erased is None else erased.runs,
        "entries": None if erased is None else erased.entries,
        "quotes": sum(map(len, found.quotes.values())),
        "tickets": len(found.tickets),
        "posts": None if erased is None else erased.posts,
        "lines": {house.workspace.name(path): number for path, number in found.lines.items()},
        "also": found.also,
    }

"""`segue gaps`: what customers ask and no article answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.cli import layout, output

if TYPE_CHECKING:
    from segue.support.gaps import Gap

INDENT, LINES = 5, 2
"""Columns before a line of a gap, lines that are shown of each."""


def command(
    *,
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, max=1000, help="At most this many, the largest first.")
    ] = 10,
    least: Annotated[int, typer.Option(metavar="N", min=1, help="Only what was asked so often.")] = 1,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Show what customers ask and no article answers, what is asked most first."""
    from segue.wiring import House, gaps  # noqa: PLC0415 (not needed for --help)

    house = House(output.workspace(workspace))
    found = [gap for gap in output.wait(gaps.found(house)) if gap.size >= least]
    house.close()
    if json:
        output.data([_document(gap) for gap in found[:limit]])
        return
    if not found:
        output.line("No gaps: whatever was asked, an article answers")
    for number, gap in enumerate(found[:limit], start=1):
        _show(number, gap)
    if len(found) > limit:
        output.line(f"and {len(found) - limit} more; --limit shows them")


def _document(gap: Gap) -> dict[str, Any]:
    near = gap.nearest
    return {
        "size": gap.size,
        "last": gap.last,
        "examples": [{"ticket_id": each.ticket_id, "text": each.text} for each in gap.examples],
        "nearest": None if near is None else {"document": near.document, "heading": near.heading, "match": near.match},
        "outline": [{"text": point.text, "times": point.times} for point in gap.outline],
    }


def _show(number: int, gap: Gap) -> None:
    layout.text(
        f"{output.count(gap.size, 'question')}, the last on {gap.last:%Y-%m-%d}", label=f"{number}.", indent=INDENT
    )
    for each in gap.examples:
        layout.text(f"{each.ticket_id}: {' '.join(each.text.split())}", indent=INDENT, lines=LINES)
    if gap.nearest is not None:
        place = " > ".join(part for part in (gap.nearest.title, gap.nearest.heading) if part)
        layout.text(f"nearest: {place} ({gap.nearest.document}), match {gap.nearest.match:.2f}", indent=INDENT)
    for point in gap.outline:
        layout.text(f"people said: {point.text} ({output.count(point.times, 'time')})", indent=INDENT, lines=LINES)

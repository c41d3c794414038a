"""`segue search`: searches the articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli import layout, output

if TYPE_CHECKING:
    from segue.knowledge.document import Hit

INDENT, LINES = 4, 4
"""Columns before a passage, lines that are shown of it."""


def command(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What a customer might ask.")],
    *,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=100, help="At most this many passages.")] = 8,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Show the passages that answer a question best."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    house = House(output.workspace(workspace))
    hits = house.library.search(query, limit=limit)
    documents, _ = house.library.documents.counts()
    house.close()
    if not documents:
        output.error("no article was read yet; `segue ingest` reads them")
    if json:
        output.data(
            [
                {
                    "document": hit.document,
                    "heading": hit.heading,
                    "start": hit.start,
                    "end": hit.end,
                    "text": hit.text,
                    "score": hit.score,
                }
                for hit in hits
            ]
        )
        return
    if not hits:
        output.line("Nothing found")
    for number, hit in enumerate(hits, start=1):
        _show(number, hit)


def _show(number: int, hit: Hit) -> None:
    """Print a passage: what it is about, where it stands and how it begins."""
    headings = " > ".join(part for part in (hit.title, hit.heading) if part)
    layout.text(headings, label=f"{number}.", indent=INDENT)
    place = f"{hit.document}:{hit.start}-{hit.end}"
    layout.text(f"{place}, match {hit.match:.2f}, score {hit.score:.1f}", indent=INDENT)
    layout.text(" ".join(hit.text.split()), indent=INDENT, lines=LINES)

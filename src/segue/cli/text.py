"""`segue text`: prints the text that the offsets of a document count in."""

from __future__ import annotations

from typing import Annotated

import typer

from segue.cli import output


def command(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="As a citation or a search names it.")],
    *,
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Print what the places in citations count in: a file as decoded, or the text extracted from a document."""
    from segue.wiring import House, sources  # noqa: PLC0415 (not needed for --help)

    house = House(output.workspace(workspace))
    text = sources.text(house, document)
    house.close()
    if json:
        output.data({"document": document, "text": text})
    else:
        output.drawn(text)

"""`segue search`: searches the articles."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from segue.cli import layout, output
from segue.errors import UsageError
from segue.knowledge.document import Audience, Origin

if TYPE_CHECKING:
    from segue.knowledge.document import Hit
    from segue.knowledge.library import Narrow


class How(Enum):
    """In how many steps is searched."""

    AUTO = "auto"
    ONE = "one"
    MANY = "many"


INDENT, LINES = 4, 4
"""Columns before a passage, lines that are shown of it."""


def command(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What a customer might ask.")],
    *,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=100, help="At most this many passages.")] = 8,
    steps: Annotated[
        How, typer.Option("--steps", help="`many` takes the question apart; `auto` does so where it is long.")
    ] = How.AUTO,
    audience: Annotated[str, typer.Option(metavar="WHO", help="Only what is `public`, or `internal`.")] = "",
    language: Annotated[str, typer.Option(metavar="TAG", help="Only documents in this language, such as `de`.")] = "",
    under: Annotated[str, typer.Option(metavar="PATH", help="Only this document, or what is in this folder.")] = "",
    source: Annotated[str, typer.Option(metavar="KIND", help="Only `files`, `web` or `tickets`.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", metavar="TIME", help="What held then, such as 2026-05-20.")] = "",
    workspace: output.WorkspaceOption = "",
    json: output.JsonOption = False,
) -> None:
    """Show the passages that answer a question best."""
    from segue.wiring import House  # noqa: PLC0415 (not needed for --help)

    narrow = _narrow(audience, language, under, source, as_of)
    house = House(output.workspace(workspace))
    if steps is How.MANY:
        hits = house.library.explore(query, limit=limit, **narrow)
    else:
        find = house.library.find if steps is How.AUTO else house.library.search
        hits = find(query, limit=limit, **narrow)
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


def _narrow(audience: str, language: str, under: str, source: str, as_of: str) -> Narrow:
    """Return what the options say.

    Raises:
        UsageError: One of them has a value that it does not take.
    """
    moment = None
    if as_of:
        try:
            moment = datetime.fromisoformat(as_of)
        except ValueError:
            raise UsageError(f"--as-of: `{as_of}` is no time; write it as 2026-05-20 or 2026-05-20T09:00:00Z") from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    for name, value, known in (("audience", audience, get_args(Audience)), ("source", source, get_args(Origin))):
        if value and value not in known:
            raise UsageError(f"--{name}: `{value}` is not one of {', '.join(known)}")
    return {
        "as_of": moment,
        "audience": cast("Audience | None", audience or None),
        "language": language or None,
        "under": under or None,
        "source": cast("Origin | None", source or None),
    }


def _show(number: int, hit: Hit) -> None:
    """Print a passage: what it is about, where it stands and how it begins."""
    headings = " > ".join(part for part in (hit.title, hit.heading) if part)
    layout.text(headings, label=f"{number}.", indent=INDENT)
    place = f"{hit.document}:{hit.start}-{hit.end}"
    layout.text(f"{place}, match {hit.match:.2f}, score {hit.score:.1f}", indent=INDENT)
    if hit.why:
        layout.text(f"for: {hit.why}", indent=INDENT, lines=1)
    layout.text(" ".join(hit.text.split()), indent=INDENT, lines=LINES)

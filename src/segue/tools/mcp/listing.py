"""What a server offers, page by page, up to what is reasonable; and what it offered last, kept in a file."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segue.errors import SegueError
from segue.tools.mcp.server import MESSAGE_BYTES, MOST_PAGES, MOST_TOOLS
from segue.tools.remote import Described
from segue.tools.schema import JSON

if TYPE_CHECKING:
    from mcp.client import ClientSession


class BadListing(SegueError):
    """What a server says of its tools cannot be used."""


@dataclass(frozen=True)
class Listing:
    """A server's tools as it describes them, by its own names; all of it is text from outside."""

    tools: Mapping[str, Described] = field(default_factory=dict)
    twice: tuple[str, ...] = ()
    """Names that stand for several tools, of which none is taken."""
    gone: Mapping[str, Described] = field(default_factory=dict)
    """What it offered once and offers no more: runs under way may still name it."""

    def digest(self) -> str:
        """Return what changes with anything that it says."""
        return hashlib.sha256(_written(self).encode()).hexdigest()


async def listed(session: ClientSession) -> Listing:
    """Ask a server what it offers.

    Raises:
        BadListing: It does not come to an end, or offers more than `MOST_TOOLS`.
    """
    from mcp.types import PaginatedRequestParams  # noqa: PLC0415 (slow to import)

    found: list[Described] = []
    seen: set[str] = set()
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        params = PaginatedRequestParams(cursor=cursor) if cursor is not None else None
        page = await session.list_tools(params=params)
        found.extend(
            Described(
                name=tool.name,
                description=tool.description or tool.title or "",
                accepts=tool.input_schema,
                gives=tool.output_schema,
            )
            for tool in page.tools
        )
        cursor = page.next_cursor
        if len(found) > MOST_TOOLS:
            raise BadListing(f"it offers more than {MOST_TOOLS} tools")
        if cursor is None:
            return listing_of(found)
        if cursor in seen:
            raise BadListing("its list of tools goes round in circles")
        seen.add(cursor)
    raise BadListing(f"its list of tools has more than {MOST_PAGES} pages")


def listing_of(found: list[Described]) -> Listing:
    """Return the tools by name, those of one name left out."""
    names = [tool.name for tool in found]
    twice = tuple(dict.fromkeys(name for name in names if names.count(name) > 1))
    return Listing({tool.name: tool for tool in found if tool.name not in twice}, twice)


def following(listing: Listing, before: Listing | None) -> Listing:
    """Return a listing that knows what was offered before and is gone, the latest `MOST_TOOLS` of it."""
    if before is None:
        return listing
    known = {**before.gone, **before.tools}
    gone = {name: tool for name, tool in known.items() if name not in listing.tools}
    return replace(listing, gone=dict([*gone.items()][-MOST_TOOLS:]))


def remember(file: Path, listing: Listing) -> None:
    """Keep what a server offers, for when it cannot be asked; that it cannot be kept is no reason to stop."""
    text = _written(listing)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(path).replace(file)
    except OSError:
        return


def remembered(file: Path) -> Listing | None:
    """Return what a server offered last, where that was kept and can be read."""
    try:
        if file.stat().st_size > MOST_PAGES * MESSAGE_BYTES:
            return None
        data = json.loads(file.read_text(encoding="utf-8"))
        tools, gone = ({tool.name: tool for tool in map(_described, data[word])} for word in ("tools", "gone"))
        return Listing(tools, tuple(str(name) for name in data["twice"]), gone)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _written(listing: Listing) -> str:
    told = {"tools": _entries(listing.tools), "gone": _entries(listing.gone), "twice": listing.twice}
    return json.dumps(told, sort_keys=True)


def _entries(tools: Mapping[str, Described]) -> list[JSON]:
    return [
        {"name": tool.name, "description": tool.description, "accepts": tool.accepts, "gives": tool.gives}
        for tool in tools.values()
    ]


def _described(entry: dict[str, Any]) -> Described:
    return Described(
        name=str(entry["name"]),
        description=str(entry["description"]),
        accepts=entry["accepts"],
        gives=entry["gives"],
    )

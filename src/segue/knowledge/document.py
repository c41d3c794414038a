"""What knowledge is made of: documents, their passages, and the hits of a search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Audience = Literal["public", "internal"]
"""Who may read it: customers too, or the company's own people only."""
Origin = Literal["files", "web", "tickets"]
"""Where a document comes from."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A piece of a document, small enough to answer one question."""

    document: str
    """The document's path under `knowledge/`, with `/`; of a web page its URL, of a past ticket `ticket:<id>`."""
    title: str
    """The document's title."""
    heading: str
    """The headings above it, outermost first, joined by ` > `; empty where there is none but the title."""
    start: int
    """Where its region begins in the source: code points of the file decoded as UTF-8, without a byte order mark.

    Of what is no text, the source is the text extracted from it, which is stored; see `Documents.text`."""
    end: int
    """Where the region ends, exclusive."""
    text: str
    """What a reader sees of the region; the region itself where that has no markup."""


@dataclass(frozen=True, kw_only=True)
class Hit(Passage):
    """A passage that a search found."""

    sha256: str
    """Of the file that `start` and `end` count in, in hex: which version of the document this is."""
    score: float
    """It orders the hits of one search and means nothing outside of it."""
    match: float
    """How much evidence the score is, from 0 to 1, comparable from query to query and from library to library.

    0.5 lies about where questions that the library answers part from those that it does not.
    """
    why: str = ""
    """Of a search in several steps: the part of the question that found it, or what led to it."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One source, as one version of its file says it."""

    path: str
    """As `Passage.document`."""
    title: str
    language: str | None
    """As the source declares it (`en`, `pt-BR`); `None` where it does not."""
    audience: Audience
    sha256: str
    """Of the file's bytes, in hex."""
    valid_from: datetime | None
    """From when on it holds; `None`: since ever."""
    valid_to: datetime | None
    """Until when it holds, exclusive; `None`: until it is changed or removed."""
    passages: tuple[Passage, ...]
    """In the order of the source; none overlaps another."""
    source: Origin = "files"
    text: str | None = None
    """The text that offsets count in, where no file holds it."""
    links: tuple[str, ...] = ()
    """Paths or URLs of other documents that it points to."""


@dataclass(frozen=True, kw_only=True)
class Article:
    """A document as a list shows it."""

    path: str
    """Under `knowledge/`, with `/`."""
    title: str
    audience: Audience

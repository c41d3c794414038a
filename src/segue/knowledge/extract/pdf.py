"""PDF into parts: lines as they stand on the pages, headings by the outline, what repeats on every page left out."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pypdf
from pypdf.generic import Destination

from segue.knowledge.extract.part import Part, Unreadable

MOST_PAGES = 2_000
MOST_CHARACTERS = 5_000_000
REPEATED_PAGES, REPEATED_SHARE = 3, 0.5
"""A line at the edge of a page that stands on so many pages, and on such a share of them, is a header or footer."""
EDGE = 2
"""Lines at the top and at the bottom of a page that may be one."""
DIGITS = re.compile(r"\d+")
ITEM = re.compile(r"(?:[•▪◦‣·–-]|\d{1,3}[.)])\s+")
PARAGRAPH_END = re.compile(r"[.!?:;…][\"'”’)]*$")
SHORT = 0.6
"""A line so much shorter than the longest one of its page ends a paragraph, if it ends a sentence."""


def parts(data: bytes) -> tuple[list[Part], str | None, str | None]:
    """Return what a PDF says, its title and its language.

    Raises:
        Unreadable: It is encrypted, or longer than the limits; the library raises what it likes for a damaged one.
    """
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("K113", "it is encrypted; save it without a password")
    if len(reader.pages) > MOST_PAGES:
        raise Unreadable("K114", f"it has more than {MOST_PAGES:,} pages; divide it")
    pages = [_lines(page) for page in reader.pages]
    outline = dict(_outline(reader.outline, 1))
    title = (reader.metadata.title if reader.metadata else None) or None
    language = reader.root_object.get("/Lang")
    if sum(len(line) for page in pages for line in page) > MOST_CHARACTERS:
        raise Unreadable("K114", f"it holds more than {MOST_CHARACTERS:,} characters; divide it")
    return list(_parts(_without_edges(pages), outline)), title, str(language) if language else None


def _lines(page: pypdf.PageObject) -> list[str]:
    return [line.rstrip() for line in page.extract_text().splitlines()]


def _outline(entries: Sequence[object], level: int) -> Iterator[tuple[str, int]]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _outline(entry, level + 1)
        elif isinstance(entry, Destination) and entry.title:
            yield " ".join(str(entry.title).split()), min(level, 6)


def _without_edges(pages: list[list[str]]) -> list[list[str]]:
    """Leave out headers, footers and page numbers."""
    edges = [{_shape(line) for line in (*page[:EDGE], *page[-EDGE:]) if line.strip()} for page in pages]
    counts = Counter(shape for edge in edges for shape in edge)
    least = max(REPEATED_PAGES, REPEATED_SHARE * len(pages))
    repeated = {shape for shape, number in counts.items() if number >= least}
    return [
        [line for number, line in enumerate(page) if EDGE <= number < len(page) - EDGE or _shape(line) not in repeated]
        for page in pages
    ]


def _shape(line: str) -> str:
    return DIGITS.sub("0", " ".join(line.split()))


def _parts(pages: list[list[str]], outline: dict[str, int]) -> Iterator[Part]:
    """Yield paragraphs, headings and items; a paragraph may go on over the end of a page."""
    gathered: list[str] = []
    for page in pages:
        longest = max(map(len, page), default=0)
        for line in page:
            bare = " ".join(line.split())
            is_heading = bare in outline
            if gathered and (not bare or is_heading or ITEM.match(bare)):
                yield _paragraph(gathered)
                gathered = []
            if is_heading:
                yield Part("heading", bare, outline[bare])
            elif bare:
                gathered.append(bare)
                if PARAGRAPH_END.search(bare) and len(line) < SHORT * longest:
                    yield _paragraph(gathered)
                    gathered = []
    if gathered:
        yield _paragraph(gathered)


def _paragraph(lines: list[str]) -> Part:
    text = " ".join(lines)
    return Part("item" if ITEM.match(text) else "text", text)

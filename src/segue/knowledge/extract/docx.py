"""DOCX into parts: headings by their styles, lists and tables as they stand in the text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from segue.knowledge.extract.part import Part, Unreadable

LARGEST_UNPACKED = 100_000_000
"""Bytes of all files in the archive."""
MOST_FILES = 5_000
HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
LIST = re.compile(r"list\b", re.IGNORECASE)


def parts(data: bytes) -> tuple[list[Part], str | None, str | None]:
    """Return what a DOCX says, its title and its language.

    Raises:
        Unreadable: It is encrypted, or unpacks to more than the limits; the library raises what it likes for a
            damaged one.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("K113", "it is encrypted, or of an old format; save it as DOCX without a password")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = archive.infolist()
    if len(files) > MOST_FILES or sum(file.file_size for file in files) > LARGEST_UNPACKED:
        raise Unreadable("K114", f"it unpacks to more than {LARGEST_UNPACKED // 1_000_000} MB; divide it")
    opened = docx.Document(io.BytesIO(data))
    properties = opened.core_properties
    return list(_parts(opened)), properties.title or _titled(opened), properties.language or None


def _titled(document: Document) -> str | None:
    return next((each.text.strip() for each in document.paragraphs if _style(each) == "Title" and each.text), None)


def _parts(document: Document) -> Iterator[Part]:
    for each in document.iter_inner_content():
        if isinstance(each, Table):
            yield from _rows(each)
            continue
        text = each.text.strip()
        style = _style(each)
        heading = HEADING.fullmatch(style)
        if heading or style == "Title":
            yield Part("heading", " ".join(text.split()), min(int(heading[1]), 6) if heading else 1)
        elif LIST.match(style):
            yield Part("item", f"- {text}" if text else "")
        else:
            yield Part("text", text)


def _rows(table: Table) -> Iterator[Part]:
    head = ""
    for row in table.rows:
        apart = {id(cell._tc): cell for cell in row.cells}  # noqa: SLF001 (a merged cell is given once for each column)
        cells = [" ".join(cell.text.split()) for cell in apart.values()]
        if any(cells):
            line = f"| {' | '.join(cells)} |"
            yield Part("row", line, head=head)
            head = head or line


def _style(paragraph: Paragraph) -> str:
    return paragraph.style.name or "" if paragraph.style is not None else ""

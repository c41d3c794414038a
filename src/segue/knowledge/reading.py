"""From a file's bytes to a document with passages, or to what is wrong with the file."""

from __future__ import annotations

import codecs
import hashlib
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from segue.errors import Finding
from segue.knowledge import front_matter, links, markdown, plain, table, webpage
from segue.knowledge.blocks import Source
from segue.knowledge.document import Audience, Document, Passage
from segue.knowledge.extract.part import Part, assembled
from segue.knowledge.extract.process import extract
from segue.knowledge.front_matter import Statement
from segue.knowledge.problems import Refused
from segue.knowledge.split import LONGEST_HEADING, split

VERSION = 2
"""Raised with every change that makes other passages of the same file: what older rules read is then read again."""

MARKDOWN = frozenset((".md", ".markdown", ".mdx"))
HTML = frozenset((".html", ".htm"))
PLAIN = frozenset((".txt", ".text"))
TABLES = frozenset((".csv", ".tsv"))
EXTRACTED = {".pdf": "pdf", ".docx": "docx"}
PAGES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
"""Types of what a server sends, and the suffix of a file that would be read in the same way."""
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
SUFFIXES = MARKDOWN | HTML | PLAIN | TABLES | EXTRACTED.keys()
INTERNAL = re.compile(
    r"^\W*internal(?:\s+use)?(?:\s+only)?\s*(?:[:\u2013\u2014]|\s-\s|$)|[(\[]internal(?:\s+use)?(?:\s+only)?[)\]]",
    re.IGNORECASE,
)
"""A title that says whom the document is for; where the author says nothing else, no customer sees it."""


def read(path: str, data: bytes, *, file: str) -> tuple[Document, list[Finding]]:
    """Return the document that a file holds, with warnings about it.

    Args:
        path: Under `knowledge/`, with `/`; its suffix, one of `SUFFIXES`, says the format.
        data: The file's bytes.
        file: Its name in findings.

    Raises:
        Refused: It cannot be used as it is.
    """
    suffix = PurePosixPath(path).suffix.lower()
    statement, warnings, start = Statement(), list[Finding](), 0
    if suffix in EXTRACTED:
        source, found = extract(EXTRACTED[suffix], data)
    else:
        source = decoded(data)
        if suffix in MARKDOWN | HTML:
            statement, start, warnings = front_matter.read(source, file)
        found = _source(suffix, source, start)
    document = _document(path, digest(data), source, found, statement)
    if suffix in EXTRACTED:
        document = replace(document, text=source)
    return replace(document, links=links.of_file(path, found.links)) if found.links else document, warnings


def read_page(
    url: str, body: bytes, headers: Mapping[str, str], *, audience: Audience
) -> tuple[Document, list[Finding]]:
    """Return the document that a web page is, with warnings about it.

    Args:
        url: Of the page.
        body: What its server sent.
        headers: By names in lower case.
        audience: Who may read the site.

    Raises:
        Refused: It cannot be used.
    """
    kind, _, parameters = headers.get("content-type", "text/html").partition(";")
    suffix = PAGES.get(kind.strip().lower())
    if suffix is None:
        raise Refused("K124", f"a page of type {kind.strip()[:60]} is not read")
    if suffix in EXTRACTED:
        source, found = extract(EXTRACTED[suffix], body)
    else:
        source = _in_charset(body, parameters)
        found = _source(suffix, source, 0)
    document = _document(
        url, digest(body), source, found, Statement(audience="internal" if audience == "internal" else None)
    )
    return replace(document, source="web", text=source, links=links.of_page(url, found.links)), []


def read_ticket(path: str, parts: Iterable[Part], *, title: str, answered_at: datetime) -> Document:
    """Return the document that a past ticket is: for the company's own people, from when it was answered.

    Raises:
        Refused: There is no text in it.
    """
    source, blocks = assembled(parts)
    statement = Statement(title=title, audience="internal", valid_from=answered_at)
    document = _document(path, digest(source.encode("utf-8", "surrogatepass")), source, Source(blocks), statement)
    return replace(document, source="tickets", text=source)


def _document(path: str, sha256: str, source: str, found: Source, statement: Statement) -> Document:
    title = (statement.title or found.title or _from_name(path))[:LONGEST_HEADING]
    passages = tuple(
        Passage(document=path, title=title, heading=piece.heading, start=piece.start, end=piece.end, text=piece.text)
        for piece in split(source, found.blocks, title=title)
    )
    if not passages:
        raise Refused("K109", "there is no text in it", hint="write some, or remove the file")
    return Document(
        path=path,
        title=title,
        language=statement.language or _language(found),
        audience=statement.audience or ("internal" if INTERNAL.search(title) else "public"),
        sha256=sha256,
        valid_from=statement.valid_from,
        valid_to=statement.valid_to,
        passages=passages,
    )


def digest(data: bytes) -> str:
    """Return what a version of a file is known by: the SHA-256 of its bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def decoded(data: bytes) -> str:
    """Return the text of a file.

    Raises:
        Refused: It is not UTF-8, or no text.
    """
    data = data.removeprefix(BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"this is not UTF-8 text: byte 0x{data[error.start]:02x}"
        raise Refused("K104", message, line=line, hint="save it as UTF-8") from None
    zero = text.find("\0")
    if zero >= 0:
        raise Refused("K104", "this is no text: it contains a zero byte", line=text.count("\n", 0, zero) + 1)
    return text


def _source(suffix: str, source: str, start: int) -> Source:
    if suffix in MARKDOWN:
        return markdown.read(source, start)
    if suffix in HTML:
        return webpage.read(source, start)
    return table.read(source) if suffix in TABLES else plain.read(source)


def _in_charset(body: bytes, parameters: str) -> str:
    """Return a page's text, decoded as its server or the page itself says; as UTF-8 where neither does.

    Raises:
        Refused: It is something else.
    """
    named = CHARSET.search(parameters) or CHARSET.search(body[:2_000].decode("ascii", "replace"))
    try:
        name = codecs.lookup(named[1]).name if named else "utf-8"
    except LookupError:
        name = "utf-8"
    if name == "utf-8":
        return decoded(body)
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError) as error:
        raise Refused("K104", f"this is not {name} text, as it says: {error}") from None


def _language(found: Source) -> str | None:
    return found.language if front_matter.LANGUAGE.fullmatch(found.language or "") else None


def _from_name(path: str) -> str:
    words = PurePosixPath(path).stem.replace("-", " ").replace("_", " ").split()
    title = " ".join(words) or path
    return title[0].upper() + title[1:]

"""What documents point to: links as they are written, as the paths or URLs of documents that may be meant."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

MOST = 500
"""Links of one document that are kept."""
SUFFIXES = (".md", ".mdx", ".html")
"""Of the files that may be meant where a link leaves the suffix out, as it does on a site."""


def of_file(path: str, links: Sequence[str]) -> tuple[str, ...]:
    """Return the paths that a file's links may mean; what leads outside of the folder is left out.

    Args:
        path: Of the file, under `knowledge/`.
        links: As they are written; those that begin with `/` count from the folder.
    """
    return tuple(dict.fromkeys(target for link in links[:MOST] for target in _targets(path, link)))


def of_page(url: str, links: Sequence[str]) -> tuple[str, ...]:
    """Return the URLs that a page's links mean, without fragments."""
    return tuple(dict.fromkeys(found for link in links[:MOST] if (found := joined(url, link))))


def joined(url: str, link: str) -> str:
    """Return the URL of a link on a page, without its fragment; empty where it is none of the web."""
    try:
        found = urldefrag(urljoin(url, link.strip())).url
        return found if urlsplit(found).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _targets(path: str, link: str) -> Iterator[str]:
    try:
        parts = urlsplit(link)
    except ValueError:
        return
    if parts.scheme in ("http", "https"):
        yield urldefrag(link).url
    if parts.scheme or parts.netloc or not parts.path:
        return
    place = unquote(parts.path)
    below = place.lstrip("/") if place.startswith("/") else posixpath.join(posixpath.dirname(path), place)
    target = posixpath.normpath(below)
    if target.startswith("..") or target == ".":
        return
    yield target
    if not posixpath.splitext(target)[1]:
        yield from (target + suffix for suffix in SUFFIXES)
        yield f"{target}/index.md"

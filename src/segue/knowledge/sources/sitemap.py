"""Sitemaps: the pages that a site lists, or further lists (sitemaps.org)."""

from __future__ import annotations

import html
import re
import zlib
from typing import NamedTuple

from segue.knowledge.problems import Refused

LARGEST = 20_000_000
"""Bytes of one, unpacked."""
MOST_LISTED = 50_000
LOCATION = re.compile(r"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]{1,2000})\s*(?:\]\]>)?\s*</")
INDEX = re.compile(r"<(?:\w+:)?sitemapindex[\s>]")


class Listed(NamedTuple):
    """What a sitemap lists."""

    urls: list[str]
    are_sitemaps: bool


def listed(body: bytes) -> Listed:
    """Return what a sitemap lists, in its order.

    Raises:
        Refused: It is packed and cannot be unpacked, or unpacks to too much.
    """
    if body.startswith(b"\x1f\x8b"):
        body = _unpacked(body)
    text = body.decode("utf-8", "replace")
    urls = [html.unescape(found[1]) for found in LOCATION.finditer(text)]
    return Listed(list(dict.fromkeys(urls))[:MOST_LISTED], INDEX.search(text[:5_000]) is not None)


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        found = unpacking.decompress(body, LARGEST)
    except zlib.error as error:
        raise Refused("K120", f"the sitemap cannot be unpacked: {error}") from error
    if unpacking.unconsumed_tail:
        raise Refused("K120", f"the sitemap unpacks to more than {LARGEST // 1_000_000} MB")
    return found

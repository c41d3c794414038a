"""A part of the web that belongs to the company's knowledge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from segue.knowledge.document import Audience


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where to begin, and how far to go; pages of other servers are never visited."""

    url: str
    """Of a page, or of a sitemap where it ends in `.xml` or `.xml.gz`."""
    interval: timedelta = timedelta(days=1)
    """It is visited again when the last visit is so long ago."""
    follow: bool = False
    """Whether links are followed to pages below the folder that the page stands in."""
    pages: int = 1_000
    """At most so many are visited."""
    audience: Audience = "public"
    private: bool = False
    """Whether this machine and private networks may be called, for a site that only the company can see."""

    @property
    def is_sitemap(self) -> bool:
        """Whether the URL is a list of pages and no page."""
        return urlsplit(self.url).path.lower().endswith((".xml", ".xml.gz"))

    @property
    def folder(self) -> str:
        """What the URL of a page that is followed begins with."""
        return self.url.rpartition("/")[0] + "/"


def origin(url: str) -> tuple[str, str]:
    """Return what must be equal for two pages to be of one site."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()

"""The sites of `[knowledge]`: a list of URLs, or of tables that say more of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from segue.knowledge.sources.site import Site
from segue.settings.values import DURATION, Kind, Unfit, choice, nearest, shown

EXPECTED = "a list of URLs, or of tables with `url`, `interval`, `follow`, `pages`, `audience`, `private`"
MOST_PAGES = 100_000
_AUDIENCE: Kind[str] = choice(built=("public", "internal"))


def _read(value: Any) -> tuple[Site, ...]:
    if not isinstance(value, list):
        raise Unfit(f"expected {EXPECTED}, got {shown(value)}")
    sites = tuple(_site(number, entry) for number, entry in enumerate(value, start=1))
    for number, site in enumerate(sites):
        if site.url in [other.url for other in sites[:number]]:
            raise Unfit(f"{site.url} stands there twice")
    return sites


def _site(number: int, entry: Any) -> Site:
    given = {"url": entry} if isinstance(entry, str) else entry
    if not isinstance(given, dict):
        raise Unfit(f"entry {number}: expected a URL or a table, got {shown(entry)}")
    for name in given:
        if name not in _KEYS:
            raise Unfit(f'entry {number}: unknown key "{name}"', hint=nearest(str(name), [*_KEYS]))
    if "url" not in given:
        raise Unfit(f"entry {number} has no url")
    try:
        read: dict[str, Any] = {name: _KEYS[name](value) for name, value in given.items()}
        return Site(**read)
    except Unfit as unfit:
        raise Unfit(f"entry {number}: {unfit}", hint=unfit.hint) from None


def _url(value: Any) -> str:
    parts = urlsplit(value) if isinstance(value, str) and value.isprintable() and " " not in value else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        raise Unfit(f"url: expected an address that begins with https:// or http://, got {shown(value)}")
    if parts.fragment:
        raise Unfit("url: a page, not a place in it", hint="leave out what begins with #")
    return value if parts.path else f"{value}/"


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit(f"expected true or false, got {shown(value)}")
    return value


def _pages(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_PAGES:
        raise Unfit(f"pages: expected a number from 1 to {MOST_PAGES:,}, got {shown(value)}")
    return value


_KEYS: dict[str, Callable[[Any], Any]] = {
    "url": _url,
    "interval": DURATION.read,
    "follow": _flag,
    "pages": _pages,
    "audience": _AUDIENCE.read,
    "private": _flag,
}
SITES: Kind[tuple[Site, ...]] = Kind(EXPECTED, _read, lambda _: "[]")
FLAG: Kind[bool] = Kind("true or false", _flag, lambda value: str(value).lower())

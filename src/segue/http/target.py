"""A URL that a request may be made to: http or https, a host written as hosts are, nothing secret in it."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address

import httpx2

from segue.http.address import Address
from segue.http.failure import ForbiddenAddress

LONGEST = 8_000
"""Characters of a URL; servers refuse longer ones."""
_NAME = re.compile(r"(?=.{1,254}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


def target(url: str) -> httpx2.URL:
    """Return a URL as it will be called, without its fragment.

    Raises:
        ForbiddenAddress: It is none, or none that may be called.
    """
    if len(url) > LONGEST:
        raise _refused(f"a URL of {len(url):,} characters is too long")
    try:
        parsed = httpx2.URL(url)
        host = parsed.raw_host.decode("ascii")
    except (httpx2.InvalidURL, ValueError) as error:
        raise _refused("this is no URL") from error
    if parsed.scheme not in ("http", "https"):
        raise _refused(f"only http and https are called, not {parsed.scheme[:20] or 'a URL without a scheme'}")
    if parsed.userinfo:
        raise _refused("a URL must not hold a name or password")
    if not host:
        raise _refused("the URL names no host")
    if literal(host) is None and not _NAME.fullmatch(host):
        raise _refused(f"{host[:60]} is no name of a host")
    if parsed.port is not None and not 1 <= parsed.port <= 65_535:
        raise _refused(f"there is no port {parsed.port}")
    return parsed.copy_with(fragment=None)


def literal(host: str) -> Address | None:
    """Return the address that a host is written as, or `None` for a name.

    Raises:
        ForbiddenAddress: It is an address in a notation that programs read in different ways: 0x7f.1, 2130706433.
    """
    try:
        return IPv6Address(host) if ":" in host else IPv4Address(host)
    except ValueError as error:
        last = host.rstrip(".").rpartition(".")[2]
        if ":" in host or _NUMBER.fullmatch(last):
            raise _refused(f"{host[:60]} is no address as addresses are written") from error
    return None


def shown(url: httpx2.URL) -> str:
    """Return a URL for a message: its query, which may hold a key, is left out."""
    short = url.raw_path.decode("ascii").partition("?")[0]
    return f"{url.scheme}://{url.netloc.decode('ascii')}{short if len(short) <= 200 else f'{short[:197]}...'}"


def origin(url: httpx2.URL) -> tuple[str, bytes, int | None]:
    """Return what must be equal for two URLs to be of one server."""
    return url.scheme, url.raw_host, url.port


def _refused(why: str) -> ForbiddenAddress:
    return ForbiddenAddress(why, was_sent=False)

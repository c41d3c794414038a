"""How much of everything one exchange over HTTP may take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a client puts up with. The headers of a response are bounded too, by the library: 100 kB."""

    total: timedelta | None = timedelta(seconds=30)
    """For a request with all its redirects, attempts and waits; `None` for streams that stay open."""
    connect: timedelta = timedelta(seconds=5)
    """For a connection, all addresses of the name tried, and again for its TLS handshake."""
    silence: timedelta = timedelta(seconds=20)
    """Between two signs of life while sending and receiving."""
    body_bytes: int | None = 5_000_000
    """Of a response, decompressed; `None` for streams that stay open."""
    redirects: int = 5
    """Followed one after another."""
    connections: int = 10
    """At once; what comes beyond waits."""
    idle: timedelta = timedelta(seconds=4)
    """How long an unused connection is kept: less than servers do, so that seldom one is used that they just closed.

    Nothing keeps none, which is the only way to be sure of it, and of an answer that it is not a late one to
    what was asked before.
    """

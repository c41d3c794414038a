"""Connections that are made to exactly the addresses that were checked, so that a name cannot change its mind."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import cache
from ipaddress import ip_address

import httpcore2

from segue.http import address
from segue.http.address import Address
from segue.http.failure import ForbiddenAddress
from segue.http.target import literal

Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Gives all addresses of a name, for a port, the best first; raises `OSError` where there are none."""


async def system_resolver(host: str, port: int) -> Sequence[Address]:
    """Ask the system, as every other program does."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


class GuardedNetwork(httpcore2.AsyncNetworkBackend):
    """Opens connections for a pool: the name is resolved once, each address judged, and one of them called.

    TLS is begun by the pool with the name of the URL, so certificate and `Host` are that name's.
    """

    def __init__(self, *, allow_private: bool, resolver: Resolver) -> None:
        self._allow_private = allow_private
        self._resolve = resolver
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (the library's port has it)
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Open a connection to the first address of a host that takes it.

        Raises:
            ForbiddenAddress: One of its addresses must not be called; then none is.
            httpcore2.ConnectError: None takes it, or there is none.
            httpcore2.ConnectTimeout: That took too long.
        """
        loop = asyncio.get_running_loop()
        until = None if timeout is None else loop.time() + timeout
        addresses = await self._allowed(host, port, until)
        for left in range(len(addresses), 0, -1):
            share = None if until is None else max(0.0, until - loop.time()) / left
            try:
                return await self._network.connect_tcp(
                    str(addresses[-left]), port, share, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if left == 1:
                    raise
        raise httpcore2.ConnectError(f"{host} has no address")

    async def _allowed(self, host: str, port: int, until: float | None) -> Sequence[Address]:
        """Return the addresses of a host, all of which may be called."""
        given = literal(host)
        try:
            async with asyncio.timeout_at(until):
                addresses = await self._resolve(host, port) if given is None else [given]
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"{host} was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(
                f"{host} has no address: {getattr(error, 'strerror', None) or error}"
            ) from None
        for each in addresses:
            if why := address.refusal(each, allow_private=self._allow_private):
                named = host if given is not None else f"{host} ({each})"
                raise ForbiddenAddress(f"{named} must not be called: the address {why}", was_sent=False)
        return addresses

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts."""
        await asyncio.sleep(seconds)


@cache
def system_tls() -> ssl.SSLContext:
    """Return TLS that trusts what this machine trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` say otherwise."""
    return httpcore2.default_ssl_context()

"""The way out: a transport for `httpx2` that calls no forbidden address and reads no more than it may.

Whoever makes requests with `httpx2`, the clients of model providers and of MCP servers too, is guarded by it.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Final

import httpcore2
import httpx2

from segue.http.failure import ForbiddenAddress
from segue.http.limits import Limits
from segue.http.network import GuardedNetwork, Resolver, system_resolver, system_tls
from segue.http.target import target

USER_AGENT: Final = f"segue/{version('segue')}"


class RefusedError(httpx2.ConnectError):
    """`ForbiddenAddress`, for those who know the library's errors only; its `__cause__` is one."""


class TooLargeError(httpx2.ReadError):
    """More came than may come."""


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Makes requests over connections that are guarded, for one event loop."""

    def __init__(
        self,
        limits: Limits,
        *,
        allow_private: bool = False,
        tls: ssl.SSLContext | None = None,
        resolver: Resolver = system_resolver,
    ) -> None:
        """Open nothing yet.

        Args:
            limits: Those for connections, silence and body hold here; `total` and `redirects` are the client's.
            allow_private: Whether this machine and private networks may be called.
            tls: Whom to trust; what the system trusts, if absent.
            resolver: Turns names into addresses.
        """
        _hush()
        self._body_bytes = limits.body_bytes
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or system_tls(),
            max_connections=limits.connections,
            max_keepalive_connections=limits.connections if limits.idle else 0,
            keepalive_expiry=limits.idle.total_seconds(),
            network_backend=GuardedNetwork(allow_private=allow_private, resolver=resolver),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and return its response, the body still to be read; compression is undone.

        Raises:
            httpx2.TransportError: `RefusedError`, where the URL must not be called, and what the library knows.
            httpx2.DecodingError: The response is compressed in a way that was not asked for.
        """
        request.headers["Accept-Encoding"] = ", ".join(_CODINGS)
        with _translated():
            url = target(str(request.url))
            answer = await self._pool.handle_async_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        coded = httpx2.Response(answer.status, headers=answer.headers, stream=_Raw(answer))
        if strange := set(coded.headers.get_list("content-encoding", split_commas=True)) - _CODINGS.keys():
            await coded.aclose()
            raise httpx2.DecodingError(f"compressed as {', '.join(sorted(strange))[:60]}, which was not asked for")
        headers = coded.headers.copy()
        if "content-encoding" in headers:
            del headers["content-encoding"]
            headers.pop("content-length", None)
        bounded = _Bounded(coded, self._body_bytes)
        return httpx2.Response(answer.status, headers=headers, stream=bounded, extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


_CODINGS = dict.fromkeys(("gzip", "deflate"))
"""What every installation can undo, in pieces of bounded size."""


class _Raw(httpx2.AsyncByteStream):
    """A body as it is sent."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        stream: Any = self._answer.stream
        assert isinstance(stream, AsyncIterable)  # noqa: S101  # the pool is an asynchronous one
        with _translated():
            async for part in stream:
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


class _Bounded(httpx2.AsyncByteStream):
    """A body as it is meant, decompressed piece by piece, up to a length."""

    def __init__(self, coded: httpx2.Response, most: int | None) -> None:
        self._coded = coded
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._coded.aiter_bytes():
            read += len(part)
            if self._most is not None and read > self._most:
                raise TooLargeError(f"the response is larger than {self._most:,} bytes")
            yield part

    async def aclose(self) -> None:
        await self._coded.aclose()


@contextmanager
def _translated() -> Iterator[None]:
    """Let the errors of the pool be those of the library above it, which have the same names."""
    try:
        yield
    except ForbiddenAddress as error:
        raise RefusedError(str(error)) from error
    except httpcore2.LocalProtocolError:  # its message shows the header that is wrong, which may be a token
        raise httpx2.LocalProtocolError("the request cannot be sent: one of its headers is malformed") from None
    except OSError as error:
        raise httpx2.ReadError(str(error)) from error
    except Exception as error:
        known = getattr(httpx2, type(error).__name__, None)
        if known is None or not isinstance(error, _LIBRARY):
            raise
        raise known(str(error)) from error


_LIBRARY = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException)


def _hush() -> None:
    """Keep the libraries from logging URLs and what servers say, unless their loggers were told to."""
    for name in ("httpx2", "httpcore2"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)


def guarded_client(
    limits: Limits, *, allow_private: bool = False, headers: Mapping[str, str] | None = None
) -> httpx2.AsyncClient:
    """Return a client of the library itself, for packages that want one, on a guarded transport.

    It follows no redirects and reads nothing from the environment: no proxy, no `.netrc`.
    """
    return httpx2.AsyncClient(
        transport=GuardedTransport(limits, allow_private=allow_private),
        headers={"User-Agent": USER_AGENT, **(headers or {})},
        timeout=timeouts(limits),
        trust_env=False,
    )


def timeouts(limits: Limits) -> httpx2.Timeout:
    """Return the limits of time as the library knows them."""
    silence = limits.silence.total_seconds()
    return httpx2.Timeout(silence, connect=limits.connect.total_seconds())

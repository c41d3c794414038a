"""Requests over HTTP within limits: redirects looked at one by one, retries where they are safe, typed failures."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx2

from segue.http.auth import Auth
from segue.http.failure import (
    BadResponse,
    ConnectionLost,
    ForbiddenAddress,
    HttpError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from segue.http.limits import Limits
from segue.http.network import Resolver, system_resolver
from segue.http.response import Response
from segue.http.target import origin, shown, target
from segue.http.transport import USER_AGENT, GuardedTransport, RefusedError, TooLargeError, timeouts

IDEMPOTENT: Final = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
"""Methods that mean the same once and twice (RFC 9110, section 9.2.2)."""
_MEANWHILE = frozenset((429, 502, 503, 504))
"""What a server answers that may do better in a moment."""
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_ANYWHERE = frozenset(("accept", "accept-language", "user-agent"))
"""Headers that another server may see as well."""
_EXCERPT = 300
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"([!-~]([ -~\t]*[!-~])?)?")


class Client:
    """Makes requests for one event loop; use it inside `async with`."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        allow_private: bool = False,
        tls: ssl.SSLContext | None = None,
        resolver: Resolver = system_resolver,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Open nothing yet.

        Args:
            limits: What an exchange may take.
            allow_private: Whether this machine and private networks may be called.
            tls: Whom to trust; what the system trusts, if absent.
            resolver: Turns names into addresses.
            sleep: Waits so many seconds between attempts.
        """
        self._limits = limits or Limits()
        self._transport = GuardedTransport(self._limits, allow_private=allow_private, tls=tls, resolver=resolver)
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        auth: Auth | None = None,
        attempts: int = 1,
    ) -> Response:
        """Return what a server answers, whatever its status.

        Redirects are followed for `GET` and `HEAD`, never from https to http, and what was meant for one
        server is not shown to another. Any other method gets the redirect itself.

        Args:
            method: In capitals.
            url: Absolute.
            headers: Printable ASCII.
            body: For methods that have one.
            auth: Shown to the server of `url` only.
            attempts: In total; more than one only for a method that is safe to repeat.

        Raises:
            HttpError: There is no answer, or none within the limits; its class says why, and `was_sent` whether the
                server may have acted.
            ValueError: A header cannot be sent, or the method is not safe to repeat.
        """
        if attempts > 1 and method not in IDEMPOTENT:
            raise ValueError(f"{method} is not safe to repeat")
        exchange = _Exchange(method=method, headers=_checked(headers or {}), body=body, auth=auth or Auth())
        total = self._limits.total
        deadline = asyncio.timeout(None if total is None else total.total_seconds())
        try:
            async with deadline:
                return await self._attempts(exchange, url, attempts, deadline)
        except TimeoutError:
            if not deadline.expired():
                raise
            late = f"{exchange.place}: no complete answer within {total}"
            raise TimedOut(late, was_sent=exchange.was_sent) from None

    async def fetch(
        self, url: str, *, headers: Mapping[str, str] | None = None, auth: Auth | None = None, attempts: int = 3
    ) -> Response:
        """Return what stands at a URL.

        Raises:
            BadStatus: The server did not give it.
            HttpError: As for `request`.
        """
        response = await self.request("GET", url, headers=headers, auth=auth, attempts=attempts)
        if not response.is_success:
            raise response.failure()
        return response

    async def _attempts(self, exchange: _Exchange, url: str, most: int, deadline: asyncio.Timeout) -> Response:
        for left in range(most - 1, -1, -1):
            wait_s = 0.5 * 2 ** (most - 1 - left)
            try:
                response = await self._follow(exchange, target(url))
            except (Unreachable, TimedOut, ConnectionLost):
                if not left or not _fits(wait_s, deadline):
                    raise
            else:
                asked = response.retry_after
                wait_s = max(wait_s, asked.total_seconds() if asked else 0.0)
                if not left or response.status not in _MEANWHILE or not _fits(wait_s, deadline):
                    return response
            await self._sleep(wait_s)
        raise ValueError(f"{most} attempts")

    async def _follow(self, exchange: _Exchange, url: httpx2.URL) -> Response:
        is_theirs = True  # the server's that the request was meant for
        for _ in range(self._limits.redirects + 1):
            response = await self._send(exchange, url, is_theirs=is_theirs)
            location = response.headers.get("location")
            if response.status not in _REDIRECTS or exchange.method not in ("GET", "HEAD") or location is None:
                return response
            following = _redirected(url, location)
            is_theirs = is_theirs and origin(following) == origin(url)
            url = following
        raise BadResponse(f"{shown(url)}: redirected more than {self._limits.redirects} times")

    async def _send(self, exchange: _Exchange, url: httpx2.URL, *, is_theirs: bool) -> Response:
        exchange.place = shown(url)
        request = httpx2.Request(
            exchange.method,
            exchange.with_query(url) if is_theirs else url,
            headers=exchange.all_headers() if is_theirs else exchange.harmless_headers(),
            content=exchange.body,
            extensions={"timeout": timeouts(self._limits).as_dict(), "trace": exchange.watch},
        )
        try:
            answer = await self._transport.handle_async_request(request)
            try:
                body = b"".join([part async for part in answer.aiter_bytes()])
            finally:
                await answer.aclose()
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise _failure(error, exchange) from None  # what caused it may quote the server, and that us
        return exchange.response(answer, body)


@dataclass(kw_only=True)
class _Exchange:
    """One request on its way, through redirects and attempts."""

    method: str
    headers: Mapping[str, str]
    body: bytes | None
    auth: Auth = field(repr=False)
    was_sent: bool = False
    place: str = ""
    """The URL that is being called, for messages."""

    async def watch(self, name: str, _: Mapping[str, Any]) -> None:
        """Note that something went out; the library tells what it does."""
        self.was_sent = self.was_sent or name.endswith("send_request_headers.started")

    def all_headers(self) -> dict[str, str]:
        secret = {name: value.reveal() for name, value in self.auth.headers.items()}
        return {"User-Agent": USER_AGENT, **self.headers, **secret}

    def harmless_headers(self) -> dict[str, str]:
        """Return those that a server may see which the request was not meant for."""
        harmless = {name: value for name, value in self.headers.items() if name.lower() in _ANYWHERE}
        return {"User-Agent": USER_AGENT, **harmless}

    def with_query(self, url: httpx2.URL) -> httpx2.URL:
        if not self.auth.query:
            return url
        added = "&".join(f"{quote(name)}={quote(key.reveal(), safe='')}" for name, key in self.auth.query.items())
        return url.copy_with(query=b"&".join(filter(None, (url.query, added.encode()))))

    def response(self, answer: httpx2.Response, body: bytes) -> Response:
        text = body[: 4 * _EXCERPT].decode("utf-8", "replace") if answer.status_code >= 300 else ""
        line = " ".join(self.auth.scrub(text).split())
        return Response(
            status=answer.status_code,
            url=self.place,
            headers={name.lower(): value for name, value in answer.headers.items()},
            body=body,
            excerpt="".join(char if char.isprintable() else "?" for char in line[:_EXCERPT]),
            received_at=datetime.now(UTC),
        )


def _checked(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Refuse what would be no header, or more than one; its value is not shown."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(f"header {name[:60]!r} holds characters that cannot be sent")
    return headers


def _fits(wait_s: float, deadline: asyncio.Timeout) -> bool:
    """Say whether there is time for a wait."""
    until = deadline.when()
    return until is None or asyncio.get_running_loop().time() + wait_s < until


def _redirected(url: httpx2.URL, location: str) -> httpx2.URL:
    """Return where a redirect leads.

    Raises:
        ForbiddenAddress: Nowhere that may be called.
    """
    try:
        following = target(str(url.join(location)))
    except (httpx2.InvalidURL, ForbiddenAddress) as error:
        raise ForbiddenAddress(f"{shown(url)}: redirected to what must not be called: {error}", was_sent=True) from None
    if url.scheme == "https" and following.scheme == "http":
        raise ForbiddenAddress(f"{shown(url)}: redirected from https to http", was_sent=True)
    return following


def _failure(error: Exception, exchange: _Exchange) -> HttpError:
    place, sent = exchange.place, exchange.was_sent
    reason = exchange.auth.scrub(_reason(error))
    match error:
        case RefusedError():
            return ForbiddenAddress(f"{place}: {error}", was_sent=sent)
        case TooLargeError():
            return TooLarge(f"{place}: {error}")
        case httpx2.ConnectError():
            return Unreachable(f"{place}: no connection: {reason}", was_sent=sent)
        case httpx2.ConnectTimeout() | httpx2.PoolTimeout():
            return TimedOut(f"{place}: no connection in time", was_sent=sent)
        case httpx2.TimeoutException():
            return TimedOut(f"{place}: no sign of life for too long", was_sent=sent)
        case httpx2.DecodingError():
            return BadResponse(f"{place}: the answer cannot be decompressed: {reason}")
        case _:
            return ConnectionLost(f"{place}: the connection broke: {reason}", was_sent=sent)


def _reason(error: BaseException) -> str:
    """Return what went wrong; what the system said, where the libraries above it only say that something did."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno is not None:
            return str(cause)[:200]
        cause = cause.__cause__ or cause.__context__
    return str(error)[:200] or type(error).__name__

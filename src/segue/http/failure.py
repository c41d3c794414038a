"""Why a request over HTTP gave nothing to work with, and whether the server may have acted on it all the same."""

from __future__ import annotations

from datetime import timedelta

from segue.errors import SegueError


class HttpError(SegueError):
    """A request over HTTP failed; the message names the server and never a secret.

    Attributes:
        was_sent: The server may have received the request. Where this is false, it certainly did not act.
    """

    def __init__(self, message: str, *, was_sent: bool) -> None:
        super().__init__(message)
        self.was_sent = was_sent


class ForbiddenAddress(HttpError):
    """The URL, or an address behind its name, must not be called; trying again cannot help."""


class Unreachable(HttpError):
    """There was no connection to send anything on: no such name, refused, no route, TLS failed."""


class TimedOut(HttpError):
    """The server, or the network before it, took longer than the limits allow."""


class ConnectionLost(HttpError):
    """The connection broke, or what came over it was not HTTP."""


class TooLarge(HttpError):
    """The response is larger than the limits allow."""

    def __init__(self, message: str) -> None:
        super().__init__(message, was_sent=True)


class BadResponse(HttpError):
    """The response is complete and cannot be used: not decodable, not JSON, a redirect to nowhere."""

    def __init__(self, message: str) -> None:
        super().__init__(message, was_sent=True)


class BadStatus(HttpError):
    """The server answered, and not with success.

    Attributes:
        status: From 300 to 599.
        retry_after: How long it asks to be left alone; `None` where it does not say.
    """

    def __init__(self, message: str, *, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(message, was_sent=True)
        self.status = status
        self.retry_after = retry_after

"""The one way out over HTTP: every address checked, everything that comes back bounded, no secret ever shown."""

from segue.http.auth import Auth
from segue.http.client import Client
from segue.http.failure import (
    BadResponse,
    BadStatus,
    ConnectionLost,
    ForbiddenAddress,
    HttpError,
    TimedOut,
    TooLarge,
    Unreachable,
)
from segue.http.limits import Limits
from segue.http.response import Response
from segue.http.secret import Secret
from segue.http.transport import GuardedTransport, guarded_client

__all__ = [
    "Auth",
    "BadResponse",
    "BadStatus",
    "Client",
    "ConnectionLost",
    "ForbiddenAddress",
    "GuardedTransport",
    "HttpError",
    "Limits",
    "Response",
    "Secret",
    "TimedOut",
    "TooLarge",
    "Unreachable",
    "guarded_client",
]

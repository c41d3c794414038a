"""What a service is shown to be let in, from the environment and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from segue.errors import PermanentError
from segue.http import Auth
from segue.tools.openapi.service import Service


def credentials(service: Service, environment: Mapping[str, str]) -> Auth | None:
    """Return what is shown to be let in; `None` where nothing is.

    Raises:
        PermanentError: They are missing, or cannot be sent; the message does not show them.
    """
    if not service.auth:
        return None
    value = environment.get(service.auth, "")
    if not value:
        raise PermanentError(f"service {service.name}: the environment variable {service.auth} is not set")
    try:
        return _auth(service.scheme, value)
    except ValueError as error:
        raise PermanentError(f"service {service.name}: the environment variable {service.auth}: {error}") from None


def _auth(scheme: str, value: str) -> Auth:
    kind, _, name = scheme.partition(" ")
    match kind:
        case "basic":
            user, colon, password = value.partition(":")
            if not colon:
                raise ValueError("it is not written name:password")
            return Auth.basic(user, password)
        case "header":
            return Auth.header(name, value)
        case "query":
            return Auth.parameter(name, value)
        case _:
            return Auth.bearer(value)

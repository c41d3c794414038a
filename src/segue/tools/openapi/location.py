"""Where a service is reached: what the company says, else what its document says, as far as that may be believed."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from segue.tools.openapi.operation import Fault
from segue.tools.openapi.service import Service
from segue.tools.schema import JSON
from segue.tools.unfold import one_line

_HINT = 'say where in segue.toml: url = "https://…"'


def location(service: Service, document: Mapping[str, JSON]) -> str | Fault:
    """Return the URL that the paths of a document are added to, or why there is none.

    A document that was fetched names a server of its own origin only: it might otherwise lead our credentials away.
    """
    origin = service.description if "://" in service.description else ""
    url = service.url or _stated(document, origin)
    if isinstance(url, Fault):
        return url
    place = ("servers",) if not service.url else ()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return _fault("it does not say where the service is reached", place)
    if parts.query or parts.fragment or parts.username is not None or not url.isprintable() or "{" in url:
        return _fault(f"{one_line(url.partition('?')[0], 80)} is no plain URL", place)
    if parts.scheme == "http" and not service.allow_private:
        return _fault("the service is reached by http, which everyone on the way can read", place)
    if origin and not service.url and _origin(url) != _origin(origin):
        return _fault(f"it says that the service is {one_line(url, 80)}, somewhere else than the document", place)
    return url


def _stated(document: Mapping[str, JSON], origin: str) -> str | Fault:
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {"url": "/"}
    url = first.get("url") if isinstance(first, Mapping) else None
    if not isinstance(url, str):
        return _fault("its first server has no url", ("servers",))
    variables = first.get("variables")
    for name, variable in variables.items() if isinstance(variables, Mapping) else ():
        standard = variable.get("default") if isinstance(variable, Mapping) else None
        url = url.replace(f"{{{name}}}", str(standard)) if isinstance(standard, str | int) else url
    try:
        return urljoin(origin, url) if origin else url
    except ValueError:
        return _fault("its first server has no url", ("servers",))


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _fault(message: str, place: tuple[str, ...]) -> Fault:
    return Fault(code="H104", pointer=place, message=message, hint=_HINT)

"""Logging in at a server that wants OAuth: a person does it once, and what it gives is kept and renewed."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from segue.tools.mcp.failure import NotReached

if TYPE_CHECKING:
    from mcp.client.auth import OAuthClientProvider
    from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthToken

PORT: Final = 33418
REDIRECT: Final = f"http://127.0.0.1:{PORT}/callback"
"""Where a person's browser is sent back to: always the same, since some servers want to know it beforehand."""

Authorize = Callable[[str], Awaitable[str]]
"""Lets a person log in at a URL, and gives the URL to which their browser was sent back."""


@dataclass(frozen=True, kw_only=True)
class OAuth:
    """How a company is known to the server that lets people in; empty where it registers by itself."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    metadata_url: str = ""
    """A document of the company's that describes the client, which is then its id."""


@dataclass(frozen=True)
class Login:
    """How one server is logged in at."""

    file: Path
    """Keeps tokens, for its owner's eyes only."""
    authorize: Authorize


def nobody(server: str) -> Authorize:
    """Return what there is where no person is at hand."""

    async def refused(_: str) -> str:
        raise NotReached(f"server {server} wants a person to log in: `segue login {server}`")

    return refused


def provider(url: str, oauth: OAuth, login: Login) -> OAuthClientProvider:
    """Return what lets an HTTP client in."""
    from mcp.client.auth import OAuthClientProvider  # noqa: PLC0415 (slow to import)
    from mcp.shared.auth import OAuthClientMetadata  # noqa: PLC0415
    from pydantic import AnyUrl  # noqa: PLC0415

    came_back = _Return(login.authorize)
    return OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(client_name="Segue", redirect_uris=[AnyUrl(REDIRECT)]),
        storage=_Kept(login.file, oauth),
        redirect_handler=came_back.go,
        callback_handler=came_back.result,
        client_metadata_url=oauth.metadata_url or None,
    )


class _Return:
    """One way there and back."""

    def __init__(self, authorize: Authorize) -> None:
        self._authorize = authorize
        self._came_back = ""

    async def go(self, url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise NotReached("the server sends people who log in to something that is no web page")
        self._came_back = await self._authorize(url)

    async def result(self) -> AuthorizationCodeResult:
        from mcp.shared.auth import AuthorizationCodeResult  # noqa: PLC0415 (slow to import)

        given = {name: values[0] for name, values in parse_qs(urlsplit(self._came_back).query).items()}
        if "code" not in given:
            raise NotReached(f"the login was refused: {given.get('error', 'no code came back')[:100]}")
        return AuthorizationCodeResult(code=given["code"], state=given.get("state"), iss=given.get("iss"))


class _Kept:
    """Tokens in a file that only its owner may read; a `TokenStorage`."""

    def __init__(self, file: Path, oauth: OAuth) -> None:
        self._file = file
        self._oauth = oauth

    async def get_tokens(self) -> OAuthToken | None:
        from mcp.shared.auth import OAuthToken  # noqa: PLC0415 (slow to import)

        tokens: OAuthToken | None = self._read("tokens", OAuthToken)
        return tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self._write("tokens", tokens)

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        from mcp.shared.auth import OAuthClientInformationFull  # noqa: PLC0415 (slow to import)
        from pydantic import AnyUrl  # noqa: PLC0415

        if self._oauth.client_id:
            return OAuthClientInformationFull(
                client_id=self._oauth.client_id,
                client_secret=self._oauth.client_secret or None,
                token_endpoint_auth_method="client_secret_basic" if self._oauth.client_secret else "none",
                redirect_uris=[AnyUrl(REDIRECT)],
            )
        client: OAuthClientInformationFull | None = self._read("client", OAuthClientInformationFull)
        return client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self._write("client", client_info)

    def _read(self, name: str, model: Any) -> Any:
        try:
            return model.model_validate(_record(self._file)[name])
        except (KeyError, ValueError):
            return None

    def _write(self, name: str, value: Any) -> None:
        record = {**_record(self._file), name: value.model_dump(mode="json", exclude_none=True)}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(
            dir=self._file.parent, prefix=self._file.name
        )  # its owner's only, from the start
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(record, stream)
        Path(path).replace(self._file)


def _record(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

"""A server that wants a person to log in is logged in at once, and what it gives is kept from everybody else."""

from __future__ import annotations

import json
import socket
import stat
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from segue.errors import EnvironmentFault
from segue.tools.mcp import callback
from segue.tools.mcp.oauth import OAuth, _Kept
from segue.tools.mcp.server import Server
from segue.tools.mcp.servers import Servers
from tests.unit.tools.mcp.web import Behaviour, serving

Open = Callable[..., Servers]


@pytest.fixture(autouse=True)
def redirect(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let browsers come back to a port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/callback"
    monkeypatch.setattr(callback, "PORT", port)
    for module in ("callback", "oauth"):
        monkeypatch.setattr(f"segue.tools.mcp.{module}.REDIRECT", url)
    return url


def locked(url: str, **more: Any) -> Server:
    said: dict[str, Any] = {"oauth": OAuth(), **more}
    return Server(name="crm", url=url, allow_private=True, timeout=timedelta(seconds=20), line=3, **said)


class Browser:
    """A person who logs in, and whose browser then comes back."""

    def __init__(self, **instead: str) -> None:
        self.instead = instead
        self.shown = ""
        self.pages: list[Any] = []

    def show(self, url: str) -> None:
        self.shown = url
        threading.Thread(target=self._come_back, daemon=True).start()

    def _come_back(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.shown).query).items()}
        given = self.instead or {"code": "c-1", "state": asked["state"]}
        query = "&".join(f"{name}={value}" for name, value in given.items())
        for path in (asked["redirect_uri"].replace("/callback", "/favicon.ico"), f"{asked['redirect_uri']}?{query}"):
            try:
                with urllib.request.urlopen(path) as page:  # noqa: S310 (our own)
                    self.pages.append(page.read())
            except urllib.error.HTTPError as error:
                with error:
                    self.pages.append(error.code)


async def test_without_a_person_at_hand_it_says_what_to_do(open_servers: Open) -> None:
    with serving(Behaviour("locked")) as url:
        servers = open_servers(locked(url))
        (finding,) = servers.offer(reach=True).findings
        assert "server crm wants a person to log in: `segue login crm`" in finding.message
        servers.close()


async def test_a_person_logs_in_once_and_what_that_gives_is_for_its_owners_eyes_only(
    open_servers: Open, tmp_path: Path
) -> None:
    behaviour, browser = Behaviour("locked"), Browser()
    with serving(behaviour) as url:
        asked = open_servers(locked(url), authorize=partial(callback.log_in, show=browser.show))
        assert asked.ask()[0].why == ""
        asked.close()
        kept = tmp_path / "records" / "crm.oauth.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert json.loads(kept.read_text())["tokens"]["access_token"] == "let-me-in"  # noqa: S105 (a fixture's)
        later = open_servers(locked(url))  # nobody is at hand, and nobody is needed
        (tool,) = later.offer(reach=True).tools
        assert (await tool.call({}))["text"] == "done"
        later.close()
    assert len(behaviour.logins) == 1
    assert "code_verifier=" in behaviour.logins[0]
    assert "code_challenge_method=S256" in browser.shown
    assert browser.pages == [404, b"You can close this page and go back to your terminal.\n"]


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        ({"error": "access_denied", "state": "x"}, "the login was refused: access_denied"),
        ({"code": "c-1", "state": "somebody-elses"}, "State parameter mismatch"),
    ],
)
async def test_a_login_that_was_refused_or_is_somebody_elses_lets_nobody_in(
    instead: dict[str, str], says: str, open_servers: Open, tmp_path: Path
) -> None:
    behaviour = Behaviour("locked")
    with serving(behaviour) as url:
        asked = open_servers(locked(url), authorize=partial(callback.log_in, show=Browser(**instead).show))
        assert says in asked.ask()[0].why
        asked.close()
    assert behaviour.logins == []
    assert "tokens" not in (tmp_path / "records" / "crm.oauth.json").read_text()


async def test_a_port_that_is_taken_is_said(redirect: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", callback.PORT))
        taken.listen()
        with pytest.raises(EnvironmentFault, match="another login may be under way"):
            await callback.log_in("https://a.example", show=print)
    assert redirect.endswith("/callback")


async def test_a_client_that_is_known_beforehand_registers_nowhere(tmp_path: Path) -> None:
    known = _Kept(tmp_path / "a.json", OAuth(client_id="c-1", client_secret="s-1"))  # noqa: S106 (a fixture's)
    client = await known.get_client_info()
    assert client is not None
    assert (client.client_id, client.token_endpoint_auth_method) == ("c-1", "client_secret_basic")
    assert await _Kept(tmp_path / "a.json", OAuth()).get_client_info() is None
    (tmp_path / "a.json").write_text("[broken")
    assert await _Kept(tmp_path / "a.json", OAuth()).get_tokens() is None

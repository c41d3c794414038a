"""A server that is reached over HTTP: what is certain when it fails, and what it cannot make us do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from segue.errors import NotDone, PermanentError
from segue.tools.mcp.failure import ConnectionBroke, NotReached, ToolFailed
from segue.tools.mcp.server import Server
from segue.tools.mcp.servers import Servers
from tests.unit.tools.mcp.web import Behaviour, serving

Open = Callable[..., Servers]
CALLED: dict[str, Any] = {"name": "echo", "arguments": {}}


def at(url: str, **more: Any) -> Server:
    said: dict[str, Any] = {"allow_private": True, "timeout": timedelta(seconds=20), **more}
    return Server(name="web", url=url, line=1, **said)


async def call(servers: Servers) -> Any:
    (tool,) = servers.offer(reach=True).tools
    return await tool.call({})


async def test_a_call_over_http_carries_the_headers_of_the_company(open_servers: Open) -> None:
    behaviour = Behaviour()
    with serving(behaviour) as url:
        servers = open_servers(at(url, headers={"Authorization": "Bearer secret"}))
        assert (await call(servers))["text"] == "done"
        assert {each["authorization"] for each in behaviour.headers} == {"Bearer secret"}
        assert "secret" not in repr(at(url, headers={"Authorization": "Bearer secret"}))
        servers.close()


async def test_this_machine_and_private_networks_are_not_called_unless_that_was_said(open_servers: Open) -> None:
    behaviour = Behaviour()
    with serving(behaviour) as url:
        servers = open_servers(at(url, allow_private=False))
        (finding,) = servers.offer(reach=True).findings
        assert "must not be called" in finding.message
        assert behaviour.headers == []


async def test_a_redirect_to_elsewhere_is_not_followed(open_servers: Open) -> None:
    with serving(Behaviour("redirects")) as url:
        servers = open_servers(at(url))
        with pytest.raises(ToolFailed, match=r"Redirect to http://169.254.169.254/latest/meta-data not followed"):
            await call(servers)
        servers.close()


async def test_a_server_that_has_forgotten_us_is_met_again_and_the_call_made_exactly_once(open_servers: Open) -> None:
    behaviour = Behaviour("forgets")
    with serving(behaviour) as url:
        servers = open_servers(at(url))
        assert (await call(servers))["text"] == "done"
        assert [(each["name"], each["arguments"]) for each in behaviour.calls] == [("echo", {})]
        servers.close()


@pytest.mark.parametrize("habit", ["fails", "cuts", "floods"])
async def test_whatever_happens_after_the_request_has_left_is_in_doubt(habit: str, open_servers: Open) -> None:
    with serving(Behaviour(habit)) as url:
        servers = open_servers(at(url, timeout=timedelta(seconds=3)))
        with pytest.raises((ToolFailed, ConnectionBroke, TimeoutError)) as failed:
            await call(servers)
        assert not isinstance(failed.value, NotDone | PermanentError)
        servers.close()


async def test_a_server_that_is_gone_was_not_reached_and_is_reached_again_when_it_is_back(
    open_servers: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.tools.mcp.connection.FIRST_PAUSE_S", 0.0)
    behaviour = Behaviour()
    with serving(behaviour) as url:
        servers = open_servers(at(url))
        await call(servers)
    for _ in range(2):
        with pytest.raises(NotReached, match="server web cannot be reached: ConnectError"):
            await call(servers)
    assert len(behaviour.calls) == 1
    with serving(behaviour, int(url.rpartition(":")[2].partition("/")[0])):
        await call(servers)
        servers.close()
    assert len(behaviour.calls) == 2


async def test_a_server_that_wants_to_be_called_back_for_ever_is_called_back_seldom(open_servers: Open) -> None:
    behaviour = Behaviour()
    with serving(behaviour) as url:
        servers = open_servers(at(url))
        for _ in range(30):
            await call(servers)
        assert behaviour.gets <= 21
        servers.close()

"""The application can be mounted by a server that asks for a key, and checks by itself where a request comes from."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from segue.server.mcp import web
from segue.server.mcp.offer import Manner, server
from segue.support.office import Office

KEY = "Bearer k-1"


async def closed() -> Office:
    raise AssertionError("nobody asks the office here")


def keyed(app: Any) -> Any:
    """Return an application that asks for a key, as a server around ours would."""

    async def checked(scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers", ()))
        if scope["type"] == "http" and headers.get(b"authorization") != KEY.encode():
            await PlainTextResponse("a key, please", status_code=401)(scope, receive, send)
            return
        await app(scope, receive, send)

    return checked


@pytest.fixture
async def url() -> AsyncIterator[str]:
    ours = web.web_app(server(closed, Manner()), hosts=["segue.example"], origins=["https://segue.example"])

    @contextlib.asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        async with ours.running():
            yield

    outer = Starlette(routes=[Mount("/", keyed(ours.app))], lifespan=life)
    listening = web.bound(0)
    serving = asyncio.create_task(web.serve(web.WebApp(outer, ours.running), listening))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
    serving.cancel()
    await asyncio.wait([serving])


async def test_mounted_it_answers_whoever_has_the_key(url: str) -> None:
    async with (
        httpx2.AsyncClient(headers={"Authorization": KEY}) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        assert len((await client.list_tools()).tools) == 5


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": KEY}, 200),
        ({"Authorization": KEY, "Host": "segue.example"}, 200),
        ({"Authorization": KEY, "Host": "segue.example", "Origin": "https://segue.example"}, 200),
        ({"Authorization": KEY, "Host": "other.example"}, 421),
        ({"Authorization": KEY, "Origin": "https://other.example"}, 403),
    ],
)
async def test_a_request_needs_the_key_and_must_come_from_where_it_says(
    headers: dict[str, str], status: int, url: str
) -> None:
    ping = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}  # fmt: skip
    accept = {"Accept": "application/json, text/event-stream"}
    async with httpx2.AsyncClient() as http:
        assert (await http.post(url, json=ping, headers={**accept, **headers})).status_code == status
        too_much = await http.post(
            url, content=b" " * (web.BODY_BYTES + 1), headers={**accept, **headers, "Content-Type": "application/json"}
        )
        assert too_much.status_code in (401, 413)

"""Each redirect is looked at anew, and what was meant for one server is not shown to another."""

from __future__ import annotations

import ssl
from asyncio import StreamWriter
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from segue.http.address import Address
from segue.http.auth import Auth
from segue.http.failure import BadResponse, ForbiddenAddress
from tests.loopback import Asked, loopback, reply
from tests.unit.http.conftest import client


async def redirecting(asked: Asked, writer: StreamWriter) -> None:
    """Redirect to what the query says, with the status that the path says."""
    if asked.path == "/here":
        reply(writer, "arrived")
    else:
        reply(writer, status=int(asked.path[1:]), Location=asked.target.partition("?")[2].partition("&")[0])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_read_follows(status: int, method: str) -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        assert asked.method == method
        if asked.path == "/here":
            reply(writer)
        else:
            reply(writer, status=status, Location="/here?b=2#part")

    async with loopback(answer) as server, client() as http:
        response = await http.request(method, server.url("/a?a=1"))
    assert (response.status, response.url) == (200, server.url("/here"))
    assert [asked.target for asked in server.asked] == ["/a?a=1", "/here?b=2"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_anything_else_gets_the_redirect_itself(method: str) -> None:
    async with loopback(redirecting) as server, client() as http:
        response = await http.request(method, server.url("/307?/here"), body=b"x")
    assert (response.status, len(server.asked)) == (307, 1)


async def test_what_redirects_for_ever_is_left() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, status=302, Location=f"/{len(server.asked)}")

    async with loopback(answer) as server, client(redirects=3) as http:
        with pytest.raises(BadResponse, match="redirected more than 3 times"):
            await http.request("GET", server.url())
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://2130706433/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://user:pw@127.0.0.1/",
    ],
)
async def test_a_redirect_to_what_must_not_be_called_is_not_followed(location: str) -> None:
    async with loopback(redirecting) as server, client() as http:
        with pytest.raises(ForbiddenAddress):
            await http.request("GET", server.url(f"/302?{location}"))
    assert len(server.asked) == 1


async def test_a_redirect_from_a_public_server_to_a_private_one_is_not_followed() -> None:
    """The first name is taken for public; that it is this machine only the test knows."""
    calls = []

    async def resolver(host: str, port: int) -> Sequence[Address]:
        calls.append(host)
        return [ip_address("10.0.0.7" if host == "intranet.example" else "127.0.0.1")]

    async with loopback(redirecting) as server, client(resolver=resolver, allow_private=False) as http:
        http._transport._pool._network_backend._allow_private = True  # this machine plays the public server
        response = await http.request("GET", server.url("/302?/here", host="shop.example"))
        assert response.body == b"arrived"
        http._transport._pool._network_backend._allow_private = False
        with pytest.raises(ForbiddenAddress, match=r"intranet.example \(10.0.0.7\) must not be called.*private"):
            await http.request("GET", server.url("/302?http://intranet.example/", host="shop.example"))
    assert calls == ["shop.example", "intranet.example"]


async def test_https_never_becomes_http(server_tls: ssl.SSLContext, trusted: ssl.SSLContext) -> None:
    async with (
        loopback(redirecting) as plain,
        loopback(redirecting, server_tls) as server,
        client(tls=trusted) as http,
    ):
        with pytest.raises(ForbiddenAddress, match="from https to http"):
            await http.request("GET", server.url(f"/302?{plain.url('/here')}", host="shop.example"))
    assert not plain.asked


async def test_what_was_meant_for_one_server_is_not_shown_to_another() -> None:
    auth = Auth(headers=Auth.bearer("tok-1234").headers, query=Auth.parameter("key", "key-5678").query)
    headers = {"Accept": "text/plain", "X-Api-Key": "abc", "Cookie": "d=e"}
    async with loopback(redirecting) as other, loopback(redirecting) as server, client() as http:
        await http.request("GET", server.url(f"/302?{server.url('/here')}"), headers=headers, auth=auth)
        await http.request("GET", server.url(f"/302?{other.url('/here')}"), headers=headers, auth=auth)
    first, again, _ = server.asked
    for asked in (first, again):
        assert asked.headers["authorization"] == "Bearer tok-1234"
        assert asked.headers["x-api-key"] == "abc"
        assert asked.target.endswith("key=key-5678")
    assert other.asked[0].headers.keys() == {"user-agent", "accept", "accept-encoding", "host"}
    assert other.asked[0].target == "/here"


async def test_another_port_or_name_is_another_server() -> None:
    async with loopback(redirecting) as server, client() as http:
        location = server.url("/here", host="other.example")
        await http.request("GET", server.url(f"/302?{location}", host="shop.example"), auth=Auth.bearer("tok-1234"))
    assert "authorization" not in server.asked[1].headers
    assert server.asked[1].headers["host"] == f"other.example:{server.port}"


async def test_a_further_attempt_is_shown_again_what_was_meant_for_the_first_server() -> None:
    async def busy(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, status=503)

    async def at_once(_: float) -> None:
        return None

    async with loopback(busy) as other, loopback(redirecting) as server, client(sleep=at_once) as http:
        url = server.url(f"/302?{other.url('/here')}")
        await http.request("GET", url, auth=Auth.bearer("tok-1234"), attempts=2)
    assert ["authorization" in asked.headers for asked in server.asked] == [True, True]
    assert ["authorization" in asked.headers for asked in other.asked] == [False, False]


async def test_what_leads_away_and_back_is_shown_nothing_either() -> None:
    async def away(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, status=302, Location=server.url("/here"))

    async with loopback(away) as other, loopback(redirecting) as server, client() as http:
        await http.request("GET", server.url(f"/302?{other.url('/x')}"), auth=Auth.bearer("tok-1234"))
    assert ["authorization" in asked.headers for asked in server.asked] == [True, False]

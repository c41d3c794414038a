"""The address that was checked is the address that is called, whatever a name leads to a moment later."""

from __future__ import annotations

import socket
import ssl
from asyncio import StreamWriter
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address

import httpx2
import pytest

from segue.http import transport
from segue.http.address import Address
from segue.http.failure import ForbiddenAddress, TimedOut, Unreachable
from segue.http.limits import Limits
from segue.http.network import system_resolver
from tests.loopback import Asked, loopback, reply
from tests.unit.http.conftest import NAME, client


async def answer(asked: Asked, writer: StreamWriter) -> None:
    reply(writer, asked.headers["host"])


def resolving(*rounds: str) -> tuple[list[str], object]:
    """Return a resolver that answers each time with the next addresses, and the names it was asked for."""
    asked: list[str] = []

    async def resolver(host: str, port: int) -> Sequence[Address]:
        asked.append(host)
        return [ip_address(text) for text in rounds[min(len(asked), len(rounds)) - 1].split()]

    return asked, resolver


async def test_this_machine_is_not_called_unless_that_is_allowed() -> None:
    async with loopback(answer) as server:
        async with client(allow_private=False) as http:
            for url in (server.url(), server.url(host="[::1]"), server.url(host="[::ffff:127.0.0.1]")):
                with pytest.raises(ForbiddenAddress, match="must not be called: the address is this machine") as caught:
                    await http.request("POST", url)
                assert not caught.value.was_sent
        assert server.connections == 0
        async with client() as http:
            assert (await http.fetch(server.url())).is_success


async def test_one_forbidden_address_among_several_is_enough() -> None:
    async with client(resolver=resolving("93.184.216.34 169.254.169.254")[1]) as http:
        with pytest.raises(ForbiddenAddress, match=r"shop.example \(169.254.169.254\)"):
            await http.request("GET", "http://shop.example/")


async def test_a_name_that_changes_its_mind_after_the_check_changes_nothing() -> None:
    """It says this machine when it is checked, and a cloud's credentials to whoever asks again."""
    asked, resolver = resolving("127.0.0.1", "169.254.169.254")
    async with loopback(answer) as server, client(resolver=resolver) as http:
        response = await http.fetch(server.url(host="rebinding.example"))
        assert response.text == f"rebinding.example:{server.port}"
    assert asked == ["rebinding.example"]


async def test_a_new_connection_is_checked_anew() -> None:
    asked, resolver = resolving("127.0.0.1", "169.254.169.254")
    async with loopback(answer) as server, client(resolver=resolver, idle=timedelta(0)) as http:
        url = server.url(host="rebinding.example")
        await http.fetch(url)
        with pytest.raises(ForbiddenAddress):
            await http.fetch(url)
    assert len(asked) == 2
    assert len(server.asked) == 1


async def test_an_address_that_does_not_answer_is_not_the_last_one() -> None:
    async with loopback(answer) as server, client(resolver=resolving("127.0.0.9 ::1 127.0.0.1")[1]) as http:
        assert (await http.fetch(server.url(host="shop.example"))).is_success


async def test_a_connection_that_nobody_takes_or_refuses_ends_in_time() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]  # fill the queue of those that wait to be taken
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        async with client(connect=timedelta(milliseconds=200), resolver=resolving("127.0.0.1 127.0.0.1")[1]) as http:
            with pytest.raises(TimedOut, match="no connection in time") as caught:
                await http.request("POST", f"http://shop.example:{port}/")
        for each in waiting:
            each.close()
    assert not caught.value.was_sent


async def test_the_systems_resolver_gives_every_address_once() -> None:
    found = await system_resolver("localhost", 80)
    assert ip_address("127.0.0.1") in found
    assert len(set(found)) == len(found)


async def test_an_odd_notation_is_refused_before_any_resolver_is_asked() -> None:
    asked, resolver = resolving("93.184.216.34")
    async with client(resolver=resolver) as http:
        for host in ("0x7f.1", "2130706433", "017700000001"):
            with pytest.raises(ForbiddenAddress):
                await http.request("GET", f"http://{host}/")
    assert asked == []


async def test_tls_is_that_of_the_name_and_not_of_the_address(
    server_tls: ssl.SSLContext, trusted: ssl.SSLContext
) -> None:
    names: list[str | None] = []
    server_tls.sni_callback = lambda connection, name, context: names.append(name)
    async with loopback(answer, server_tls) as server, client(tls=trusted) as http:
        response = await http.fetch(server.url(host=NAME))
        assert response.text == f"{NAME}:{server.port}"
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED") as caught:
            await http.request("POST", server.url(host="other.example"))
    assert names == [NAME, "other.example"]
    assert not caught.value.was_sent


async def test_two_names_of_one_address_do_not_share_a_connection(
    server_tls: ssl.SSLContext, trusted: ssl.SSLContext
) -> None:
    async with loopback(answer, server_tls) as server, client(tls=trusted) as http:
        await http.fetch(server.url(host=NAME))
        with pytest.raises(Unreachable):
            await http.request("GET", server.url(host="other.example"))
    assert [asked.headers["host"] for asked in server.asked] == [f"{NAME}:{server.port}"]


async def test_a_certificate_that_nobody_knows_is_not_trusted(server_tls: ssl.SSLContext) -> None:
    async with loopback(answer, server_tls) as server, client() as http:
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED") as caught:
            await http.request("POST", server.url(host=NAME))
    assert not caught.value.was_sent


async def test_tls_where_there_is_none() -> None:
    async with loopback(answer) as server, client() as http:
        with pytest.raises(Unreachable) as caught:
            await http.request("POST", f"https://127.0.0.1:{server.port}/")
    assert not caught.value.was_sent


async def test_proxies_and_passwords_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as file:  # noqa: ASYNC230, PTH123
        file.write("machine 127.0.0.1 login me password pass-1234")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", netrc)
    async with loopback(answer) as server:
        async with client() as http:
            assert (await http.fetch(server.url())).is_success
        async with transport.guarded_client(Limits(), allow_private=True) as library:
            assert (await library.get(server.url())).status_code == 200
    assert all("authorization" not in asked.headers for asked in server.asked)


async def test_a_client_of_the_library_is_guarded_too() -> None:
    async with loopback(answer) as server:
        async with transport.guarded_client(Limits()) as library:
            with pytest.raises(httpx2.ConnectError, match="must not be called"):
                await library.get(server.url())
        async with transport.guarded_client(Limits(body_bytes=3), allow_private=True) as library:
            with pytest.raises(httpx2.ReadError, match="larger than 3 bytes"):
                await library.get(server.url())
    assert len(server.asked) == 1


async def test_a_stream_that_stays_open_may_be_as_long_as_it_likes() -> None:
    async def events(asked: Asked, writer: StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for _ in range(20):
            writer.write(b"data: x\n\n" * 50_000)
            await writer.drain()
        raise ConnectionError

    limits = Limits(total=None, body_bytes=None)
    async with (
        loopback(events) as server,
        transport.guarded_client(limits, allow_private=True) as library,
        library.stream("GET", server.url()) as response,
    ):
        read = sum([len(part) async for part in response.aiter_bytes()])
    assert read == 9 * 50_000 * 20

"""Whatever a server does, a request ends within its limits, as an answer or as an error that says what happened."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from asyncio import StreamWriter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.http.failure import BadResponse, BadStatus, ConnectionLost, HttpError, TimedOut, TooLarge, Unreachable
from segue.http.response import Response, retry_after
from tests.loopback import Asked, loopback, reply
from tests.unit.http.conftest import client

SOON = timedelta(milliseconds=200)


async def test_an_answer_comes_back_whole() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, {"total": 19.9, "items": [1]})

    async with loopback(answer) as server, client() as http:
        response = await http.request("POST", server.url("/orders?x=1"), headers={"X-A": "b"}, body=b'{"a":1}')
    assert response.json() == {"total": Decimal("19.9"), "items": [1]}
    assert (response.status, response.media_type, response.is_success) == (200, "application/json", True)
    asked = server.asked[0]
    assert (asked.method, asked.target, asked.json()) == ("POST", "/orders?x=1", {"a": 1})
    assert asked.headers["user-agent"].startswith("segue/")
    assert asked.headers["host"] == f"127.0.0.1:{server.port}"


async def test_a_connection_is_used_again() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, "ok")

    async with loopback(answer) as server, client() as http:
        for _ in range(3):
            await http.fetch(server.url())
    assert server.connections == 1


async def test_more_requests_than_connections_wait_for_their_turn() -> None:
    gate = asyncio.Event()

    async def answer(asked: Asked, writer: StreamWriter) -> None:
        if len(server.asked) == 2:
            gate.set()
        await gate.wait()
        reply(writer, asked.path)

    async with loopback(answer) as server, client(connections=2) as http:
        responses = await asyncio.gather(*(http.fetch(server.url(f"/{n}")) for n in range(6)))
    assert [response.body for response in responses] == [b"/%d" % n for n in range(6)]
    assert server.connections == 2


async def test_nobody_listens() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        raise AssertionError

    async with loopback(answer) as server:
        gone = server.url("/x?key=secret")
    async with client() as http:
        with pytest.raises(Unreachable, match=r"/x: no connection: .*Connect call failed") as caught:
            await http.fetch(gone, attempts=1)
    assert not caught.value.was_sent
    assert "secret" not in str(caught.value)


async def test_a_name_that_nobody_knows() -> None:
    async def nowhere(host: str, port: int) -> list[object]:
        raise OSError("not known")

    async with client(resolver=nowhere) as http:
        with pytest.raises(Unreachable, match=r"no\.where has no address") as caught:
            await http.request("GET", "http://no.where/")
    assert not caught.value.was_sent


async def test_a_name_that_is_never_resolved() -> None:
    async def for_ever(host: str, port: int) -> list[object]:
        await asyncio.Event().wait()
        return []

    async with client(resolver=for_ever, connect=SOON) as http:
        with pytest.raises(TimedOut, match="no connection in time") as caught:
            await http.request("POST", "http://no.where/")
    assert not caught.value.was_sent


async def test_a_server_that_says_nothing() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        await asyncio.Event().wait()

    async with loopback(answer) as server, client(silence=SOON) as http:
        with pytest.raises(TimedOut, match="no sign of life") as caught:
            await http.request("POST", server.url())
    assert caught.value.was_sent


@pytest.mark.parametrize("in_head", [True, False])
async def test_a_server_that_drips_has_no_more_time_than_any_other(in_head: bool) -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX: " if in_head else b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.01)  # the server's, which is slow on purpose

    async with loopback(answer) as server, client(total=SOON) as http:
        with pytest.raises(TimedOut, match="no complete answer within") as caught:
            await http.request("GET", server.url())
    assert caught.value.was_sent


@pytest.mark.parametrize(
    "head", [b"Transfer-Encoding: chunked\r\n\r\n", b"\r\n", b"Content-Length: 99999999999\r\n\r\n"]
)
async def test_a_body_without_end_is_left_where_it_is_too_large(head: bytes) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n" if b"chunked" in head else b"a" * 65536

    async def answer(asked: Asked, writer: StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n" + head)
        while True:
            writer.write(chunk)
            await writer.drain()

    async with loopback(answer) as server, client(body_bytes=1_000_000) as http:
        with pytest.raises(TooLarge, match="larger than 1,000,000 bytes"):
            await http.fetch(server.url())


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_compressed_body_is_read_as_it_was_meant(coding: str) -> None:
    text = b"many words " * 1000

    async def answer(asked: Asked, writer: StreamWriter) -> None:
        assert coding in asked.headers["accept-encoding"]
        data = gzip.compress(text) if coding == "gzip" else zlib.compress(text)
        reply(writer, data, Content_Encoding=coding)

    async with loopback(answer) as server, client() as http:
        response = await http.fetch(server.url())
    assert response.body == text
    assert "content-encoding" not in response.headers
    assert "content-length" not in response.headers


@pytest.mark.parametrize("times", [1, 2])
async def test_a_bomb_does_not_go_off(times: int) -> None:
    bomb = bytes(200_000_000)
    for _ in range(times):
        bomb = gzip.compress(bomb, 6)

    async def answer(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, bomb, Content_Encoding=", ".join(["gzip"] * times))

    async with loopback(answer) as server, client(body_bytes=1_000_000) as http:
        with pytest.raises(TooLarge):
            await http.fetch(server.url())


async def test_compression_that_was_not_asked_for_is_no_answer() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, b"..", Content_Encoding="br")

    async with loopback(answer) as server, client() as http:
        with pytest.raises(BadResponse, match="br, which was not asked for"):
            await http.fetch(server.url())


async def test_compression_that_is_none_is_no_answer() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, b"plain", Content_Encoding="gzip")

    async with loopback(answer) as server, client() as http:
        with pytest.raises(BadResponse, match="cannot be decompressed"):
            await http.fetch(server.url())


BROKEN = {
    "closed at once": b"",
    "closed in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "closed in the body": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    "closed in a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "a chunk that is none": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "no status": b"HTTP/1.1 abc OK\r\n\r\n",
    "a bare line feed in a name": b"HTTP/1.1 200 OK\r\nA\n: b\r\n\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 200_000,
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"X-Name: value\r\n" * 20_000,
    "the wrong coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
}


@pytest.mark.parametrize("how", BROKEN)
async def test_a_connection_that_breaks_is_no_answer(how: str) -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        writer.write(BROKEN[how])
        await writer.drain()
        raise ConnectionError

    async with loopback(answer) as server, client() as http:
        with pytest.raises(ConnectionLost) as caught:
            await http.request("POST", server.url(), body=b"{}")
    assert caught.value.was_sent


async def test_where_no_connection_is_kept_no_answer_is_taken_for_that_to_the_next_request() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, "first")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled")

    async with loopback(answer) as server, client(idle=timedelta(0)) as http:
        assert (await http.fetch(server.url())).body == b"first"
        assert (await http.fetch(server.url())).body == b"first"


async def test_an_error_tells_status_and_words_and_when_to_come_again() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, {"detail": "too\nmany\x00"}, status=429, Retry_After="7")

    async with loopback(answer) as server, client() as http:
        with pytest.raises(BadStatus, match=r"/x: status 429: .*too") as caught:
            await http.fetch(server.url("/x"), attempts=1)
    assert (caught.value.status, caught.value.retry_after) == (429, timedelta(seconds=7))


async def test_only_as_many_attempts_are_made_as_were_asked_for_and_waits_are_the_servers() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def answer(asked: Asked, writer: StreamWriter) -> None:
        if len(server.asked) < 3:
            reply(writer, status=503, Retry_After="4" if len(server.asked) == 1 else "0")
        else:
            reply(writer, "ok")

    async with loopback(answer) as server, client(sleep=sleep) as http:
        assert (await http.fetch(server.url(), attempts=3)).body == b"ok"
        assert waits == [4.0, 1.0]
        server.asked.clear()
        response = await http.request("GET", server.url(), attempts=2)
        assert (response.status, len(server.asked)) == (503, 2)
        server.asked.clear()
        response = await http.request("GET", server.url())
        assert (response.status, len(server.asked)) == (503, 1)


async def test_a_wait_for_which_there_is_no_time_is_not_begun() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        reply(writer, status=503, Retry_After="3600")

    async with loopback(answer) as server, client() as http:
        response = await http.request("GET", server.url(), attempts=5)
    assert (response.status, response.retry_after, len(server.asked)) == (503, timedelta(hours=1), 1)


async def test_a_lost_connection_is_tried_again() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        if len(server.asked) == 1:
            raise ConnectionError
        reply(writer, "ok")

    async def at_once(_: float) -> None:
        return None

    async with loopback(answer) as server, client(sleep=at_once) as http:
        assert (await http.request("PUT", server.url(), body=b"x", attempts=2)).body == b"ok"


async def test_what_is_not_safe_to_repeat_is_not_repeated() -> None:
    async with client() as http:
        with pytest.raises(ValueError, match="POST is not safe to repeat"):
            await http.request("POST", "http://shop.example/", attempts=2)


async def test_a_repeated_request_that_was_sent_once_was_sent() -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        raise ConnectionError

    async def at_once(_: float) -> None:
        down.set()

    down = asyncio.Event()

    async def resolver(host: str, port: int) -> list[object]:
        if down.is_set():
            raise OSError
        return [ip_address("127.0.0.1")]

    async with loopback(answer) as listening, client(sleep=at_once, resolver=resolver) as http:
        with pytest.raises(Unreachable) as caught:
            await http.request("PUT", listening.url(host="shop.example"), attempts=2)
    assert caught.value.was_sent


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nope",
        b"NaN",
        b"[Infinity]",
        b"\xff",
        b"[" * 100_000,
        b"1" * 5_000,
        b'{"a":1}x',
        b"1e999999999",
        b"1.5e-999999999",
    ],
)
def test_what_is_no_json_says_so(body: bytes) -> None:
    response = Response(status=200, url="http://x/", headers={}, body=body, received_at=datetime.now(UTC))
    with pytest.raises(BadResponse, match="http://x/: the answer is not JSON"):
        response.json()


SAID = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("0", timedelta(0)),
        ("120", timedelta(minutes=2)),
        ("99999999999999999999", timedelta(hours=1)),
        ("Fri, 01 May 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Fri, 01 May 2026 11:00:00 GMT", timedelta(0)),
        ("Fri, 01 May 2099 11:00:00 GMT", timedelta(hours=1)),
        ("Friday, 01-May-26 12:00:30 GMT", timedelta(seconds=30)),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("Fri, 99 May 2026 12:00:30 GMT", None),
    ],
)
def test_a_wait_is_asked_for_in_seconds_or_by_a_date(text: str, wait: timedelta | None) -> None:
    assert retry_after(text, since=SAID) == wait


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ ?(GMT|[+-]\d+)?"))
def test_whatever_is_asked_for_is_a_wait_of_an_hour_at_most_or_none(text: str) -> None:
    wait = retry_after(text, since=SAID)
    assert wait is None or timedelta(0) <= wait <= timedelta(hours=1)


HEADS = [
    *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 404 x\r\n", b"HTTP/1.1 100 C\r\n\r\n", b"HTTP/1.1 302 F\r\n"),
    *(b"HTTP/1.1 101 S\r\nUpgrade: x\r\n", b"Content-Length: 5\r\n", b"Content-Length: 99\r\n", b"Location: //x\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"Content-Encoding: gzip\r\n"),
    *(b"\r\n", b"hello"),
]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(HEADS) | st.binary(max_size=20), max_size=8))
def test_any_bytes_are_an_answer_or_a_typed_failure(parts: list[bytes]) -> None:
    async def answer(asked: Asked, writer: StreamWriter) -> None:
        writer.write(b"".join(parts))
        await writer.drain()
        raise ConnectionError

    async def ask() -> None:
        async with loopback(answer) as server, client(silence=timedelta(seconds=5)) as http:
            with suppress(HttpError):
                await http.request("GET", server.url())

    asyncio.run(ask())


def test_a_date_is_compared_with_the_servers_own_clock() -> None:
    headers = {"date": "Fri, 01 May 2026 12:00:00 GMT", "retry-after": "Fri, 01 May 2026 12:00:10 GMT"}
    response = Response(status=503, url="", headers=headers, body=b"", received_at=datetime(2030, 1, 1, tzinfo=UTC))
    assert response.retry_after == timedelta(seconds=10)


@pytest.mark.parametrize(
    "headers", [{"X": "a\r\nY: b"}, {"X": "é"}, {"X": "a\x00"}, {"X Y": "a"}, {"": "a"}, {"X": " a"}]
)
async def test_a_header_that_would_be_two_is_not_sent(headers: dict[str, str]) -> None:
    async with client() as http:
        with pytest.raises(ValueError, match="characters that cannot be sent"):
            await http.request("GET", "http://shop.example/", headers=headers)


async def test_a_cancelled_request_lets_go_of_its_connection() -> None:
    began = asyncio.Event()

    async def answer(asked: Asked, writer: StreamWriter) -> None:
        if asked.path == "/slow":
            began.set()
            await asyncio.Event().wait()
        reply(writer, "ok")

    async with loopback(answer) as server, client(connections=1) as http:
        slow = asyncio.create_task(http.fetch(server.url("/slow")))
        await began.wait()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert (await http.fetch(server.url("/fast"))).body == b"ok"

"""What is sent to be let in is shown nowhere else: not in errors, logs, reprs or the words of a server."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from asyncio import StreamWriter
from base64 import b64encode
from datetime import timedelta

import httpx2
import pytest

from segue.http import transport
from segue.http.auth import Auth
from segue.http.failure import HttpError
from segue.http.limits import Limits
from segue.http.secret import Secret
from tests.loopback import Asked, loopback, reply
from tests.unit.http.conftest import client

TOKEN = "s3cr3t/tok+en=="  # noqa: S105
ALL = {
    "bearer": Auth.bearer(TOKEN),
    "basic": Auth.basic("me", TOKEN),
    "header": Auth.header("X-Api-Key", TOKEN),
    "parameter": Auth.parameter("api_key", TOKEN),
}
FORMS = (TOKEN, b64encode(f"me:{TOKEN}".encode()).decode(), "s3cr3t%2Ftok%2Ben%3D%3D", "s3cr3t")


async def misbehave(asked: Asked, writer: StreamWriter) -> None:
    """Do what the path says, and say everything that was heard."""
    heard = json.dumps([asked.target, asked.headers])
    match asked.path:
        case "/status":
            reply(writer, heard, status=500)
        case "/json":
            reply(writer, heard + "}")
        case "/large":
            reply(writer, heard * 1000)
        case "/away":
            reply(writer, status=302, Location=f"http://169.254.169.254/?{asked.target}")
        case "/loop":
            reply(writer, status=302, Location=asked.target)
        case "/lost":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
            await writer.drain()
            raise ConnectionError
        case "/garbage":
            writer.write(heard.encode() + b"\r\n\r\n")
        case "/late":
            pass


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("path", ["/status", "/json", "/large", "/away", "/loop", "/lost", "/garbage", "/late"])
async def test_no_error_and_no_log_shows_a_secret(kind: str, path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with loopback(misbehave) as server:
        async with client(body_bytes=10_000, silence=timedelta(milliseconds=100)) as http:
            with pytest.raises(HttpError) as caught:
                (await http.fetch(server.url(path), auth=ALL[kind], attempts=1)).json()
        asked = server.asked[0]
    assert any(form in asked.target or form in str(asked.headers) for form in FORMS)  # it was sent
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(vars(caught.value))
    for form in FORMS:
        assert form not in shown
        assert form not in caplog.text


@pytest.mark.parametrize("kind", ALL)
async def test_a_client_of_the_library_logs_no_secret_either(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {name: value.reveal() for name, value in ALL[kind].headers.items()}
    async with (
        loopback(misbehave) as server,
        transport.guarded_client(Limits(), allow_private=True, headers=headers) as library,
    ):
        await library.get(server.url("/status"), params={"q": TOKEN})
    assert not [form for form in FORMS if form in caplog.text]


@pytest.mark.parametrize("make", [Auth.bearer, lambda text: Auth.header("X-Key", text)])
def test_a_token_that_cannot_be_sent_is_refused_without_being_shown(make: object) -> None:
    for text in (f"{TOKEN}\n", f"a\r\nX: {TOKEN}", f"{TOKEN}é", ""):
        with pytest.raises(ValueError, match="cannot stand in a header") as caught:
            make(text)  # type: ignore[operator]
        assert TOKEN not in str(caught.value)


def test_a_name_with_a_colon_is_no_name() -> None:
    with pytest.raises(ValueError, match="colon"):
        Auth.basic("me:you", TOKEN)


async def test_a_malformed_header_of_the_librarys_own_clients_is_not_shown() -> None:
    headers = {"X": f"{TOKEN}\n"}
    async with (
        loopback(misbehave) as server,
        transport.guarded_client(Limits(), allow_private=True, headers=headers) as library,
    ):
        with pytest.raises(httpx2.LocalProtocolError, match="one of its headers is malformed") as caught:
            await library.get(server.url("/status"))
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))


def test_a_secret_is_not_printed_compared_copied_or_written() -> None:
    secret = Secret(TOKEN)
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret!r}", repr([secret])):
        assert TOKEN not in shown
    for auth in ALL.values():
        assert TOKEN not in repr(auth)
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(secret)
    with pytest.raises(TypeError, match="not written anywhere"):
        copy.copy(secret)
    assert secret != Secret(TOKEN)
    assert not hasattr(secret, "__dict__")


def test_words_of_a_server_are_scrubbed_in_every_form() -> None:
    for auth in ALL.values():
        sent = [secret.reveal() for secret in (*auth.headers.values(), *auth.query.values())]
        said = json.dumps({"heard": [*sent, TOKEN, FORMS[2]]}) + " ".join(sent)
        assert "s3cr3t" not in auth.scrub(said)
    assert Auth.parameter("k", "abc").scrub("abc") == "abc"  # too short to be looked for

"""A server on loopback that speaks as OpenAI's Chat Completions do, and goes wrong as a script says."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Self

from tests.loopback import Asked, loopback

MODEL = "tiny-2026-01-01"


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def texts(self) -> list[str]:
        return [message["content"] for message in self.body["messages"]]


Act = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]
"""What the server does about one request."""


class OpenAIServer:
    """Answers requests by its script, in order; the last act answers all that follow."""

    def __init__(self, *script: Act) -> None:
        self.seen: list[Seen] = []
        self._script = deque(script)

    @property
    def url(self) -> str:
        return self._server.url("/v1")

    async def __aenter__(self) -> Self:
        self._serving = loopback(self._answer)
        self._server = await self._serving.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._serving.__aexit__(None, None, None)

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        seen = Seen(asked.path, asked.headers, asked.json())
        self.seen.append(seen)
        act = self._script.popleft() if len(self._script) > 1 else self._script[0]
        await act(seen, writer)


def raw(
    body: bytes, *, status: int = 200, kind: str = "application/json", headers: dict[str, str] | None = None
) -> Act:
    """Send these bytes."""

    async def act(seen: Seen, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"content-type: {kind}", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return act


def completion(text: str | None, *, finish: str = "stop", refusal: str | None = None, **changes: Any) -> bytes:
    """Return the body of a good answer."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    usage = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25,
             "prompt_tokens_details": {"cached_tokens": 8}}  # fmt: skip
    body = {"id": "c-1", "object": "chat.completion", "created": 1_767_225_600, "model": MODEL, "usage": usage,
            "choices": [{"index": 0, "message": message, "finish_reason": finish}]}  # fmt: skip
    return json.dumps(body | changes).encode()


def says(text: str | None, **changes: Any) -> Act:
    """Answer well."""
    return raw(completion(text, **changes))


def fails(status: int, message: str = "something went wrong", *, code: str | None = None, kind: str = "",
          headers: dict[str, str] | None = None) -> Act:  # fmt: skip
    """Answer with an error as OpenAI writes it."""
    error = {"error": {"message": message, "type": kind or "error", "code": code, "param": None}}
    return raw(json.dumps(error).encode(), status=status, headers=headers)


def busy(retry_after: str | None = None) -> Act:
    """Answer 429."""
    return fails(429, "slow down", code="rate_limit_exceeded", kind="requests",
                 headers=None if retry_after is None else {"retry-after": retry_after})  # fmt: skip


def in_seconds(seconds: float) -> str:
    """Return a moment as `Retry-After` may hold it."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def slowly(then: Act) -> Act:
    """Let the first byte wait for a moment."""

    async def act(seen: Seen, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        await then(seen, writer)

    return act


async def silent(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await asyncio.Event().wait()


async def drips(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Send a byte now and then, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def breaks_off(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Close the connection in the middle of a good answer."""
    body = completion("all is well")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body))
    writer.write(body[: len(body) // 2])
    await writer.drain()
    writer.close()


async def floods(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """Send far too much."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" " * 1_000_000)
        await writer.drain()


def knows_key(key: str, then: Act) -> Act:
    """Answer 401 to any other key, and repeat it as some servers do."""

    async def act(seen: Seen, writer: asyncio.StreamWriter) -> None:
        given = seen.headers.get("authorization", "").removeprefix("Bearer ")
        refuses = fails(401, f"Incorrect API key provided: {given}", code="invalid_api_key")
        await (then if given == key else refuses)(seen, writer)

    return act


def llama(answer: str) -> Act:
    """Be llama.cpp's server: `json_schema` is an error 500, `json_object` with a `schema` is honoured."""

    async def act(seen: Seen, writer: asyncio.StreamWriter) -> None:
        wanted = seen.body.get("response_format", {})
        if wanted.get("type") == "json_schema":
            await fails(500, "Unsupported response_format type: json_schema")(seen, writer)
        else:
            is_asked = wanted.get("type") == "json_object" and "schema" in wanted
            await says(answer if is_asked else "as you like")(seen, writer)

    return act

"""A server with the names that the scenarios ask for, made of the pieces that ours is made of.

`python -m tests.conformance.fixture` serves it on a free port of this machine, prints its URL and ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from mcp.server.mcpserver import MCPServer

from segue.errors import UsageError
from segue.server.mcp import web
from segue.server.mcp.offer import named, told


def fixture() -> MCPServer[Any]:
    """Return the server, not running yet."""
    made = named("fixture", version="1")

    @made.tool()
    @told
    async def test_simple_text() -> str:
        """Say something."""
        return "This is a simple text response for testing."

    @made.tool()
    @told
    async def test_error_handling() -> str:
        """Fail with an error of ours."""
        raise UsageError("This tool intentionally returns an error for testing")

    @made.resource("test://static-text", name="text", mime_type="text/plain")
    def static_text() -> str:
        """A text."""
        return "This is the content of the static text resource."

    @made.resource("test://static-binary", name="binary", mime_type="image/png")
    def static_binary() -> bytes:
        """Bytes."""
        return b"\x89PNG"

    @made.resource("test://template/{id}/data", name="template", mime_type="application/json")
    def template(id: str) -> str:  # noqa: A002 (the scenario's name)
        """A record."""
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})

    return made


async def main() -> None:
    """Serve until standard input ends."""
    listening = web.bound(0)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}{web.PATH}", flush=True)  # noqa: T201 (for whoever started it)
    serving = asyncio.create_task(web.serve(web.web_app(fixture()), listening))
    await asyncio.to_thread(sys.stdin.read)
    serving.cancel()
    await asyncio.wait([serving])


if __name__ == "__main__":
    asyncio.run(main())

"""Our client in the hands of the conformance suite: `python -m tests.conformance.client URL`.

It does what a plan would: reaches the server, takes its tools and calls each, with arguments that fit.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

from segue.errors import SegueError
from segue.tools.mcp.oauth import OAuth
from segue.tools.mcp.server import Server
from segue.tools.mcp.servers import Servers
from segue.tools.tool import Parameter

SAMPLES: dict[str, Any] = {"number": 2, "integer": 2, "boolean": True, "array": [], "object": {}}


def sample(parameter: Parameter) -> Any:
    """Return a value that the parameter takes."""
    return SAMPLES.get(str(parameter.schema.get("type")), "text")


def oauth() -> OAuth:
    """Return how the suite knows us."""
    context = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}")
    return OAuth(
        client_id=context.get("client_id", ""),
        client_secret=context.get("client_secret", ""),
        metadata_url="https://conformance-test.local/client-metadata.json",
    )


async def log_in(url: str) -> str:
    """Be the person and their browser: the suite's server lets everybody in and sends them back."""
    return await asyncio.to_thread(_sent_back, url)


def _sent_back(url: str) -> str:
    request = urllib.request.Request(url)  # noqa: S310 (the suite's own server)
    try:
        urllib.request.build_opener(_Stay).open(request)
    except urllib.error.HTTPError as error:
        with error:
            return str(error.headers["Location"])
    raise AssertionError(url)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: Any) -> None:
        return None


async def main() -> int:
    """Call every tool of the server; return the exit status."""
    server = Server(
        name="suite",
        url=sys.argv[-1],
        allow_private=True,
        timeout=timedelta(seconds=20),
        elicitation="defaults",
        oauth=oauth(),
    )
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers([server], Path(folder), authorize=log_in)
        try:
            offer = servers.offer(reach=True)
            for finding in offer.findings:
                print(finding, file=sys.stderr)  # noqa: T201 (for the suite's own log)
                status = 1
            for tool in offer.tools:
                try:
                    print(await tool.call({each.name: sample(each) for each in tool.parameters}))  # noqa: T201
                except SegueError as error:
                    print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
                    status = 1
        finally:
            servers.close()
    return status


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

"""A real program that speaks MCP, and the servers of a workspace around it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from segue.tools.mcp.server import Server
from segue.tools.mcp.servers import Servers
from segue.tools.remote import Terms
from segue.tools.tool import Tool

PROGRAM = Path(__file__).with_name("program.py")


def server(folder: Path, *habits: str, name: str = "crm", **more: Any) -> Server:
    """Return the program as a server, with habits."""
    said: dict[str, Any] = {"timeout": timedelta(seconds=20), "line": 1, **more}
    command = (sys.executable, "-I", str(PROGRAM), str(folder), *habits)
    return Server(name=name, command=command, env={"PATH": os.environ["PATH"], "SEEN": "1"}, **said)


def terms(**said: Any) -> Terms:
    """Return the terms of a tool that needs nobody."""
    return Terms(**{"approve": "false", **said})


def notes(folder: Path, name: str) -> list[Any]:
    """Return what the program wrote down."""
    file = folder / name
    if not file.exists():
        return []
    return [json.loads(line) if line[:1] in "[{0123456789" else line for line in file.read_text().splitlines()]


def tool(servers: Servers, name: str) -> Tool:
    """Return a tool by what plans call it."""
    return next(each for each in servers.offer(reach=True).tools if each.name == name)


def is_alive(pid: int) -> bool:
    """Say whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def open_servers(tmp_path: Path) -> Iterator[Callable[..., Servers]]:
    opened: list[Servers] = []

    def make(*servers_: Server, **more: Any) -> Servers:
        opened.append(Servers(servers_, tmp_path / "records", **more))
        return opened[-1]

    yield make
    for each in opened:
        each.close()

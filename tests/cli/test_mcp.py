"""`segue mcp` speaks the protocol and nothing else, works beside whoever drives, and ends when it should."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from mcp import Client, StdioServerParameters

from segue.support import batch, workspace
from segue.wiring import House
from tests.unit.server.mcp.conftest import GREETING, write

PATIENCE_S = 60
SEGUE = [sys.executable, "-c", "from segue.cli import main; main()"]
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start the command with pipes to it; it is killed at the end if it still runs."""
    process = subprocess.Popen(
        [*SEGUE, "mcp", "--workspace", str(folder), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 (no threads yet)
    )
    try:
        yield process
    finally:
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        process.wait(PATIENCE_S)


def ask(process: subprocess.Popen[bytes], message: dict[str, Any]) -> Any:
    """Send a message and return the next line as JSON."""
    stdin, stdout = pipes(process)
    stdin.write(json.dumps(message).encode() + b"\n")
    stdin.flush()
    return json.loads(stdout.readline())


def pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


async def test_a_client_resolves_a_ticket_whatever_the_companys_tools_print(tmp_path: Path) -> None:
    write(tmp_path, procedure=GREETING)
    command = StdioServerParameters(
        command=SEGUE[0], args=[*SEGUE[1:], "mcp", "--workspace", str(tmp_path)], env=dict(os.environ)
    )
    async with Client(command) as client:
        asked = await client.call_tool("resolve_ticket", {"text": "greet me", "ticket_id": "t-1"})
        assert asked.structured_content is not None
        assert asked.structured_content["outcome"] == "waiting"
        said = await client.call_tool("approve", {"run_id": "t-1", "by": "Grace"})
        assert said.structured_content is not None
        assert said.structured_content["reply"] == "You were greeted."


def test_it_ends_with_its_input_and_wrote_nothing_but_messages(tmp_path: Path) -> None:
    with started(write(tmp_path)) as process:
        assert ask(process, HELLO)["result"]["serverInfo"]["name"] == "segue"
        stdin, stdout = pipes(process)
        stdin.close()
        assert stdout.read() == b""
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to(number: int, tmp_path: Path) -> None:
    with started(write(tmp_path)) as process:
        ask(process, HELLO)
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_garbage_on_its_input_stops_nothing(tmp_path: Path) -> None:
    with started(write(tmp_path)) as process:
        stdin, _ = pipes(process)
        stdin.write(b'no json\n\xff\xfe\n{"jsonrpc": "2.0"}\n\n')
        answers = [ask(process, HELLO)]
        while "result" not in answers[-1]:  # what was no message may be answered as such
            answers.append(json.loads(pipes(process)[1].readline()))
        assert answers[-1]["result"]["serverInfo"]["name"] == "segue"


async def test_beside_a_process_that_drives_it_asks_that_one(tmp_path: Path) -> None:
    house = House(workspace.at(write(tmp_path, procedure=GREETING)))
    house.prepare()
    command = StdioServerParameters(
        command=SEGUE[0], args=[*SEGUE[1:], "mcp", "--workspace", str(tmp_path)], env=dict(os.environ)
    )
    async with batch.Work(house.engine) as work, Client(command) as client:
        asked = await client.call_tool("resolve_ticket", {"text": "greet me", "ticket_id": "t-1"})
        assert asked.structured_content is not None
        assert asked.structured_content["outcome"] == "waiting"
        assert (await work.engine.run("ticket-t-1")).status == "waiting"
        said = await client.call_tool("approve", {"run_id": "t-1", "by": "Grace"})
        assert said.structured_content is not None
        assert said.structured_content["outcome"] == "resolved"
    house.close()


def test_over_http_it_answers_this_machine_and_nobody_who_comes_under_another_name(tmp_path: Path) -> None:
    with started(write(tmp_path), "--http", "0") as process:
        assert process.stderr is not None
        said = next(line for line in iter(process.stderr.readline, b"") if b"http" in line)
        url = said.decode().split()[3]
        assert url.startswith("http://127.0.0.1:")
        assert asyncio.run(_names(url)) == ["resolve_ticket", "search_knowledge", "get_run", "list_queue", "approve"]
        assert _status(url, {"Host": "evil.example"}) == 421
        assert _status(url, {"Host": "127.0.0.1.evil.example:80"}) == 421
        assert _status(url, {"Origin": "https://evil.example"}) == 403
        assert _status(url, {"Origin": "null"}) == 403
        assert _status(url, {}) == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0


async def _names(url: str) -> list[str]:
    async with Client(url) as client:
        return [tool.name for tool in (await client.list_tools()).tools]


def _status(url: str, headers: dict[str, str]) -> int:
    accept = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    request = urllib.request.Request(url, json.dumps(HELLO).encode(), {**accept, **headers})  # noqa: S310 (our own)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_port_that_is_taken_is_the_machines_fault(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started(write(tmp_path), "--http", str(taken.getsockname()[1])) as process:
            _, error = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3
    assert b"Address already in use; choose another" in error


def test_tools_that_cannot_be_imported_end_it_before_it_greets_anybody(tmp_path: Path) -> None:
    with started(write(tmp_path, tools="import nothing_of_this_name\n")) as process:
        out, error = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 3
    assert out == b""
    assert b"tools.py:1:0 C101" in error

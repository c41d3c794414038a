"""Standard streams as they come: closed, full, cut off, in another encoding, without a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run, ended, here, process

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and terminals of POSIX")


def test_a_reader_that_goes_away_stops_neither_the_work_nor_its_status(shop: Path) -> None:
    reader, writer = os.pipe()
    started = process("resolve", "-", "--json", "--workspace", _bare(shop), stdout=writer)
    os.close(writer)
    os.close(reader)
    lines = "\n".join(
        json.dumps({"id": f"t-{n}", "messages": [{"role": "customer", "text": "Hello?"}]}) for n in range(3)
    )
    ran = ended(started, lines)
    assert (ran.status, ran.err) == (0, "")
    assert len(here("runs", "list", "--status", "completed", "--workspace", shop, "--json").json) == 3


def test_output_that_cannot_be_written_is_status_3(shop: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        for args in (["check"], ["check", "--json"]):
            ran = ended(process(*args, "--workspace", shop, stdout=full))
            assert ran.status == 3
            assert ran.error == "segue: No space left on device"


def test_closed_streams_are_as_good_as_empty_ones(shop: Path) -> None:
    script = f"exec {sys.executable} -m segue --workspace {shop} resolve - --json <&- >&-"
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_an_encoding_without_our_characters_spoils_no_command(demo: Ran) -> None:
    workspace = demo.json["workspace"]
    environment = {"PYTHONIOENCODING": "ascii"}
    table = ended(process("runs", "list", "--workspace", workspace, env=environment))
    assert (table.status, table.err) == (0, "")
    assert "ticket-t-3058" in table.out
    shown = ended(process("runs", "show", "t-3003", "--json", "--workspace", workspace, env=environment))
    assert "£64.00" in shown.json["entries"][-1]["result"]["reply"]


def test_a_terminal_shows_colours_and_progress_and_no_color_takes_the_colours_away(demo: Ran) -> None:
    workspace = demo.json["workspace"]
    coloured = _on_a_terminal("runs", "list", "--workspace", workspace)
    assert "\x1b[32mresolved" in coloured
    assert "\x1b[3" not in _on_a_terminal("runs", "list", "--workspace", workspace, NO_COLOR="1")


def test_without_a_terminal_nothing_but_plain_lines_is_printed(run: Run, demo: Ran) -> None:
    ran = run("runs", "list", "--workspace", demo.json["workspace"])
    assert ran.err == ""
    assert "\x1b" not in ran.out
    assert all(line == line.rstrip() for line in ran.out.splitlines())


def test_json_is_utf8_one_line_for_each_ticket(run: Run, shop: Path) -> None:
    words = "I want a person! 我的包裹? £\u2028next"
    ticket = {"id": "t", "messages": [{"role": "customer", "text": words}]}
    ran = run("resolve", "-", "--workspace", shop, "--json", stdin=json.dumps(ticket))
    assert "我的包裹" in ran.out
    assert ran.out.count("\n") == 1
    assert "我的包裹? £" in ran.json["handoff"]["ask"]


def _bare(shop: Path) -> Path:
    """Leave a workspace nothing to learn topics from, which takes its time."""
    (shop / "procedures" / "order_status.yaml").unlink()
    return shop


def _on_a_terminal(*args: str, **environment: str) -> str:
    master, slave = pty.openpty()
    started = process(*args, stdout=slave, stderr=slave, env={"TERM": "xterm", **environment})
    os.close(slave)
    shown = b""
    while True:
        try:
            shown += os.read(master, 65_536)
        except OSError:  # Linux says so when the last writer has gone
            break
    started.communicate()
    os.close(master)
    return shown.decode()

"""Servers that others have written, as they are published, are tools of a workspace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segue import wiring
from segue.support import batch, workspace
from segue.support.outcome import Resolution
from segue.support.ticket import parse_ticket
from segue.wiring import House
from tests.packages import node, package

SETTINGS = """
[autonomy]
default = "auto"
[tools.mcp.files]
command = {files}
tools = ["read_text_file", "write_file"]
[tools.mcp.files.tool.read_text_file]
effect = "read"
approve = false
integrity = {{path = "free"}}
[tools.mcp.every]
command = {every}
tools = ["get-structured-content", "get-sum"]
[tools.mcp.every.tool.get-sum]
effect = "read"
approve = false
[tools.mcp.every.tool.get-structured-content]
name = "weather.now"
effect = "read"
approve = false
"""
PROCEDURE = """
topic: question  # the one for which nothing has to be learned first
steps:
  - {{id: hours, tool: files.read_text_file, args: {{path: "{folder}/hours.txt"}}}}
  - {{id: sum, tool: every.get-sum, args: {{a: 4, b: 5}}}}
  - {{id: weather, tool: weather.now, args: {{location: "New York"}}, expect: "weather.humidity > 0.0"}}
  - {{id: noted, tool: files.write_file, args: {{path: "{folder}/note.txt", content: "asked"}}}}
  - {{id: done, reply: "Open ${{hours.content}}. ${{sum.text}} ${{weather.conditions}}."}}
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "hours.txt").write_text("9 to 5")
    servers = {
        name: json.dumps([str(node()), str(_program(published)), *more])
        for name, published, more in (("files", "filesystem", [str(shared)]), ("every", "everything", []))
    }
    (tmp_path / "segue.toml").write_text(SETTINGS.format(**servers))
    (tmp_path / "procedures").mkdir()
    (tmp_path / "procedures" / "question.yaml").write_text(PROCEDURE.format(folder=shared))
    house = House(workspace.at(tmp_path))
    yield house
    house.close()


def _program(published: str) -> Path:
    return package(f"@modelcontextprotocol/server-{published}") / "dist" / "index.js"


async def _resolve(house: House, *, is_approved: bool) -> Resolution:
    """Return what becomes of a ticket, after a person has said yes if they do."""
    source = {"id": "t-1", "messages": [{"role": "customer", "text": "when are you open"}]}
    ticket = parse_ticket(source, datetime.now(UTC))
    async with batch.Work(house.engine) as work:
        if is_approved:
            async for resolution in batch.resolve(work, house.workflow, [ticket], house.effects):
                assert resolution.outcome == "waiting"
            await work.engine.signal("ticket-t-1", "approval", True)
        async for resolution in batch.resolve(work, house.workflow, [ticket], house.effects):
            return resolution
    raise AssertionError


def test_a_procedure_reads_writes_and_computes_with_other_peoples_servers(house: House, tmp_path: Path) -> None:
    assert [finding for finding in wiring.check(workspace.at(tmp_path)) if finding.code != "A101"] == []
    after = asyncio.run(_resolve(house, is_approved=True))  # nothing was said of write_file, so a person is asked
    assert after.outcome == "resolved"
    assert after.reply.startswith("Open 9 to 5. The sum of 4 and 5 is 9. ")
    assert (tmp_path / "shared" / "note.txt").read_text() == "asked"
    assert [(action.tool, action.effect) for action in after.actions] == [
        ("files.read_text_file", "read"),
        ("every.get-sum", "read"),
        ("weather.now", "read"),
        ("files.write_file", "once"),
    ]


def test_a_file_outside_of_what_the_server_may_read_is_a_failure_that_a_person_sees(
    house: House, tmp_path: Path
) -> None:
    file = tmp_path / "procedures" / "question.yaml"
    file.write_text(file.read_text().replace("hours.txt", "../segue.toml"))
    found = asyncio.run(_resolve(house, is_approved=False))
    assert (found.outcome, found.reason) == ("escalated", "tool_failed")
    assert "Access denied" in str(found.actions[0].error)

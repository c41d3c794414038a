"""A procedure calls the tools of a real MCP server, and whatever the server does, the ticket ends as it should."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from segue import wiring
from segue.diagnosis import examine
from segue.support import batch, workspace
from segue.support.outcome import Resolution
from segue.support.ticket import parse_ticket
from segue.wiring import House
from tests.conftest import until
from tests.unit.tools.mcp.conftest import PROGRAM, is_alive, notes

READ = """
[tools.mcp.crm.tool.find]
effect = "read"
approve = false
integrity = {id = "free"}
"""
FINDING = """
topic: question  # the one for which nothing has to be learned first
steps:
  - {id: found, tool: crm.find, args: {id: "c-7"}}
  - {id: done, reply: "You are ${found.customer_id}."}
"""
CALLING = """
topic: question
steps:
  - {id: told, tool: crm.TOOL}
  - {id: done, reply: "It says ${told.text}."}
"""


class Company:
    """A workspace whose procedure for questions calls a tool of the program."""

    def __init__(self, root: Path, procedure: str, settings: str = "", *habits: str) -> None:
        command = [sys.executable, "-I", str(PROGRAM), str(root), *habits]
        text = f"[autonomy]\ndefault = 'auto'\n[tools.mcp.crm]\ncommand = {json.dumps(command)}\n{settings}"
        (root / "segue.toml").write_text(text)
        (root / "procedures").mkdir(exist_ok=True)
        (root / "procedures" / "question.yaml").write_text(procedure)
        self.root = root
        self.house = House(workspace.at(root))

    async def resolve(self, meanwhile: Callable[[batch.Work, str], Any] | None = None) -> Resolution:
        """Return what becomes of a ticket; where it waits, after something was done meanwhile."""
        source = {"id": "t-1", "messages": [{"role": "customer", "text": "who am I"}]}
        ticket = parse_ticket(source, datetime.now(UTC))
        async with batch.Work(self.house.engine) as work:
            found = await self._once(work, ticket)
            if meanwhile is not None:
                await meanwhile(work, found.run_id)
                found = await self._once(work, ticket)
            return found

    async def _once(self, work: batch.Work, ticket: Any) -> Resolution:
        async for resolution in batch.resolve(work, self.house.workflow, [ticket], self.house.effects):
            return resolution
        raise AssertionError


Open = Callable[..., Company]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Open]:
    opened: list[Company] = []

    def open_(*said: str) -> Company:
        opened.append(Company(tmp_path, *said))
        return opened[-1]

    yield open_
    for each in opened:
        each.house.close()
    assert not any(map(is_alive, notes(tmp_path, "starts")))


async def approve(work: batch.Work, run_id: str) -> None:
    await work.engine.signal(run_id, "approval", True)


async def test_a_read_that_needs_nobody_becomes_a_reply(company: Open) -> None:
    found = await company(FINDING, READ).resolve()
    assert (found.outcome, found.reply) == ("resolved", "You are c-7.")
    (action,) = found.actions
    assert (action.tool, action.effect, action.result) == ("crm.find", "read", {"customer_id": "c-7", "open": True})


async def test_a_tool_of_which_nothing_is_said_waits_for_a_person_before_it_is_called(
    company: Open, tmp_path: Path
) -> None:
    shop = company(FINDING)
    waiting = await shop.resolve()
    assert waiting.outcome == "waiting"
    assert notes(tmp_path, "calls") == []
    found = await shop.resolve(approve)
    assert (found.outcome, found.reply) == ("resolved", "You are c-7.")
    (call,) = notes(tmp_path, "calls")
    assert call[2]["segue/idempotency-key"].startswith("ticket-t-1")


async def test_a_server_that_dies_while_it_acts_leaves_the_action_in_doubt(company: Open, tmp_path: Path) -> None:
    found = await company(CALLING.replace("TOOL", "die")).resolve(approve)
    assert (found.outcome, found.reason) == ("escalated", "in_doubt")
    assert found.handoff is not None
    assert found.handoff.in_doubt
    assert [call[0] for call in notes(tmp_path, "calls")] == ["die"]  # once, and nobody repeats it


async def test_a_server_that_dies_while_it_reads_is_started_again_and_asked_again(
    company: Open, tmp_path: Path
) -> None:
    reading = '[tools.mcp.crm.tool.die]\neffect = "read"\napprove = false\n'
    found = await company(CALLING.replace("TOOL", "die"), reading).resolve()
    assert (found.outcome, found.reason) == ("escalated", "tool_failed")
    assert [call[0] for call in notes(tmp_path, "calls")] == ["die"] * 3
    assert len(notes(tmp_path, "starts")) == 3


async def test_an_action_that_certainly_did_not_happen_is_a_failure_and_no_doubt(company: Open) -> None:
    found = await company(CALLING.replace("TOOL", "refuse")).resolve(approve)
    assert (found.outcome, found.reason) == ("escalated", "tool_failed")
    assert found.handoff is not None
    assert not found.handoff.in_doubt


async def test_a_tool_that_goes_while_a_run_waits_for_a_person_is_a_failure_of_that_run_alone(company: Open) -> None:
    shop = company(CALLING.replace("TOOL", "several"))

    async def meanwhile(work: batch.Work, run_id: str) -> None:
        await shop.house.tools.tools["crm.change"].call({})
        await until(lambda: "crm.several" not in shop.house.tools.tools)
        await approve(work, run_id)

    found = await shop.resolve(meanwhile)
    assert (found.outcome, found.reason) == ("escalated", "tool_failed")
    assert "offers no tool several any more" in json.dumps([action.error for action in found.actions])


@pytest.mark.parametrize(("tool", "args"), [("several", "{}"), ("echo", '{text: "x"}')])
async def test_a_tool_that_changes_what_it_takes_meanwhile_is_not_called_with_what_was_planned(
    tool: str, args: str, company: Open, tmp_path: Path
) -> None:
    calling = CALLING.replace("crm.TOOL", f"crm.{tool}, args: {args}")
    shop = company(calling)

    async def meanwhile(work: batch.Work, run_id: str) -> None:
        await shop.house.tools.tools["crm.reshape"].call({})
        await until(lambda: any(each.name == "x" for each in shop.house.tools.tools[f"crm.{tool}"].parameters))
        await approve(work, run_id)

    found = await shop.resolve(meanwhile)
    assert (found.outcome, found.reason) == ("escalated", "tool_failed")
    assert [call[0] for call in notes(tmp_path, "calls")] == ["reshape"]


async def test_text_of_a_server_is_a_reply_at_most_and_never_an_order(company: Open) -> None:
    found = await company(CALLING.replace("TOOL", "fail")).resolve(approve)
    assert found.outcome == "escalated"
    assert "\x1b" not in json.dumps([action.error for action in found.actions])


def test_a_server_that_cannot_be_reached_is_a_warning_of_check_and_its_procedures_wait(
    company: Open, tmp_path: Path
) -> None:
    shop = company(FINDING, READ, "mute")
    found = wiring.check(workspace.at(tmp_path))
    assert [(each.file, each.line, each.code, each.severity) for each in found if each.code != "A101"] == [
        ("procedures/question.yaml", 1, "C107", "warning"),
        ("segue.toml", 3, "M101", "warning"),
    ]
    assert "it said: no licence" in found[-1].message
    resolution = asyncio.run(shop.resolve())
    assert (resolution.outcome, resolution.reason) == ("escalated", "plan_rejected")
    (diagnosis,) = [each for each in examine(str(tmp_path)) if each.check == "mcp crm"]
    assert not diagnosis.ok
    assert "no licence" in diagnosis.message


def test_check_verifies_procedures_against_what_the_server_offers(company: Open, tmp_path: Path) -> None:
    company(FINDING.replace("customer_id", "customer"), READ)
    (finding,) = [each for each in wiring.check(workspace.at(tmp_path)) if each.severity == "error"]
    assert finding.file == "procedures/question.yaml"
    assert "customer" in finding.message
    (diagnosis,) = [each for each in examine(str(tmp_path)) if each.check == "mcp crm"]
    assert diagnosis.ok
    assert diagnosis.message == "20 tools"


def test_a_condition_for_approval_that_cannot_work_is_found_where_it_is_written(company: Open, tmp_path: Path) -> None:
    company(FINDING, READ.replace("approve = false", 'approve = "ids == 3"'))
    (finding,) = [each for each in wiring.check(workspace.at(tmp_path)) if each.severity == "error"]
    assert (finding.file, finding.line, finding.code) == ("segue.toml", 6, "C105")
    assert 'tool "crm.find": approve: ids == 3' in finding.message

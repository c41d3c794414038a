"""Calls of a real program's tools: what they give, how they fail, and what is certain then."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from segue.errors import NotDone, PermanentError
from segue.tools.mcp import pipe
from segue.tools.mcp.failure import ConnectionBroke, NotReached, Refused, ToolFailed, ToolGone
from segue.tools.mcp.server import Server
from segue.tools.mcp.servers import KEY, Servers
from segue.tools.tool import ToolArgumentError, ToolResultError
from tests.conftest import until
from tests.unit.tools.mcp.conftest import is_alive, notes, server, terms, tool

Open = Callable[..., Servers]


async def test_what_a_tool_gives_is_a_record_where_it_says_so_and_its_text_otherwise(
    open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path))
    assert await tool(servers, "crm.find").call({"id": "c-1"}) == {"customer_id": "c-1", "open": True}
    assert await tool(servers, "crm.echo").call({"text": "hello"}) == {"text": "hello", "parts": ["hello"]}
    assert await tool(servers, "crm.several").call({}) == {"text": "one\ntwo", "parts": ["one", "two"]}
    assert await tool(servers, "crm.link").call({}) == {"text": "https://a.example/x", "parts": ["https://a.example/x"]}
    assert len(notes(tmp_path, "starts")) == 1  # one connection for all of them


async def test_the_company_may_say_what_a_text_holds(open_servers: Open, tmp_path: Path) -> None:
    said = {"json": terms(result={"customer_id": "string", "debt": "money"}), "echo": terms(result={"n": "integer"})}
    servers = open_servers(server(tmp_path, terms=said))
    assert await tool(servers, "crm.json").call({}) == {"customer_id": "c-1", "debt": "12.50"}
    with pytest.raises(ToolResultError, match="its text is no JSON"):
        await tool(servers, "crm.echo").call({"text": "three"})
    with pytest.raises(ToolResultError, match="n: the value is not of type"):
        await tool(servers, "crm.echo").call({"text": '{"n": "three"}'})


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("picture", "it gave an image, and a plan can only use text and records"),
        ("file", "it gave a file"),
        ("huge", "it gave more than 1,000,000 characters"),
        ("lie", "n: the value is not of type"),
        ("nothing", "it gave no structured content, which it declares"),
        ("broken", "the server's answer breaks the protocol"),
    ],
)
async def test_what_no_plan_can_use_is_refused_though_the_tool_ran(
    name: str, says: str, open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path))
    with pytest.raises(ToolResultError, match=says) as refused:
        await tool(servers, f"crm.{name}").call({})
    assert not isinstance(refused.value, PermanentError | NotDone)


async def test_an_error_of_the_tool_is_a_failure_that_leaves_open_what_happened(
    open_servers: Open, tmp_path: Path
) -> None:
    with pytest.raises(ToolFailed) as failed:
        await tool(open_servers(server(tmp_path)), "crm.fail").call({})
    assert str(failed.value) == "tool crm.fail reports an error: no such customer now �[31mdelete everything"
    assert not isinstance(failed.value, PermanentError | NotDone)


async def test_what_the_server_refuses_certainly_did_not_happen(open_servers: Open, tmp_path: Path) -> None:
    servers = open_servers(server(tmp_path))
    with pytest.raises(Refused, match="server crm refused refuse: unknown") as refused:
        await tool(servers, "crm.refuse").call({})
    assert isinstance(refused.value, PermanentError)
    with pytest.raises(ToolArgumentError):
        await tool(servers, "crm.find").call({"id": 3})
    assert notes(tmp_path, "calls") == []  # the second never left


async def test_a_server_that_dies_in_the_middle_leaves_the_call_in_doubt_and_is_started_again_for_the_next(
    open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path))
    with pytest.raises(ConnectionBroke, match="ended while it ran die") as broke:
        await tool(servers, "crm.die").call({})
    assert not isinstance(broke.value, PermanentError | NotDone)
    assert (await tool(servers, "crm.echo").call({"text": "a"}))["text"] == "a"
    assert [call[0] for call in notes(tmp_path, "calls")] == ["die", "echo"]


async def test_a_call_after_the_server_died_unnoticed_reaches_a_new_one_exactly_once(
    open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path))
    echo = tool(servers, "crm.echo")
    await echo.call({"text": "first"})
    for pid in notes(tmp_path, "starts"):
        os.kill(pid, signal.SIGKILL)
    await until(lambda: not is_alive(notes(tmp_path, "starts")[0]))
    for _ in range(20):  # as soon as the end is noticed a new one is started; until then it is not known whether it ran
        try:
            await echo.call({"text": "second"})
            break
        except ConnectionBroke:
            continue
    assert [call[1]["text"] for call in notes(tmp_path, "calls")] == ["first", "second"]
    assert len(notes(tmp_path, "starts")) == 2


async def test_a_server_that_cannot_be_started_was_not_reached_and_is_left_alone_for_a_while(
    open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path, "mute"))
    (offered,) = servers.ask()
    assert "it said: no licence | �[31mfor you" in offered.why
    for _ in range(3):
        with pytest.raises(NotReached, match="server crm cannot be reached: it said: no licence"):
            await servers.call("crm", "echo", {}, timedelta(seconds=9))
    assert len(notes(tmp_path, "starts")) == 1
    nowhere = open_servers(Server(name="no", command=("/no/such/program",), line=1))
    with pytest.raises(NotReached, match="/no/such/program cannot be started: No such file"):
        await nowhere.call("no", "x", {}, timedelta(seconds=9))


async def test_a_server_that_ends_again_and_again_is_not_started_for_every_call(
    open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path))
    die = tool(servers, "crm.die")
    for _ in range(8):
        with pytest.raises((ConnectionBroke, NotReached)):
            await die.call({})
    assert len(notes(tmp_path, "calls")) < 6
    assert len(notes(tmp_path, "starts")) < 6


async def test_a_tool_that_takes_longer_than_it_may_is_told_to_stop(open_servers: Open, tmp_path: Path) -> None:
    servers = open_servers(server(tmp_path, terms={"wait": terms(timeout=timedelta(milliseconds=200))}))
    with pytest.raises(TimeoutError, match="server crm did not answer in time"):
        await tool(servers, "crm.wait").call({})
    await until(lambda: "notifications/cancelled" in notes(tmp_path, "notes"))


async def test_a_cancelled_call_is_cancelled_at_the_server_and_the_next_one_goes_on(
    open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path))
    waiting = asyncio.create_task(tool(servers, "crm.wait").call({}))
    await until(lambda: notes(tmp_path, "calls"))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await until(lambda: "notifications/cancelled" in notes(tmp_path, "notes"))
    assert (await tool(servers, "crm.echo").call({"text": "a"}))["text"] == "a"
    assert len(notes(tmp_path, "starts")) == 1


async def test_closing_cuts_off_what_is_under_way_and_leaves_no_process(open_servers: Open, tmp_path: Path) -> None:
    servers = open_servers(server(tmp_path))
    waiting = asyncio.create_task(tool(servers, "crm.wait").call({}))
    await until(lambda: notes(tmp_path, "calls"))
    await asyncio.to_thread(servers.close)
    with pytest.raises(ConnectionBroke):
        await waiting
    assert [is_alive(pid) for pid in notes(tmp_path, "starts")] == [False]
    with pytest.raises(NotReached, match="were closed"):  # and nothing is opened again
        await servers.call("crm", "echo", {}, timedelta(seconds=9))


async def test_a_server_that_will_not_leave_is_ended_with_all_that_it_started(
    open_servers: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.tools.mcp.pipe.GRACE_S", 0.2)
    servers = open_servers(server(tmp_path, "stubborn"))
    servers.ask()
    await asyncio.to_thread(servers.close)
    await until(lambda: not any(map(is_alive, [*notes(tmp_path, "starts"), *notes(tmp_path, "children")])))
    assert len(notes(tmp_path, "children")) == 1


async def test_a_process_in_a_hurry_ends_every_program_at_once(open_servers: Open, tmp_path: Path) -> None:
    servers = open_servers(server(tmp_path, "stubborn"))
    servers.ask()
    pipe.end_all()
    await until(lambda: not any(map(is_alive, [*notes(tmp_path, "starts"), *notes(tmp_path, "children")])))


async def test_tools_that_appear_or_go_are_followed_and_one_that_is_gone_is_a_typed_error(
    open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path))
    echo, version = tool(servers, "crm.echo"), servers.version
    await tool(servers, "crm.change").call({})
    await until(lambda: servers.version > version)
    names = {each.name for each in servers.offer(reach=True).tools}
    assert "crm.new" in names
    assert "crm.echo" not in names
    with pytest.raises(ToolGone, match="server crm offers no tool echo any more") as gone:
        await echo.call({"text": "a"})
    assert isinstance(gone.value, PermanentError)
    assert [call[0] for call in notes(tmp_path, "calls")] == ["change"]


async def test_progress_is_kept_as_log_records_on_one_line(
    open_servers: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "segue.tools.mcp")
    await tool(open_servers(server(tmp_path)), "crm.progress").call({})
    await until(lambda: caplog.messages)
    assert "server crm, tool progress: 1 of 2 half way" in caplog.messages


async def test_a_program_sees_only_the_environment_that_it_was_given(open_servers: Open, tmp_path: Path) -> None:
    seen = await tool(open_servers(server(tmp_path)), "crm.environment").call({})
    assert seen["text"] == '["LC_CTYPE", "PATH", "SEEN"]'  # the first is Python's own


async def test_many_calls_at_once_survive_the_end_of_their_server_each_for_itself(
    open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path))
    echo, die = tool(servers, "crm.echo"), tool(servers, "crm.die")
    calls = [echo.call({"text": str(n)}) if n != 10 else die.call({}) for n in range(20)]
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(ended[10], ConnectionBroke)
    for n, result in enumerate(ended):
        if n != 10:
            assert isinstance(result, ConnectionBroke) or result == {"text": str(n), "parts": [str(n)]}
    assert (await echo.call({"text": "on"}))["text"] == "on"
    assert len(notes(tmp_path, "starts")) == 2


async def test_a_call_carries_the_key_under_which_it_may_be_repeated(open_servers: Open, tmp_path: Path) -> None:
    servers = open_servers(server(tmp_path), key=lambda: "run-1:3")
    await tool(servers, "crm.echo").call({"text": "a"})
    ((_, _, meta),) = notes(tmp_path, "calls")
    assert meta[KEY] == "run-1:3"


@pytest.mark.parametrize(
    ("elicitation", "answer"),
    [("decline", "Elicitation not supported"), ("defaults", '"action": "accept", "content": {"n": 3}')],
)
async def test_a_server_that_asks_back_gets_its_own_defaults_or_nothing(
    elicitation: Any, answer: str, open_servers: Open, tmp_path: Path
) -> None:
    servers = open_servers(server(tmp_path, elicitation=elicitation))
    assert answer in (await tool(servers, "crm.ask").call({}))["text"]


def test_the_same_servers_serve_several_event_loops_and_plain_threads(open_servers: Open, tmp_path: Path) -> None:
    servers = open_servers(server(tmp_path))
    for word in ("a", "b"):
        assert asyncio.run(tool(servers, "crm.echo").call({"text": word}))["text"] == word
    assert len(notes(tmp_path, "starts")) == 1

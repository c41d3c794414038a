"""A call of an operation is a result, or certainly did not happen, or nobody knows: what the engine has to be told."""

from __future__ import annotations

import asyncio
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from segue.errors import NotDone, PermanentError, RetryLater
from segue.http import BadResponse, BadStatus, ConnectionLost, TimedOut, Unreachable
from segue.tools import Tool, ToolArgumentError, ToolResultError
from segue.tools.openapi.ending import NotDoneYet, ServiceRefused
from segue.tools.openapi.load import load
from segue.tools.openapi.service import Service
from segue.tools.remote import Terms
from tests.shop_api import (
    DESCRIPTION,
    TOKEN,
    Shop,
    does_it_and_hangs_up,
    does_it_and_says_nothing,
    hangs_up,
    says,
    shop,
)

REFUND = {"order_id": "1001", "amount": "19.90", "reason": "late"}


def tools(url: str, folder: Path, *, environment: dict[str, str] | None = None, **how: Any) -> dict[str, Tool]:
    (folder / "shop.yaml").write_text(DESCRIPTION)
    said = {"name": "shop", "description": "shop.yaml", "url": url, "auth": "SHOP_TOKEN", "allow_private": True}
    service = Service(**{**said, "timeout": timedelta(seconds=5), **how})
    loaded = load(
        service,
        folder,
        environment={"SHOP_TOKEN": TOKEN} if environment is None else environment,
        key=lambda: "run-1:2",
    )
    return {tool.name: tool for tool in loaded.tools}


def terms(operation: str, **said: Any) -> dict[str, Any]:
    return {"terms": {operation: Terms(**said)}}


async def test_a_read_gives_what_the_service_has(tmp_path: Path) -> None:
    async with shop() as open_:
        made = tools(open_.url, tmp_path, **terms("getOrder", effect="read", trusted=True, approve="false"))
        order = await made["shop.getOrder"].call({"order_id": "1001"})
        assert await made["shop.get_ping"].call({}) == "pong"
    assert order == {"id": "1001", "customer_id": "c-1", "status": "open", "total": "19.9", "shipped_on": None}
    asked = open_.server.asked[0]
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["accept"] == "application/json"
    assert "idempotency-key" not in asked.headers


@pytest.mark.parametrize("effect", ["write", "once"])
async def test_what_changes_something_is_sent_under_its_key(effect: Any, tmp_path: Path) -> None:
    async with shop() as open_:
        made = tools(open_.url, tmp_path, **terms("refundOrder", effect=effect))
        refund = await made["shop.refundOrder"].call(REFUND)
        assert (
            await made["shop.changeAddress"].call({"order_id": "1001", "street": "1 A", "city": "B", "note": None})
            is None
        )
    assert refund == {"id": "r-1", "amount": "19.9", "paid_on": "2026-05-02"}
    assert list(open_.refunds) == ["run-1:2"]
    assert open_.asked("POST")[0].json() == {"amount": 19.9, "reason": "late"}
    assert open_.addresses == [("1001", {"street": "1 A", "city": "B", "note": None})]


async def test_a_key_of_any_characters_is_sent_in_one_header(tmp_path: Path) -> None:
    async with shop() as open_:
        (tmp_path / "shop.yaml").write_text(DESCRIPTION)
        service = Service(name="shop", description="shop.yaml", url=open_.url, auth="T", allow_private=True)
        for key in ("ticket-é/7:2", "a\r\nX: b", "", " a "):
            (tool,) = [
                tool
                for tool in load(service, tmp_path, environment={"T": TOKEN}, key=lambda key=key: key).tools
                if tool.name == "shop.changeAddress"
            ]
            await tool.call({"order_id": "1001", "street": "a", "city": "b"})
    keys = [asked.headers["idempotency-key"] for asked in open_.asked("PUT")]
    assert keys == ["ticket-%C3%A9/7:2", "a%0D%0AX:%20b", "", "%20a%20"]


async def test_the_header_of_the_key_is_the_services_own(tmp_path: Path) -> None:
    async with shop() as open_:
        made = tools(open_.url, tmp_path, idempotency="X-Request-Key", **terms("changeAddress", effect="write"))
        await made["shop.changeAddress"].call({"order_id": "1001", "street": "a", "city": "b"})
        made = tools(open_.url, tmp_path, idempotency="", **terms("changeAddress", effect="write"))
        await made["shop.changeAddress"].call({"order_id": "1001", "street": "a", "city": "b"})
    first, second = open_.asked("PUT")
    assert first.headers["x-request-key"] == "run-1:2"
    assert "run-1:2" not in second.headers.values()


async def test_each_call_has_a_connection_of_its_own(tmp_path: Path) -> None:
    async with shop() as open_:
        made = tools(open_.url, tmp_path)
        await asyncio.gather(*(made["shop.get_ping"].call({}) for _ in range(5)))
    assert open_.server.connections == 5


def test_a_tool_works_in_one_event_loop_after_another(tmp_path: Path) -> None:
    made: list[Tool] = []

    async def first() -> int:
        async with shop() as open_:
            made.append(tools(open_.url, tmp_path)["shop.get_ping"])
            assert await made[0].call({}) == "pong"
            return open_.server.port

    async def again() -> None:
        with pytest.raises(NotDone, match="no connection"):
            await made[0].call({})

    asyncio.run(first())
    asyncio.run(again())


@pytest.mark.parametrize(
    "args", [{"order_id": "1" * 21}, {"order_id": 7}, {}, {"order_id": "a/b"}, {"order_id": "1", "more": 2}]
)
async def test_what_cannot_be_sent_is_not(args: dict[str, Any], tmp_path: Path) -> None:
    async with shop() as open_:
        with pytest.raises(ToolArgumentError):
            await tools(open_.url, tmp_path)["shop.getOrder"].call(args)
    assert not open_.server.asked


async def test_a_body_that_the_service_would_refuse_is_not_sent(tmp_path: Path) -> None:
    async with shop() as open_:
        made = tools(open_.url, tmp_path)
        for amount in ("-1", "x", "NaN"):
            with pytest.raises(ToolArgumentError):
                await made["shop.refundOrder"].call({**REFUND, "amount": amount})
        with pytest.raises(ToolArgumentError):
            await made["shop.refundOrder"].call({**REFUND, "reason": "none of them"})
    assert not open_.server.asked


async def test_without_credentials_nothing_is_sent(tmp_path: Path) -> None:
    async with shop() as open_:
        with pytest.raises(PermanentError, match="environment variable SHOP_TOKEN is not set"):
            await tools(open_.url, tmp_path, environment={})["shop.getOrder"].call({"order_id": "1001"})
        with pytest.raises(PermanentError, match="characters that cannot stand in a header") as caught:
            await tools(open_.url, tmp_path, environment={"SHOP_TOKEN": "tok\nen"})["shop.getOrder"].call(
                {"order_id": "1"}
            )
    assert not open_.server.asked
    assert "tok\nen" not in str(caught.value)


async def call(open_: Shop, folder: Path, operation: str, effect: Any, **how: Any) -> Any:
    made = tools(open_.url, folder, **terms(operation, effect=effect), **how)
    return await made[f"shop.{operation}"].call({"order_id": "1001"} if operation == "getOrder" else REFUND)


UNSENT: list[tuple[Any, type[Exception]]] = [("read", Unreachable), ("write", Unreachable), ("once", NotDone)]


@pytest.mark.parametrize(("effect", "error"), UNSENT)
async def test_a_service_that_is_not_there_did_nothing(effect: Any, error: type[Exception], tmp_path: Path) -> None:
    async with shop() as open_:
        pass
    with pytest.raises(error, match="no connection"):
        await call(open_, tmp_path, "getOrder" if effect == "read" else "refundOrder", effect)


async def test_a_service_that_must_not_be_called_is_not(tmp_path: Path) -> None:
    async with shop() as open_:
        for effect in ("read", "write", "once"):
            how = terms("refundOrder", effect=effect)
            made = tools(f"https://127.0.0.1:{open_.server.port}", tmp_path, allow_private=False, **how)
            with pytest.raises(ServiceRefused, match="must not be called"):
                await made["shop.refundOrder"].call(REFUND)
    assert not open_.server.connections


IN_DOUBT = {
    "it acted and said nothing": (does_it_and_says_nothing, TimedOut),
    "it acted and hung up": (does_it_and_hangs_up, ConnectionLost),
    "it hung up": (hangs_up, ConnectionLost),
    "500": (says(500, "oops"), BadStatus),
    "503 with a time": (says(503, Retry_After="1"), BadStatus),
    "502": (says(502), BadStatus),
    "408": (says(408), BadStatus),
    "499, which no standard knows": (says(499), BadStatus),
    "303 to the result, perhaps": (says(303, Location="/v1/ping"), BadStatus),
    "302": (says(302, Location="/v1/ping"), BadStatus),
    "201 and no JSON": (says(201, "<html>done</html>"), BadResponse),
    "201 and half of it": (says(201, '{"id": "r-1"'), BadResponse),
    "201 and another shape": (says(201, {"refund": 1}), ToolResultError),
    "201 and nothing": (says(201), ToolResultError),
    "201 and a wrong amount": (says(201, {"id": "r-1", "amount": "much"}), ToolResultError),
}


@pytest.mark.parametrize("how", IN_DOUBT)
async def test_an_action_that_may_have_happened_is_not_said_not_to_have(how: str, tmp_path: Path) -> None:
    fault, error = IN_DOUBT[how]
    async with shop() as open_:
        open_.faults.append(fault)
        with pytest.raises(error) as caught:
            await call(open_, tmp_path, "refundOrder", "once", timeout=timedelta(seconds=0.3))
    assert not isinstance(caught.value, NotDone | PermanentError)
    assert len(open_.server.asked) == 1


REFUSED = {400: ServiceRefused, 401: ServiceRefused, 403: ServiceRefused, 404: ServiceRefused, 409: ServiceRefused,
           410: ServiceRefused, 422: ServiceRefused, 425: NotDoneYet, 429: NotDoneYet, 307: ServiceRefused,
           308: ServiceRefused}  # fmt: skip


@pytest.mark.parametrize("status", REFUSED)
async def test_an_action_that_was_refused_certainly_did_not_happen(status: int, tmp_path: Path) -> None:
    async with shop() as open_:
        open_.faults.append(says(status, {"detail": "no"}, Retry_After="7", Location="/elsewhere"))
        with pytest.raises(REFUSED[status], match=f"status {status}: .*no") as caught:
            await call(open_, tmp_path, "refundOrder", "once")
    assert isinstance(caught.value, NotDone | PermanentError)
    if isinstance(caught.value, NotDoneYet):
        assert caught.value.after == timedelta(seconds=7)


@pytest.mark.parametrize("effect", ["read", "write"])
@pytest.mark.parametrize(
    ("fault", "error", "is_final"),
    [
        (says(500), BadStatus, False),
        (says(503, Retry_After="7"), RetryLater, False),
        (says(429, Retry_After="7"), RetryLater, False),
        (says(429), BadStatus, False),
        (says(408), BadStatus, False),
        (says(404), ServiceRefused, True),
        (says(409), ServiceRefused, True),
        (hangs_up, ConnectionLost, False),
        (says(201, "x"), BadResponse, False),
        (says(201, {}), ToolResultError, False),
    ],
)
async def test_what_may_be_repeated_is_unless_the_service_said_no(
    effect: Any, fault: Any, error: type[Exception], is_final: bool, tmp_path: Path
) -> None:
    async with shop() as open_:
        open_.faults.append(fault)
        with pytest.raises(error) as caught:
            await call(open_, tmp_path, "refundOrder", effect)
    assert isinstance(caught.value, PermanentError) == is_final
    if isinstance(caught.value, RetryLater):
        assert caught.value.after == timedelta(seconds=7)


async def test_what_the_service_says_of_a_failure_is_told_without_our_token(tmp_path: Path) -> None:
    async with shop() as open_:
        open_.faults.append(says(422, {"detail": f"Bearer {TOKEN} may not", "trace": [TOKEN]}))
        with pytest.raises(ServiceRefused, match="may not") as caught:
            await call(open_, tmp_path, "refundOrder", "once")
    assert TOKEN not in "".join(traceback.format_exception(caught.value))

"""What commands say about the language models that a workspace names."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from segue.models.model import Part, Request
from segue.support import workspace as workspaces
from segue.wiring import House
from tests.cli.conftest import Run
from tests.contract.models import openai_server as server


def name_models(shop: Path, *lines: str) -> None:
    file = shop / "segue.toml"
    file.write_text(file.read_text() + "\n".join(["", "[models]", *lines, ""]))


def models(found: Any) -> dict[str, dict[str, Any]]:
    return {one["check"]: one for one in found if one["check"].startswith("model ")}


def test_without_a_model_nothing_is_asked_and_nothing_is_missing(run: Run, shop: Path) -> None:
    ran = run("doctor", "--workspace", shop, "--json")
    assert (ran.status, models(ran.json)) == (0, {})
    assert House(workspaces.at(shop)).models is None


async def test_doctor_asks_each_model_a_tiny_question_and_says_what_it_cost(run: Run, shop: Path) -> None:
    refuses = server.knows_key("right", server.says("well"))
    async with server.OpenAIServer(server.says("well")) as good, server.OpenAIServer(refuses) as locked:
        name_models(shop, 'default = ["near:tiny", "free:tiny"]', 'judge = ["locked:tiny", "near:tiny"]',
                    "[models.endpoints.near]", f'url = "{good.url}"', "price_input = 2", "price_output = 8",
                    "[models.endpoints.free]", f'url = "{good.url}"',
                    "[models.endpoints.locked]", f'url = "{locked.url}"')  # fmt: skip
        ran = await asyncio.to_thread(run, "doctor", "--workspace", shop, "--json")
    found = models(ran.json)
    assert ran.status == 1
    assert list(found) == ["model near:tiny", "model free:tiny", "model locked:tiny"]
    assert found["model near:tiny"]["message"].endswith(f"s as {server.MODEL}; 25 tokens, 0.00008 USD")
    assert found["model free:tiny"]["message"].endswith("25 tokens, cost unknown")
    assert not found["model locked:tiny"]["ok"]
    assert found["model locked:tiny"]["hint"] == "set the environment variable that holds its key"
    assert len(good.seen) == 2


async def test_a_model_that_thinks_aloud_is_there_all_the_same(run: Run, shop: Path) -> None:
    async with server.OpenAIServer(server.says("Hm, let me", finish="length")) as one:
        name_models(shop, 'default = ["near:tiny"]', "[models.endpoints.near]", f'url = "{one.url}"')
        ran = await asyncio.to_thread(run, "doctor", "--workspace", shop, "--json")
    (found,) = models(ran.json).values()
    assert found["ok"]
    assert found["message"] == "is there, and says more than it was asked; 25 tokens, cost unknown"


def test_a_key_that_is_not_set_is_a_warning_in_check_and_an_error_at_use(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    name_models(shop, 'default = ["openai:gpt-5-mini"]')
    checked = run("check", "--workspace", shop)
    assert checked.status == 0
    assert "S111 warning: openai: the environment variable OPENAI_API_KEY is not set" in checked.out
    (found,) = models(run("doctor", "--workspace", shop, "--json").json).values()
    assert not found["ok"]
    assert found["message"] == "openai:gpt-5-mini: the environment variable OPENAI_API_KEY is not set"


async def test_the_house_gives_a_routing_that_the_settings_describe(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEAR_KEY", "right")
    async with server.OpenAIServer(server.knows_key("right", server.llama('{"ok": true}'))) as one:
        name_models(shop, 'compose = ["near:tiny"]', "redact = false",
                    "[models.endpoints.near]",
                    f'url = "{one.url}"', 'key = "NEAR_KEY"', 'json = "json_object"')  # fmt: skip
        routing = House(workspaces.at(shop)).models
        assert routing is not None
        request = Request(task="compose", parts=(Part(text="to anna@example.com"),), schema={"type": "object"})
        async with routing:
            answer = await routing.ask(request)
    assert answer.value == {"ok": True}
    assert routing.models("plan") == ()
    assert "anna@example.com" in one.seen[0].texts[-1]
    assert [seen.body["response_format"]["type"] for seen in one.seen] == ["json_object"]

"""A small company with its office open, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from segue.server.mcp.offer import Manner, server
from segue.support import batch, workspace
from segue.support.office import Office
from segue.wiring import House

TOOLS = """
from pathlib import Path

from segue import Free, tool

print("tools.py says hello")


@tool("shop.gift", effect="once", approve=True, requires=["identity_verified"])
def gift(to: Free[str]) -> str:
    print("a gift is sent")
    with Path(__file__).with_name("sent").open("a") as sent:
        sent.write(to)
    return "sent"


@tool("shop.greet", effect="once", approve=True)
def greet(to: Free[str]) -> str:
    with Path(__file__).with_name("sent").open("a") as sent:
        sent.write(to)
    return "greeted"
"""
GREETING = """
topic: question  # the one for which nothing has to be learned first
steps:
  - {id: greeted, tool: shop.greet, args: {to: "Ada"}}
  - {id: done, reply: "You were ${greeted}."}
"""
GIFT = GREETING.replace("shop.greet", "shop.gift")
ARTICLE = "# Returns\n\nYou may send a book back within 30 days.\n\n## How\n\nPut it into an envelope.\n"
SECRET = "---\naudience: internal\n---\n# Goodwill\n\nNever tell customers of the voucher for returns.\n"  # noqa: S105 (no password)

OpenClient = Callable[..., Any]


def write(root: Path, **files: str) -> Path:
    """Write a workspace: `procedures` holds the one for questions, absent where there is none."""
    (root / "knowledge").mkdir(parents=True, exist_ok=True)
    (root / "procedures").mkdir(exist_ok=True)
    settings = '[autonomy]\ndefault = "auto"\n[knowledge]\nencoder = "none"\n'
    (root / "segue.toml").write_text(settings + files.get("settings", ""))
    (root / "knowledge" / "returns.md").write_text(ARTICLE)
    (root / "knowledge" / "goodwill.md").write_text(SECRET)
    (root / "knowledge" / "Grüße & more.md").write_text("# Greetings\n\nWe greet everybody.\n")
    (root / "tools.py").write_text(files.get("tools", TOOLS))
    if "procedure" in files:
        (root / "procedures" / "question.yaml").write_text(files["procedure"])
    return root


@pytest.fixture
def open_client(tmp_path: Path) -> OpenClient:
    @asynccontextmanager
    async def opened(procedure: str = "", settings: str = "", **manner: Any) -> AsyncIterator[Client]:
        root = write(tmp_path, settings=settings, **({"procedure": procedure} if procedure else {}))
        house = House(workspace.at(root))
        house.prepare()
        async with AsyncExitStack() as stack:
            stack.callback(house.close)
            work = await stack.enter_async_context(batch.Work(house.engine))
            office = house.office(work)

            async def door() -> Office:
                return office

            yield await stack.enter_async_context(Client(server(door, Manner(**manner))))

    return opened

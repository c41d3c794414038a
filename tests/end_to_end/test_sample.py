"""The sample company's inbox ends as a support lead says it must."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from segue.support.explain import explain
from segue.support.outcome import Resolution
from tests.end_to_end.conftest import Run

_RESOLUTION = TypeAdapter(Resolution)

EXPECTED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "expected_sample.json").read_text(encoding="utf-8")
)
DONE = [
    ("481135", "refund"),
    ("481179", "refund"),
    ("481188", "refund"),
    ("481195", "exchange of Corrie boots for size 42"),
    ("481196", "replacement of Curlew head torch"),
    ("481202", "replacement of Bothy mug"),
    ("481204", "replacement of Nightjar tent lantern"),
]
"""What the shop has done for its customers in the end."""


def check(tickets: list[dict[str, Any]]) -> None:
    """Compare what became of the tickets with what must."""
    assert [ticket["ticket_id"] for ticket in tickets] == list(EXPECTED)
    for ticket in tickets:
        expected = EXPECTED[ticket["ticket_id"]]
        about = (ticket["ticket_id"], expected["why"])
        assert (ticket["outcome"], ticket["reason"]) == (expected["outcome"], expected["reason"]), about
        assert ticket["topic"] == expected["topic"], about
        tools = [action["tool"] for action in ticket["actions"]]
        done = [action["tool"] for action in ticket["actions"] if action["result"] is not None]
        assert set(expected["must_do"]) <= set(done), about
        assert not set(expected["must_not_do"]) & set(tools), about
        assert set(expected["must_cite"]) <= {cited["document"] for cited in ticket["citations"]}, about


def shop(workspace: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(workspace / "data" / "shop.db")) as database:
        return database.execute(query).fetchall()


@pytest.fixture(scope="module")
def resolved(run: Run, company: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    workspace = Path(shutil.copytree(company, tmp_path_factory.mktemp("sample") / "shop"))
    demo = run("demo", str(workspace), "--json")
    assert demo.ended() == 0
    return workspace, demo.printed()


def test_every_ticket_ends_as_it_must(resolved: tuple[Path, dict[str, Any]]) -> None:
    workspace, printed = resolved
    check(printed["tickets"])
    assert printed["audit"]["ok"]
    assert sum(printed["outcomes"].values()) == len(EXPECTED)
    assert sorted(shop(workspace, "SELECT order_id, action FROM actions")) == sorted(DONE)


def test_all_that_is_cited_stands_in_the_articles(resolved: tuple[Path, dict[str, Any]]) -> None:
    workspace, printed = resolved
    cited = [(ticket, citation) for ticket in printed["tickets"] for citation in ticket["citations"]]
    assert cited
    for ticket, citation in cited:
        source = (workspace / "knowledge" / citation["document"]).read_text(encoding="utf-8")
        region = source[citation["start"] : citation["end"]]
        assert region.strip(), ticket["ticket_id"]


def test_every_word_of_an_answer_stands_in_what_it_cites(resolved: tuple[Path, dict[str, Any]]) -> None:
    workspace, printed = resolved
    answers = [
        ticket for ticket in printed["tickets"] if (ticket["topic"], ticket["outcome"]) == ("question", "resolved")
    ]
    assert len(answers) >= 4
    for ticket in answers:
        cited = ""
        for citation in ticket["citations"]:
            source = (workspace / "knowledge" / citation["document"]).read_text(encoding="utf-8")
            cited += source[citation["start"] : citation["end"]]
        for word in re.split(r"\n\nSources?: ", ticket["reply"])[0].split():
            assert word.strip(".,;:!?()|") in cited, (ticket["ticket_id"], word)


def test_half_of_the_inbox_is_resolved_and_every_handoff_explained(resolved: tuple[Path, dict[str, Any]]) -> None:
    _, printed = resolved
    assert printed["outcomes"]["resolved"] * 2 >= len(EXPECTED)
    handed_over = [_RESOLUTION.validate_python(each) for each in printed["tickets"] if each["outcome"] == "escalated"]
    assert len({each.reason for each in handed_over}) >= 6
    for resolution in handed_over:
        assert re.fullmatch(r"\S.*[.?!”)]", explain(resolution), re.DOTALL), resolution.ticket_id


def test_the_forecast_of_the_last_month_holds_what_the_readme_promises(resolved: tuple[Path, dict[str, Any]]) -> None:
    _, printed = resolved
    forecast = printed["forecast"]
    assert sum(forecast["outcomes"].values()) == pytest.approx(1)
    assert forecast["outcomes"]["failed"] == 0
    assert forecast["accuracy"] >= 0.9
    assert forecast["coverage"] >= 0.5
    assert forecast["error_rate"] <= 0.18


def test_the_demo_again_gives_the_same(run: Run, resolved: tuple[Path, dict[str, Any]]) -> None:
    workspace, first = resolved
    demo = run("demo", str(workspace), "--json")
    assert demo.ended() == 0
    assert demo.printed() == first
    assert sorted(shop(workspace, "SELECT order_id, action FROM actions")) == sorted(DONE)


def test_a_large_refund_is_paid_once_somebody_approves_it(run: Run, resolved: tuple[Path, dict[str, Any]]) -> None:
    workspace, _ = resolved
    assert run("signal", "t-3009", "approval", "--workspace", str(workspace), "--json").ended() == 0
    demo = run("demo", str(workspace), "--json")
    assert demo.ended() == 0
    ticket = next(each for each in demo.printed()["tickets"] if each["ticket_id"] == "t-3009")
    assert (ticket["outcome"], ticket["reason"]) == ("resolved", None)
    assert shop(workspace, "SELECT amount FROM actions WHERE order_id = '481181'") == [("289.00",)]

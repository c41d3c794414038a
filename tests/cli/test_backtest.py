"""`segue backtest` tells every past ticket once, does nothing, and names what it cannot read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ran

Run = Callable[..., Ran]
CASE = [
    "id",
    "topic",
    "predicted_topic",
    "confidence",
    "outcome",
    "reason",
    "correct",
    "why",
    "unrecorded",
    "actions",
    "reply",
    "citations",
]


def test_every_past_ticket_is_told_once_and_nothing_is_done(run: Run, demo: Ran) -> None:
    workspace = Path(demo.json["workspace"])
    audit = run("audit", "verify", "--workspace", workspace, "--json").json
    shop = (workspace / "data" / "shop.db").read_bytes()
    history = workspace / "history" / "2026-05.jsonl"
    ran = run("backtest", history, "--workspace", workspace, "--json")
    assert (ran.status, ran.err) == (0, "")
    report = ran.json
    lines = history.read_text(encoding="utf-8").splitlines()
    assert report["n"] == len(report["cases"]) == len(lines) > 5
    assert len({case["id"] for case in report["cases"]}) == len(lines)
    assert all(list(case) == CASE for case in report["cases"])
    assert sum(report["outcomes"].values()) == pytest.approx(1)
    assert report["outcomes"]["failed"] == 0
    assert report["forecast"]["low"] <= report["forecast"]["resolved"] <= report["forecast"]["high"]
    assert sum(row["n"] for row in report["topics"]) == report["n"]
    assert run("audit", "verify", "--workspace", workspace, "--json").json == audit
    assert (workspace / "data" / "shop.db").read_bytes() == shop


def test_the_table_says_how_much_how_well_and_what_went_wrong(run: Run, demo: Ran) -> None:
    workspace = Path(demo.json["workspace"])
    ran = run("backtest", workspace / "history" / "2026-05.jsonl", "--workspace", workspace)
    assert ran.status == 0
    for words in ("resolved alone", "right, of what it dealt with alone", "topics understood", "of these right"):
        assert words in ran.out


def test_a_bad_line_is_named_and_the_others_are_replayed(run: Run, shop: Path) -> None:
    lines = ['{"id": "a"', '{"id": "b", "messages": [{"role": "customer", "text": "hello"}], "topic": "order_status"}']
    (shop / "past.jsonl").write_text("\n".join(lines))
    ran = run("backtest", shop / "past.jsonl", "--workspace", shop, "--json")
    assert ran.status == 1
    assert "past.jsonl:1:" in ran.error
    assert [case["id"] for case in ran.json["cases"]] == ["b"]


def test_nothing_to_replay_is_said(run: Run, shop: Path) -> None:
    (shop / "past.jsonl").write_text("")
    ran = run("backtest", shop / "past.jsonl", "--workspace", shop)
    assert (ran.status, ran.out) == (1, "No past tickets\n")
    missing = run("backtest", shop / "nowhere.jsonl", "--workspace", shop)
    assert missing.status == 2
    assert "no such file or folder" in missing.error

"""Tables and texts fit the terminal, and nobody's words can draw on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from segue.cli import layout, output
from tests.cli.conftest import Ran, Run

WIDE = layout.Table(columns=["a", "b"], rows=[["left", "x" * 40]])
NARROW = layout.Table(columns=["a"], rows=[["left\n" + "x" * 20]])


def test_the_first_layout_that_fits_is_drawn(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "46")
    layout.show(WIDE, NARROW)
    assert capsys.readouterr().out.splitlines()[2] == "left  " + "x" * 40
    monkeypatch.setenv("COLUMNS", "45")
    layout.show(WIDE, NARROW)
    assert capsys.readouterr().out.splitlines()[2:] == ["left", "x" * 20]


def test_the_last_layout_is_folded_where_none_fits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    layout.show(WIDE, NARROW)
    assert capsys.readouterr().out.splitlines()[2:] == ["left", "x" * 12, "x" * 8]


def test_without_a_terminal_lines_are_as_long_as_they_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    layout.show(layout.Table(columns=["a", "b"], rows=[["x" * 300, "y" * 300]]), NARROW)
    assert capsys.readouterr().out.splitlines()[2] == "x" * 300 + "  " + "y" * 300


def test_a_cut_column_takes_the_room_that_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    layout.show(layout.Table(columns=["a", "b"], rows=[["left", "x" * 90]], is_cut=True))
    assert capsys.readouterr().out.splitlines()[2] == "left  " + "x" * 43 + "…"


@pytest.mark.parametrize("hostile", ["\x1b[2Jgone", "\x9b31mred", "a\rb", "\u202egnp.exe", "a\x00b", "\x07"])
def test_nobodys_words_move_the_cursor_or_hide_text(hostile: str) -> None:
    assert output.printable(hostile).isprintable()


def test_words_in_any_language_stay_as_they_are() -> None:
    assert output.printable("naïve 我的包裹 £64.00 “ok”") == "naïve 我的包裹 £64.00 “ok”"
    assert output.printable("two\nlines\tand tabs\u00a0and spaces") == "two lines and tabs and spaces"


def test_hostile_words_of_a_ticket_are_harmless_in_every_view(run: Run, shop: Path) -> None:
    ticket = {"id": "t", "messages": [{"role": "customer", "text": "\x1b[2J\x1b]0;title\x07 I want a person\u202e"}]}
    resolved = run("resolve", "-", "--workspace", shop, stdin=json.dumps(ticket))
    shown = run("runs", "show", "t", "--workspace", shop)
    for text in (resolved.out, resolved.err, shown.out):
        assert not set(text) & set("\x1b\x07\u202e")


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_every_table_fits_the_terminal(run: Run, demo: Ran, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    workspace = demo.json["workspace"]
    for args in (["runs", "list"], ["runs", "show", "t-3016"], ["runs", "show", "t-3003"], ["search", "used tent"]):
        ran = run(*args, "--workspace", workspace)
        assert ran.status == 0
        assert max(map(len, ran.out.splitlines())) <= columns


def test_a_handoff_is_shown_with_what_is_in_doubt(run: Run, demo: Ran) -> None:
    shown = run("runs", "show", "t-3016", "--workspace", demo.json["workspace"]).out
    assert "Handed over to a person:" in shown
    assert "in doubt   orders.replace(order_id=" in shown
    assert "in_doubt" in shown


def test_why_a_ticket_went_to_a_person_stands_below_the_table_and_above_the_run(run: Run, shop: Path) -> None:
    ticket = {"id": "t", "messages": [{"role": "customer", "text": "I want to speak to a person."}]}
    resolved = run("resolve", "-", "--workspace", shop, stdin=json.dumps(ticket)).out
    assert "\nWhy 1 went to a person:\n  t  The customer asked for a person.\n\n1 ticket: 1 escalated\n" in resolved
    assert "\nThe customer asked for a person.\n" in run("runs", "show", "t", "--workspace", shop).out


def test_what_failed_and_what_is_in_doubt_is_told_apart(run: Run, shop: Path) -> None:
    tools = """
from segue import tool

@tool("note", effect="write")
def note() -> None:
    return None

@tool("look", effect="read")
def look() -> str:
    raise KeyError("nobody there")

@tool("pay", effect="once")
def pay() -> str:
    raise ConnectionError("the line dropped")
"""
    steps = "{id: a, tool: note}, {id: b, tool: look, on_error: {then: [{id: c, tool: pay}]}}, {id: d, reply: done}"
    (shop / "tools.py").write_text(tools)
    (shop / "procedures" / "order_status.yaml").write_text(f"topic: question\nsteps: [{steps}]\n")
    ticket = {"id": "t", "messages": [{"role": "customer", "text": "Please pay."}]}
    resolved = run("resolve", "-", "--workspace", shop, stdin=json.dumps(ticket)).out
    assert "note, look failed, pay in doubt" in resolved
    actions = run("resolve", "-", "--workspace", shop, "--json", stdin=json.dumps(ticket)).json["actions"]
    assert [action["error"] is None for action in actions] == [True, False, False]
    assert "nobody there" in actions[1]["error"]
    assert actions[2]["error"].startswith("in doubt")


def test_a_run_that_waits_says_for_what_and_how_to_answer(run: Run, demo: Ran) -> None:
    shown = run("runs", "show", "t-3009", "--workspace", demo.json["workspace"]).out
    assert "ticket-t-3009: waiting, topic refund" in shown
    assert "Approve it, or deny it with the value false: segue signal ticket-t-3009 approval VALUE" in shown
    assert "Answer for the customer: segue signal ticket-t-3009 message VALUE" in shown
    assert "A person must approve payments.refund(" in shown


def test_tickets_are_laid_out_for_wide_and_narrow_terminals(
    run: Run, demo: Ran, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    company = Path(shutil.copytree(demo.json["workspace"], tmp_path / "company"))
    heads = {
        60: "ticket  outcome, topic",
        100: "ticket  topic             outcome          reason, did, cited",
        200: "ticket  topic             outcome              did",
        300: "ticket  topic             outcome          reason  ",
    }
    for columns, head in heads.items():
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = run("resolve", next((company / "inbox").glob("*.jsonl")), "--workspace", company).out.splitlines()
        assert lines[0].startswith(head)
        assert max(map(len, lines)) <= columns
        assert sum(line.startswith("t-30") for line in lines) == 60
        if columns == 100:
            assert [line for line in lines if line.strip("─")][: len(_readme())] == _readme()


def _readme() -> list[str]:
    """The rows of the demo's table that the README shows."""
    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = page[page.index("ticket  topic") :].partition("\n```")[0].splitlines()
    return [line for line in shown if line.strip("─")]

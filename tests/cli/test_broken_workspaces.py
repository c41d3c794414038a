"""Workspaces with mistakes or with parts missing: each mistake is one line with its place, and the rest goes on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run

NEEDS_SETTINGS = [["ingest"], ["resolve", "-"], ["search", "x"], ["runs", "list"], ["runs", "show", "x"],
                  ["signal", "x", "approval"], ["audit", "verify"], ["audit", "head"], ["audit", "export"]]  # fmt: skip


def test_every_mistake_in_the_settings_is_a_line_of_its_own(run: Run, shop: Path) -> None:
    (shop / "segue.toml").write_text('[seque]\nurl = "x"\n\n[policy]\nthreshold = 3\n')
    for args in NEEDS_SETTINGS:
        ran = run(*args, "--workspace", shop)
        assert (ran.status, ran.out) == (1, "")
        first, second = ran.err.splitlines()
        assert first.startswith("segue: segue.toml:1:2 S103 ")
        assert second.startswith("segue: segue.toml:5:1 S105 ")
    checked = run("check", "--workspace", shop)
    assert checked.status == 1
    assert checked.out.endswith("2 errors, 0 warnings\n")


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("raise RuntimeError('no connection')\n", "tools.py:1:0 C101 cannot be imported: RuntimeError: no connection"),
        ("import segue\n\ndef broken(:\n", "tools.py:3:12 C102 is no Python: invalid syntax"),
        ("import sys\nsys.exit(7)\n", "tools.py:2:0 C101 cannot be imported: SystemExit: 7"),
        ("import nowhere_to_be_found\n", "tools.py:1:0 C101 cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_tools_file_that_raises_is_status_1_from_check_and_3_elsewhere(
    run: Run, shop: Path, source: str, place: str
) -> None:
    (shop / "tools.py").write_text(source)
    checked = run("check", "--workspace", shop)
    assert checked.status == 1
    assert any(line.startswith(place) for line in checked.out.splitlines())
    resolved = run("resolve", shop / "inbox" / "2026-05.jsonl", "--workspace", shop)
    assert (resolved.status, resolved.out) == (3, "")
    assert resolved.error.startswith(f"segue: {place}")


def test_what_needs_no_tools_works_while_they_are_broken(run: Run, shop: Path) -> None:
    (shop / "tools.py").write_text("raise RuntimeError\n")
    for args in (["ingest"], ["search", "delivery"], ["runs", "list"], ["audit", "verify"]):
        assert run(*args, "--workspace", shop).status == 0


def test_a_workspace_of_settings_alone_hands_every_ticket_to_a_person(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "segue.toml").write_text("")
    assert run("check", "--workspace", "bare").out == "Everything is in order\n"
    ticket = json.dumps({"id": "t", "messages": [{"role": "customer", "text": "Where is my parcel?"}]})
    ran = run("resolve", "-", "--workspace", "bare", "--json", stdin=ticket)
    assert (ran.status, ran.json["outcome"], ran.json["reason"]) == (0, "escalated", "no_procedure")


def test_a_question_needs_neither_tools_nor_procedures(run: Run, shop: Path) -> None:
    (shop / "tools.py").unlink()
    (shop / "procedures" / "order_status.yaml").unlink()
    (shop / "procedures").rmdir()
    ticket = {"id": "t", "messages": [{"role": "customer", "text": "How long does delivery take within the country?"}]}
    ran = run("resolve", "-", "--workspace", shop, "--json", stdin=json.dumps(ticket))
    assert ran.json["outcome"] == "resolved"
    assert ran.json["citations"][0]["document"] == "delivery.md"


def test_searching_before_anything_was_read_says_so(run: Run, shop: Path) -> None:
    ran = run("search", "delivery", "--workspace", shop)
    assert (ran.status, ran.out) == (0, "Nothing found\n")
    assert ran.error == "segue: no article was read yet; `segue ingest` reads them"


def test_bad_lines_are_named_and_the_rest_is_resolved(run: Run, shop: Path) -> None:
    good = {"id": "good", "messages": [{"role": "customer", "text": "I want to talk to a person"}]}
    lines = ["{broken", '{"id": "a-2"}', json.dumps(good), json.dumps(good), '{"id": "\\u001b[2J", "messages": []}']
    ran = run("resolve", "-", "--workspace", shop, stdin="\n".join(lines))
    assert ran.status == 1
    assert [line.split()[1:3] for line in ran.err.splitlines()] == [
        ["<stdin>:1:2", "T104"],
        ["<stdin>:2:0", "T105"],
        ["<stdin>:4:0", "T106"],
        ["<stdin>:5:0", "T105"],
    ]
    assert "1 ticket: 1 escalated" in ran.out


def test_check_reads_history_and_inbox_too(run: Run, shop: Path) -> None:
    (shop / "inbox" / "broken.jsonl").write_text("[1]\n")
    (shop / "history").mkdir()
    (shop / "history" / "broken.jsonl").write_text("\n\nnothing\n")
    found = run("check", "--workspace", shop, "--json")
    assert found.status == 1
    assert {("inbox/broken.jsonl", 1), ("history/broken.jsonl", 3)} <= {
        (finding["file"], finding["line"]) for finding in found.json
    }


def test_a_ticket_of_a_rejected_procedure_goes_to_a_person(run: Run, shop: Path) -> None:
    procedure = shop / "procedures" / "order_status.yaml"
    procedure.write_text(procedure.read_text().replace("orders.lookup", "orders.look"))
    ran = run("resolve", shop / "inbox" / "2026-05.jsonl", "--workspace", shop, "--json")
    assert (ran.status, ran.json["outcome"]) == (0, "escalated")
    assert ran.json["reason"] == "plan_rejected"


def test_nothing_to_do_is_said(run: Run, shop: Path) -> None:
    assert run("resolve", "/dev/null", "--workspace", shop).out == "No tickets\n"
    assert run("runs", "list", "--workspace", shop).out == "No runs yet\n"
    assert run("runs", "list", "--status", "failed", "--workspace", shop).out == "No runs of status failed\n"


def test_doctor_says_what_is_wrong_and_what_to_do(run: Run, shop: Path, tmp_path: Path) -> None:
    nowhere = run("doctor")
    assert nowhere.status == 1
    assert f"no segue.toml in {tmp_path}" in nowhere.out
    (shop / "segue.toml").write_text("[policy]\nthreshold = 3\n")
    wrong = run("doctor", "--workspace", shop)
    assert wrong.status == 1
    assert "`segue check` shows them" in wrong.out
    (shop / "segue.toml").write_text("")
    shutil.rmtree(shop / ".segue")
    (shop / ".segue").write_text("")
    blocked = run("doctor", "--workspace", shop, "--json")
    assert [one["check"] for one in blocked.json if not one["ok"]] == ["database"]


def test_check_prints_findings_as_compilers_do(run: Run, shop: Path) -> None:
    source = "topic: x\nsteps:\n  - {id: a, replay: hello}\n"
    (shop / "procedures" / "order_status.yaml").write_text(source)
    kinds = "a step says what it does: one of tool, search, model, ask, check, choose, each, reply, escalate"
    ran = run("check", "--workspace", shop)
    assert ran.status == 1
    assert ran.out.splitlines() == [
        f"procedures/order_status.yaml:3:13 P109 {kinds} (hint: did you mean reply?)",
        'segue.toml:15:1 A101 warning: default = "auto" is a rehearsal on the local helpdesk, not proven',
        "1 error, 1 warning",
    ]

"""`segue erase`: nothing of a person is left in any file of the workspace, and every chain still verifies."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from segue.support import erasure
from tests.cli.conftest import Ran, Run, ended, here, process, until_there

WHO = "mirabel@example.org"
PLANTED = (b"mirabel", b"quist", b"tollgate", b"zx-77001")
LEFT_WITH = "My parcel was left with a neighbour who denies having it. I want to speak to a person about it."


def line(name: str, customer: dict[str, Any], *messages: tuple[str, str], **more: Any) -> str:
    said = [{"role": role, "text": text} for role, text in messages]
    return json.dumps({"id": name, "customer": customer, "messages": said} | more) + "\n"


MIRABEL = {"id": "c-50", "email": WHO, "name": "Mirabel Quist", "authenticated": True}
OTTO = {"id": "c-60", "email": "otto@example.org", "name": "Otto Berg"}
PAST = {"created_at": "2025-03-01T09:00:00Z", "topic": "question", "outcome": "resolved"}
HISTORY = [
    line(
        "h-1", MIRABEL, ("customer", LEFT_WITH), ("agent", "Dear Ms Quist, we go to 14 Tollgate Lane for it."), **PAST
    ),
    line("h-2", OTTO, ("customer", "Do you sell maps?"), ("agent", "We do not."), **PAST),
]
INBOX = [
    line("t-50", MIRABEL, ("customer", "Where is my order? Mirabel Quist, 14 Tollgate Lane"), subject="Order ZX-77001"),
    line("t-51", {"email": WHO.title()}, ("customer", "A person please! ZX-77001 never came to Tollgate Lane.")),
    line("t-60", OTTO, ("customer", LEFT_WITH)),
]


@pytest.fixture(scope="module")
def _lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from segue.support import workspace

    root = workspace.init(tmp_path_factory.mktemp("erase") / "shop").root
    (root / "history").mkdir()
    (root / "history" / "2025.jsonl").write_text("".join(HISTORY) + "no ticket\n", encoding="utf-8")
    (root / "inbox" / "more.jsonl").write_text("".join(INBOX), encoding="utf-8")
    ran = here("resolve", root / "inbox" / "more.jsonl", "--workspace", root, "--json")
    shown = [json.loads(each) for each in ran.out.splitlines()]
    assert [one["outcome"] for one in shown] == ["waiting", "escalated", "escalated"]
    assert [each["document"] for each in shown[2]["handoff"]["evidence"]] == ["ticket h-1"]
    return root


@pytest.fixture
def lived_in(_lived_in: Path, tmp_path: Path) -> Path:
    """A workspace with Mirabel's past ticket, her waiting run, one that was handed over, and Otto's that quotes her."""
    return Path(shutil.copytree(_lived_in, tmp_path / "lived_in"))


def left(root: Path) -> set[tuple[str, bytes]]:
    """Files that still hold something of her; a database and its log are one."""
    files = [(path.name.removesuffix("-wal"), path.read_bytes().lower()) for path in root.rglob("*") if path.is_file()]
    return {(name, word) for name, text in files for word in PLANTED if word in text}


def test_nothing_of_a_person_is_left_and_everything_else_is(run: Run, lived_in: Path, tmp_path: Path) -> None:
    at = ("--workspace", lived_in)
    assert {name for name, _ in left(lived_in)} >= {"2025.jsonl", "more.jsonl"}
    assert run("audit", "head", "--to", tmp_path / "heads", *at).status == 0
    erased = run("erase", WHO, "--yes", "--json", *at)
    assert (erased.status, erased.err) == (0, "")
    counts = erased.json
    assert (counts["runs"], counts["tickets"], counts["quotes"], counts["also"]) == (2, 2, 3, ["c-50"])
    assert counts["lines"] == {"history/2025.jsonl": 1, "inbox/more.jsonl": 2}
    assert left(lived_in) == set()
    assert (lived_in / "history" / "2025.jsonl").read_text() == HISTORY[1] + "no ticket\n"
    assert (lived_in / "inbox" / "more.jsonl").read_text() == INBOX[2]

    assert run("audit", "verify", "--head", tmp_path / "heads", *at).status == 0
    runs = {one["run_id"]: one for one in run("runs", "list", "--json", *at).json}
    assert {name: (one["status"], one["outcome"], one["erased"]) for name, one in runs.items()} == {
        "ticket-t-50": ("cancelled", None, True),
        "ticket-t-51": ("completed", None, True),
        "ticket-t-60": ("completed", "escalated", False),
    }
    assert "(erased)" in run("runs", "list", *at).out
    shown = run("runs", "show", "ticket-t-51", *at)
    assert (shown.status, "(erased)" in shown.out, "Handed over" in shown.out) == (0, True, False)
    assert "Handed over to a person" in run("runs", "show", "t-60", *at).out
    for word in PLANTED:
        assert word.decode() not in run("audit", "export", *at).out.lower()


def test_the_workspace_works_on_and_a_later_ticket_of_hers_is_a_new_start(
    run: Run, lived_in: Path, tmp_path: Path
) -> None:
    at = ("--workspace", lived_in)
    run("erase", "c-50", "--yes", *at)
    run("erase", WHO, "--yes", *at)
    (tmp_path / "again.jsonl").write_text("".join(INBOX), encoding="utf-8")
    again = run("resolve", tmp_path / "again.jsonl", "--json", *at)
    shown = [json.loads(each) for each in again.out.splitlines()]
    assert [one["run_id"] for one in shown] == ["ticket-t-50.2", "ticket-t-51.2", "ticket-t-60"]
    assert [one["outcome"] for one in shown] == ["waiting", "escalated", "escalated"]
    assert run("backtest", lived_in / "history", "--json", *at).json["n"] == 1
    assert run("audit", "verify", *at).status == 0


def test_a_dry_run_says_what_there_is_and_changes_nothing(run: Run, lived_in: Path) -> None:
    before = left(lived_in)
    ran = run("erase", WHO, "--dry-run", "--workspace", lived_in)
    assert (ran.status, ran.out.splitlines()) == (
        0,
        [
            f"Of {WHO}:",
            "  2 runs, cancelled first where they go on",
            "  2 tickets in the helpdesk, with all that was written on them",
            "  3 entries of other customers' runs that quote their past",
            "  2 lines of inbox/more.jsonl, which is written anew",
            "  1 line of history/2025.jsonl, which is written anew",
            "Their tickets also carry c-50: what carries only that stays.",
        ],
    )
    assert left(lived_in) == before
    assert run("erase", WHO, "--dry-run", "--json", "--workspace", lived_in).json["erased"] is False


def test_without_a_terminal_it_wants_to_hear_yes_and_a_stranger_is_wrong_usage(run: Run, lived_in: Path) -> None:
    refused = run("erase", WHO, "--workspace", lived_in)
    assert (refused.status, "--yes" in refused.error) == (2, True)
    unknown = run("erase", "nobody@example.org", "--yes", "--workspace", lived_in)
    assert (unknown.status, unknown.error) == (
        2,
        "segue: nobody@example.org: nothing in this workspace is of a customer with this id or e-mail address",
    )
    assert left(lived_in)


@pytest.mark.parametrize(("answer", "status"), [(b"n\n", 1), (b"y\n", 0)])
def test_on_a_terminal_it_asks_before(lived_in: Path, answer: bytes, status: int) -> None:
    ours, theirs = pty.openpty()
    started = process("erase", WHO, "--workspace", lived_in, stdin=theirs)
    os.write(ours, answer)
    _, err = started.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert "Erase all of this, for ever?" in err
    assert (started.returncode, bool(left(lived_in))) == (status, status == 1)


PLACES = ["stop", "helpdesk", "erase", "_rewrite", "finish", "rmtree", "rewrite"]


@pytest.mark.parametrize("place", PLACES)
def test_interrupted_anywhere_the_same_call_goes_on(run: Run, lived_in: Path, place: str) -> None:
    def die(*_: object, **__: object) -> None:
        raise OSError(5, "the disk is gone")

    targets: dict[str, tuple[Any, str]] = {
        "stop": (erasure.Engine, "stop"),
        "helpdesk": (erasure.LocalHelpdesk, "erase"),
        "erase": (erasure.Engine, "erase"),
        "_rewrite": (erasure, "_rewrite"),
        "finish": (erasure, "finish"),
        "rmtree": (shutil, "rmtree"),
        "rewrite": (erasure.Engine, "rewrite"),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*targets[place], die)
        assert run("erase", WHO, "--yes", "--workspace", lived_in).status == 3
    assert run("audit", "verify", "--workspace", lived_in).status == 0
    assert run("erase", WHO, "--yes", "--workspace", lived_in).status == 0
    assert left(lived_in) == set()
    assert run("audit", "verify", "--workspace", lived_in).status == 0
    assert run("erase", WHO, "--yes", "--workspace", lived_in).status == 2


KILLED = """
import os, shutil, signal, sys
from segue.cli import main
from segue.engine.embedded.journal import SqliteJournal
from segue.support import erasure

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

place = sys.argv.pop(1)
if place == "in a transaction":
    append = SqliteJournal._append
    SqliteJournal._append = lambda self, kind, subject, *more: (
        append(self, kind, subject, *more) if (kind, subject) != ("erasure", "") else die()
    )
elif place == "before a file is replaced":
    shutil.copystat = die
elif place == "before the log is cut":
    erasure.Engine.rewrite = lambda self: (SqliteJournal(self.path)._connection.execute("VACUUM"), die())
main()
"""


@pytest.mark.parametrize("place", ["in a transaction", "before a file is replaced", "before the log is cut"])
def test_killed_in_the_middle_the_same_call_goes_on(run: Run, lived_in: Path, place: str) -> None:
    command = [sys.executable, "-c", KILLED, place, "erase", WHO, "--yes", "--workspace", str(lived_in)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == -signal.SIGKILL
    assert run("audit", "verify", "--workspace", lived_in).status == 0
    assert run("erase", WHO, "--yes", "--workspace", lived_in).status == 0
    assert left(lived_in) == set()
    assert run("audit", "verify", "--workspace", lived_in).status == 0


def test_a_run_under_way_in_another_process_is_cancelled_there_first(run: Run, slow_shop: Path) -> None:
    file = slow_shop.parent / "slow.jsonl"
    file.write_text(line("a-1", MIRABEL, ("customer", "Please look, says Mirabel Quist.")))
    driving = process("resolve", file, "--workspace", slow_shop)
    until_there((slow_shop / "seen").exists)
    asking = process("erase", WHO, "--yes", "--workspace", slow_shop)
    erased: Ran = ended(asking)
    assert (erased.status, erased.err) == (0, "")
    (slow_shop / "go").touch()
    assert ended(driving).status == 0
    assert left(slow_shop) == set()
    (one,) = run("runs", "list", "--json", "--workspace", slow_shop).json
    assert (one["status"], one["erased"]) == ("completed", True)


def test_whoever_does_not_end_a_run_in_time_is_named(
    run: Run, slow_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = slow_shop.parent / "slow.jsonl"
    file.write_text(line("a-1", {"id": "c-1"}, ("customer", "Please look.")))
    driving = process("resolve", file, "--workspace", slow_shop)
    until_there((slow_shop / "seen").exists)
    driving.send_signal(signal.SIGSTOP)  # stopped, it holds its lock and does nothing
    monkeypatch.setitem(erasure.erase.__kwdefaults__, "patience", timedelta(0))
    refused = run("erase", "c-1", "--yes", "--workspace", slow_shop)
    assert (refused.status, "ticket-a-1 was cancelled and has not ended" in refused.error) == (3, True)
    driving.kill()
    driving.communicate()
    assert run("erase", "c-1", "--yes", "--workspace", slow_shop).status == 0


def test_what_she_was_answered_goes_from_the_runs_whose_way_it_showed(run: Run, shop: Path) -> None:
    asked = "How long does delivery take within the country?"
    told = "Dear Ms Quist, to 14 Tollgate Lane delivery takes 2 to 3 working days."
    (shop / "history").mkdir()
    past = line("h-1", MIRABEL, ("customer", asked), ("agent", told), **PAST)
    (shop / "history" / "2025.jsonl").write_text(past, encoding="utf-8")
    (shop / "inbox" / "more.jsonl").write_text(line("t-60", OTTO, ("customer", asked)), encoding="utf-8")
    at = ("--workspace", shop)
    resolution = run("resolve", shop / "inbox" / "more.jsonl", "--json", *at).json
    assert (resolution["outcome"], "Quist" in resolution["reply"]) == ("resolved", False)
    names = {each["name"] for each in run("runs", "show", "t-60", "--json", *at).json["entries"] if "h-1" in str(each)}
    assert names == {"past_answers"}
    assert run("erase", WHO, "--yes", *at).status == 0
    assert left(shop) == set()
    assert run("audit", "verify", *at).status == 0


def test_another_customers_run_that_quotes_her_and_goes_on_is_named_before_anything_is_erased(
    run: Run, lived_in: Path
) -> None:
    before = left(lived_in)
    with closing(sqlite3.connect(lived_in / ".segue" / "segue.db")) as database, database:
        database.execute("UPDATE runs SET ended_at = NULL, status = 'running' WHERE run_id = 'ticket-t-60'")
    refused = run("erase", WHO, "--yes", "--workspace", lived_in)
    assert (refused.status, "run ticket-t-60 quotes a past ticket" in refused.err) == (2, True)
    assert left(lived_in) == before
    assert run("resolve", lived_in / "inbox" / "more.jsonl", "--workspace", lived_in).status == 0

"""The record is proven against heads that were published, by the commands of an auditor."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run, tickets
from tests.docs.pages import blocks

(VERIFIER,) = [block.text for block in blocks("python") if block.page == "docs/reference/audit.md"]


@pytest.fixture
def worked(run: Run, shop: Path) -> Path:
    """A workspace that has resolved two tickets."""
    file = tickets(shop / "two.jsonl", ["a-1", "a-2"], "How long does delivery take?")
    assert run("resolve", file, "--workspace", shop).status == 0
    return shop


def alter(shop: Path, sql: str) -> None:
    with closing(sqlite3.connect(shop / ".segue" / "segue.db")) as intruder, intruder:
        intruder.execute(sql)


def test_heads_are_published_line_by_line_and_prove_everything_before_them(run: Run, worked: Path) -> None:
    first = run("audit", "head", "--to", "heads.jsonl", "--workspace", worked)
    assert (first.status, first.out) == (0, "")
    assert "made the key" in first.error
    printed = run("audit", "head", "--workspace", worked)
    assert (printed.err, list(printed.json)) == ("", ["format", "seq", "hash", "at", "key", "signature"])
    assert printed.json["key"] in first.error
    run("audit", "head", "--to", "heads.jsonl", "--workspace", worked)
    heads = [json.loads(line) for line in Path("heads.jsonl").read_text().splitlines()]
    assert [head["seq"] for head in heads] == [printed.json["seq"] - 1, printed.json["seq"] + 1]
    by_file = run("audit", "verify", "--head", "heads.jsonl", "--workspace", worked, "--json").json
    assert (by_file["ok"], by_file["runs"], by_file["proven"]) == (True, 2, heads[-1]["seq"] + 1)
    given = ("--head", printed.out, "--key", printed.json["key"])
    verified = run("audit", "verify", *given, "--workspace", worked)
    assert verified.status == 0
    assert f"Proven: the first {heads[0]['seq'] + 2} entries" in verified.out


def test_what_was_altered_since_a_head_is_named(run: Run, worked: Path) -> None:
    run("audit", "head", "--to", "heads.jsonl", "--workspace", worked)
    for table in ("runs", "entries"):
        alter(worked, f"DELETE FROM {table} WHERE run_id = 'ticket-a-1'")  # noqa: S608 (our own words)
    ran = run("audit", "verify", "--head", "heads.jsonl", "--workspace", worked)
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.startswith("ALTERED: run ticket-a-1: the run is missing as a whole")
    shown = run("audit", "verify", "--head", "heads.jsonl", "--workspace", worked, "--json").json
    assert shown["first_bad"].keys() == {"run_id", "seq", "reason"}
    assert (shown["first_bad"]["run_id"], shown["first_bad"]["seq"]) == ("ticket-a-1", None)
    alter(worked, "UPDATE workspace_entries SET subject = 'x' WHERE seq = 1")
    ran = run("audit", "verify", "--workspace", worked)
    assert ran.out.startswith("ALTERED: the workspace chain, entry 1: its hash does not fit")


def test_the_key_lies_where_the_settings_or_the_environment_say(
    run: Run, worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (worked / "segue.toml").open("a") as settings:
        settings.write('\n[audit]\nkey = "keys/audit.key"\n')
    run("audit", "head", "--workspace", worked)
    assert (worked / "keys" / "audit.key").exists()
    monkeypatch.setenv("SEGUE_AUDIT_KEY", str(tmp_path / "other.key"))
    run("audit", "head", "--workspace", worked)
    assert (tmp_path / "other.key").exists()
    assert not (worked / ".segue" / "audit.key").exists()


def test_a_head_without_a_key_or_of_another_key_proves_nothing(run: Run, worked: Path) -> None:
    head = run("audit", "head", "--workspace", worked).out
    key = worked / ".segue" / "audit.key"
    key.unlink()
    ran = run("audit", "verify", "--head", head, "--workspace", worked)
    assert (ran.status, ran.out) == (2, "")
    assert "--key PUBLIC" in ran.error
    assert run("audit", "verify", "--key", "0" * 64, "--workspace", worked).status == 2
    assert not key.exists(), "verifying makes no key"
    run("audit", "head", "--workspace", worked)
    ran = run("audit", "verify", "--head", head, "--workspace", worked)
    assert ran.status == 1
    assert "not signed with the key" in ran.out


@pytest.mark.parametrize("head", ["missing.jsonl", "{}", "{"])
def test_what_is_no_head_is_wrong_usage(run: Run, worked: Path, head: str) -> None:
    run("audit", "head", "--workspace", worked)
    ran = run("audit", "verify", "--head", head, "--workspace", worked)
    assert (ran.status, ran.out) == (2, "")


def test_an_export_is_printed_or_written_and_verified_by_anybody(run: Run, worked: Path) -> None:
    run("audit", "export", "--to", "record.jsonl", "--workspace", worked)
    head = run("audit", "head", "--workspace", worked).json
    printed = run("audit", "export", "--workspace", worked)
    assert printed.out.startswith(Path("record.jsonl").read_text())  # the head has noted one entry more
    for export, status in ((Path("record.jsonl").read_text(), 1), (printed.out, 0)):
        command = [sys.executable, "-c", VERIFIER, head["hash"]]
        ran = subprocess.run(command, input=export, capture_output=True, text=True, check=False)
        assert ran.returncode == status, ran.stderr
    assert not Path("record.jsonl.unfinished").exists()


def test_an_empty_workspace_has_a_head_and_an_export_too(run: Run, shop: Path) -> None:
    head = run("audit", "head", "--workspace", shop)
    assert head.json["seq"] == 0
    assert run("audit", "verify", "--head", head.out, "--workspace", shop).status == 0
    assert run("audit", "export", "--workspace", shop).out.count("\n") == 2

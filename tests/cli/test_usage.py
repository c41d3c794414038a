"""What a command line means, and how the process ends: 0, 1, 2 or 3, with one clear line for each error."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run

WRONG = {
    "an unknown command": (["bogus"], "No such command 'bogus'; see `segue --help`"),
    "an unknown command of a group": (["runs", "bogus"], "No such command 'bogus'; see `segue runs --help`"),
    "an unknown option": (["check", "--colour"], "No such option: --colour"),
    "a missing argument": (["resolve"], "Missing argument 'FILE'; see `segue resolve --help`"),
    "an argument too many": (["check", "here"], "Got unexpected extra argument(s) (here); see `segue check --help`"),
    "a number that is none": (["search", "tent", "--limit", "many"], "Invalid value for '--limit'"),
    "a number out of range": (["search", "tent", "--limit", "0"], "Invalid value for '--limit'"),
    "an option without its value": (["check", "--workspace"], "Option '--workspace' requires an argument"),
    "an option that stands too early": (["--json", "check"], "No such option: --json"),
    "a folder that is none": (["check", "--workspace", "nowhere"], "nowhere: no such folder"),
    "no workspace": (["check"], "no segue.toml in"),
    "a status that is none": (["runs", "list", "--status", "lost"], "--status lost: one of cancelled, completed,"),
}


@pytest.mark.parametrize(("args", "message"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage_is_one_line_and_status_2(run: Run, args: list[str], message: str) -> None:
    ran = run(*args)
    assert (ran.status, ran.out) == (2, "")
    assert ran.error.startswith(f"segue: {message}")


@pytest.mark.parametrize("group", [[], ["runs"], ["audit"]])
def test_a_group_without_a_command_shows_its_help_as_wrong_usage(run: Run, group: list[str]) -> None:
    ran = run(*group)
    assert (ran.status, ran.out) == (2, "")
    assert "Commands:" in ran.err


def test_the_version_needs_no_command(run: Run) -> None:
    ran = run("--version")
    assert (ran.status, ran.out, ran.err) == (0, "segue 0.1.0\n", "")


def test_an_unknown_file_or_run_is_status_2(run: Run, shop: Path) -> None:
    for args in (["resolve", "nowhere.jsonl"], ["resolve", "."], ["resolve", ""], ["runs", "show", "x"]):
        ran = run("--workspace", shop, *args)
        assert (ran.status, ran.out) == (2, "")
        assert ran.error.startswith("segue: ")
    assert "there is no run x" in run("signal", "x", "approval", "--workspace", shop).error


def test_the_workspace_may_be_named_before_and_after_the_command_or_found_upwards(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run("--workspace", shop, "check", "--json")
    after = run("check", "--workspace", "shop", "--json")
    monkeypatch.chdir(shop / "procedures")
    found = run("check", "--json")
    assert before.json == after.json == found.json
    assert (before.status, after.status, found.status) == (0, 0, 0)


def test_the_workspace_named_last_counts(run: Run, shop: Path) -> None:
    assert run("--workspace", "nowhere", "check", "--workspace", shop).status == 0


def test_a_traceback_appears_with_debug_only_before_or_after_the_command(run: Run, shop: Path) -> None:
    plain = run("runs", "show", "x", "--workspace", shop)
    for args in (["--debug", "runs", "show", "x"], ["runs", "show", "x", "--debug"]):
        ran = run(*args, "--workspace", shop)
        assert "Traceback" in ran.err
        assert ran.err.endswith(plain.err)
        assert ran.status == 2


def test_init_refuses_what_is_not_empty_and_leaves_it_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear reader")
    for folder in ("mine", "mine/letter.txt"):
        ran = run("init", folder)
        assert (ran.status, ran.error) == (2, f"segue: {folder}: not an empty folder; nothing was written")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear reader"


def test_demo_refuses_a_folder_that_holds_something_else(run: Run, shop: Path) -> None:
    before = sorted(shop.rglob("*"))
    for args in (["demo", shop], ["demo", shop, "--fresh"]):
        ran = run(*args)
        assert ran.status == 2
        assert "not the sample company" in ran.error
    assert sorted(shop.rglob("*")) == before


def test_what_init_writes_passes_check_and_resolves(run: Run, tmp_path: Path) -> None:
    made = run("init", "new")
    assert made.status == 0
    assert "segue check" in made.out
    assert run("check", "--workspace", "new").out.endswith("0 errors, 1 warning\n")
    resolved = run("resolve", "new/inbox/2026-05.jsonl", "--workspace", "new", "--json")
    assert (resolved.status, resolved.json["outcome"]) == (0, "resolved")
    assert (tmp_path / "new" / ".segue" / "segue.db").exists()


def test_a_disk_that_cannot_be_written_is_status_3(run: Run, shop: Path) -> None:
    shutil.rmtree(shop / ".segue")
    (shop / ".segue").write_text("a file where the folder should be")
    for args in (["ingest"], ["runs", "list"], ["audit", "verify"], ["search", "tent"]):
        ran = run(*args, "--workspace", shop)
        assert (ran.status, ran.out) == (3, "")
        assert ".segue" in ran.error


def test_a_database_that_is_none_is_status_3(run: Run, shop: Path) -> None:
    (shop / ".segue" / "segue.db").write_bytes(b"no database " * 500)
    ran = run("runs", "list", "--workspace", shop)
    assert ran.status == 3
    assert "restore it from a backup" in ran.error


def test_a_missing_package_is_status_3(run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "segue.models.classifier", None)
    ran = run("resolve", shop / "inbox" / "2026-05.jsonl", "--workspace", shop)
    assert ran.status == 3
    assert "install segue again with pip" in ran.error


def test_a_login_at_a_server_that_wants_none_is_status_2_and_names_those_that_do(run: Run, shop: Path) -> None:
    ran = run("login", "crm", "--workspace", str(shop))
    assert (ran.status, ran.out) == (2, "")
    assert "no server crm wants a login; none does: its section says oauth = true" in ran.err
    settings = shop / "segue.toml"
    settings.write_text(settings.read_text() + "\n[tools.mcp.wiki]\nurl = 'https://wiki.example/mcp'\noauth = true\n")
    assert "no server crm wants a login; those that do: wiki" in run("login", "crm", "--workspace", str(shop)).err

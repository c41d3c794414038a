import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segue.errors import EnvironmentFault, Finding, UsageError
from segue.support.workspace import Workspace, at, find, init

NOW = datetime(2026, 5, 20, tzinfo=UTC)


def empty_workspace(root: Path) -> Workspace:
    root.mkdir(parents=True, exist_ok=True)
    (root / "segue.toml").touch()
    return at(root)


def write_tickets(file: Path, *ids: str, **more: object) -> None:
    file.parent.mkdir(exist_ok=True)
    message = {"role": "customer", "text": "Hello"}
    file.write_text("".join(json.dumps({"id": id_, "messages": [message], **more}) + "\n" for id_ in ids))


def never(finding: Finding) -> None:
    raise AssertionError(finding)


def test_a_workspace_is_the_nearest_folder_upwards_with_settings(tmp_path: Path) -> None:
    empty_workspace(tmp_path)
    inner = empty_workspace(tmp_path / "shops" / "north")
    deep = inner.root / "knowledge" / "returns"
    deep.mkdir(parents=True)
    assert find(deep) == inner
    assert find(inner.root) == inner
    assert find(tmp_path / "shops").root == tmp_path.resolve()


def test_without_one_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no segue\.toml in .* or above: .*segue init"):
        find(tmp_path)


def test_a_folder_of_that_name_is_no_settings_file(tmp_path: Path) -> None:
    (tmp_path / "segue.toml").mkdir()
    with pytest.raises(UsageError):
        find(tmp_path)


def test_a_named_folder_must_be_a_workspace_itself(tmp_path: Path) -> None:
    workspace = empty_workspace(tmp_path / "shop")
    (workspace.root / "inbox").mkdir()
    assert at(workspace.root) == workspace
    with pytest.raises(UsageError, match="inbox: no workspace"):
        at(workspace.root / "inbox")
    with pytest.raises(UsageError, match="elsewhere: no such folder"):
        at(tmp_path / "elsewhere")


def test_the_parts_have_their_places(tmp_path: Path) -> None:
    workspace = empty_workspace(tmp_path)
    parts = [workspace.settings, workspace.knowledge, workspace.procedures, workspace.tools, workspace.index]
    assert [workspace.name(path) for path in parts] == [
        "segue.toml",
        "knowledge",
        "procedures",
        "tools.py",
        ".segue/index",
    ]
    assert workspace.name(Path("procedures/refund.yaml")) == "procedures/refund.yaml"
    assert workspace.name(Path("/elsewhere/new.jsonl")) == "/elsewhere/new.jsonl"


def test_the_inbox_is_read_file_by_file_in_the_order_of_names(tmp_path: Path) -> None:
    workspace = empty_workspace(tmp_path)
    write_tickets(tmp_path / "inbox" / "2026-05.jsonl", "c")
    write_tickets(tmp_path / "inbox" / "2026-04.jsonl", "b", "a")
    (tmp_path / "inbox" / "notes.txt").write_text("not a ticket")
    (tmp_path / "inbox" / "._2026-04.jsonl").write_bytes(b"\x00\x05\x16\x07")
    tickets = list(workspace.read_inbox(now=NOW, report=never))
    assert [ticket.id for ticket in tickets] == ["b", "a", "c"]
    assert tickets[0].created_at == NOW


def test_a_workspace_needs_neither_inbox_nor_history(tmp_path: Path) -> None:
    workspace = empty_workspace(tmp_path)
    assert not list(workspace.read_inbox(now=NOW, report=never))
    assert not list(workspace.read_history(now=NOW, report=never))


def test_the_history_says_what_came_of_a_ticket(tmp_path: Path) -> None:
    workspace = empty_workspace(tmp_path)
    write_tickets(tmp_path / "history" / "2026-04.jsonl", "a", topic="refund", outcome="resolved")
    (past,) = workspace.read_history(now=NOW, report=never)
    assert (past.id, past.topic, past.outcome) == ("a", "refund", "resolved")


def test_bad_lines_and_files_are_findings_and_the_rest_goes_on(tmp_path: Path) -> None:
    workspace = empty_workspace(tmp_path)
    write_tickets(tmp_path / "inbox" / "1.jsonl", "a")
    (tmp_path / "inbox" / "2.jsonl").mkdir()
    (tmp_path / "inbox" / "3.jsonl").write_bytes(b"\n{\n")
    write_tickets(tmp_path / "inbox" / "4.jsonl", "b", "a")
    findings: list[Finding] = []
    assert [ticket.id for ticket in workspace.read_inbox(now=NOW, report=findings.append)] == ["a", "b"]
    assert [(finding.file, finding.line, finding.code) for finding in findings] == [
        ("inbox/2.jsonl", 0, "T101"),
        ("inbox/3.jsonl", 2, "T104"),
        ("inbox/4.jsonl", 2, "T106"),
    ]


def test_init_writes_a_workspace_with_every_part(tmp_path: Path) -> None:
    workspace = init(tmp_path / "new" / "shop")
    files = sorted(workspace.name(path) for path in workspace.root.rglob("*") if path.is_file())
    assert files == [
        "inbox/2026-05.jsonl",
        "knowledge/delivery.md",
        "knowledge/returns.md",
        "procedures/order_status.yaml",
        "segue.toml",
        "tools.py",
    ]
    (ticket,) = workspace.read_inbox(now=NOW, report=never)
    assert ticket.customer.authenticated
    settings = tomllib.loads(workspace.settings.read_text())
    assert settings["helpdesk"]["kind"] == "local"
    assert settings["autonomy"]["default"] == "auto"
    compile(workspace.tools.read_text(), "tools.py", "exec")


def test_init_fills_an_empty_folder(tmp_path: Path) -> None:
    assert init(tmp_path).root == tmp_path.resolve()


def test_init_leaves_alone_what_is_there(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".hidden"]
    with pytest.raises(UsageError, match="not an empty folder"):
        init(tmp_path / ".hidden")
    assert (tmp_path / ".hidden").read_text() == "mine"


def test_init_says_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFault, match="Not a directory"):
        init(tmp_path / "file" / "shop")

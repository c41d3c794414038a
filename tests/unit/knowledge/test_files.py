"""Which files of a folder are documents."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from segue.knowledge.problems import Refused
from segue.knowledge.sources.files import LARGEST_BYTES, content, listed

SUFFIXES = frozenset((".md", ".txt"))


def codes(folder: Path) -> dict[str, str | None]:
    return {file.path: file.problem.code if file.problem else None for file in listed(folder, SUFFIXES)}


def test_files_are_listed_by_path_and_hidden_ones_left_out(tmp_path: Path) -> None:
    for path in ("b.md", "a/z.TXT", "a/deep/er.md", ".git/x.md", "_drafts/x.md", "a/.hidden.md", "a/_part.md"):
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("x")
    assert [file.path for file in listed(tmp_path, SUFFIXES)] == ["a/deep/er.md", "a/z.TXT", "b.md"]


def test_a_type_that_is_not_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"x")
    (tmp_path / "LICENSE").write_bytes(b"x")
    assert codes(tmp_path) == {"a.pdf": "K110", "LICENSE": "K110"}


def test_links_stay_inside(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.md").write_text("x")
    (tmp_path / "secret.md").write_text("x")
    (folder / "inside.md").symlink_to("a.md")
    (folder / "outside.md").symlink_to(tmp_path / "secret.md")
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.md").symlink_to(folder / "missing.md")
    found = {file.path: file for file in listed(folder, SUFFIXES)}
    assert {path: file.problem and file.problem.code for path, file in found.items()} == {
        "a.md": None,
        "inside.md": None,
        "outside.md": "K102",
        "up": "K102",
        "loop": "K111",
        "nowhere.md": None,
    }
    with pytest.raises(Refused, match="cannot be read: No such file"):
        content(found["nowhere.md"])


def test_a_folder_behind_a_link_is_read_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.md").write_text("x")
    (tmp_path / "knowledge").symlink_to(tmp_path / "real")
    assert codes(tmp_path / "knowledge") == {"a.md": None}


def test_a_name_that_cannot_be_printed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "two\nlines.md").write_text("x")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("x")
    assert codes(tmp_path) == {"caf?.md": "K112", "two\nlines.md": "K112"}


def test_only_ordinary_files_of_some_size_are_read(tmp_path: Path) -> None:
    (tmp_path / "large.md").write_bytes(b"x" * (LARGEST_BYTES + 1))
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "largest.md").write_bytes(b"x" * LARGEST_BYTES)
    found = {file.path: file for file in listed(tmp_path, SUFFIXES)}
    assert sorted(found) == ["large.md", "largest.md", "pipe.md"]
    assert len(content(found["largest.md"])) == LARGEST_BYTES
    for path, code in (("large.md", "K103"), ("pipe.md", "K101")):
        with pytest.raises(Refused) as refused:
            content(found[path])
        assert refused.value.code == code


def test_a_missing_folder_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No such file") as refused:
        listed(tmp_path / "nowhere", SUFFIXES)
    assert refused.value.code == "K100"

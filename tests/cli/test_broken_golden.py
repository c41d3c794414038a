"""What `segue check` says of workspaces that are broken in ways in which people break them, word for word.

Each folder of `broken/` is laid over the sound workspace of `whole/`, and what is printed is in `expected.txt`. After a
message was changed on purpose, `SEGUE_WRITE_EXPECTED=1` writes these files again.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run

HERE = Path(__file__).parent
BROKEN = sorted(path for path in (HERE / "broken").iterdir() if path.is_dir())
EXPECTED = "expected.txt"


@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.name)
def test_a_broken_workspace_is_told_where_and_why(run: Run, broken: Path, tmp_path: Path) -> None:
    root = shutil.copytree(HERE / "whole", tmp_path / "shop")
    shutil.copytree(broken, root, ignore=shutil.ignore_patterns(EXPECTED), dirs_exist_ok=True)
    ran = run("check", "--workspace", root)
    assert (ran.status, ran.err) == (1, "")
    if os.environ.get("SEGUE_WRITE_EXPECTED"):
        (broken / EXPECTED).write_text(ran.out, encoding="utf-8")
    assert ran.out == (broken / EXPECTED).read_text(encoding="utf-8")


def test_there_are_at_least_twenty() -> None:
    assert len(BROKEN) >= 20


def test_every_message_names_a_file_and_says_what_is_wrong() -> None:
    for broken in BROKEN:
        *findings, count = (broken / EXPECTED).read_text(encoding="utf-8").splitlines()
        assert findings
        assert "error" in count
        for finding in findings:
            assert re.match(r"[\w /.-]+:\d+:\d+ [A-Z]\d{3} .{20,}", finding), finding

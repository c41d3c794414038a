"""Killed anywhere and started again, the demo ends every ticket once, and the shop has done each thing once."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.end_to_end.conftest import Run
from tests.end_to_end.test_sample import DONE, EXPECTED, check, shop

KILLS = [(commit, before) for commit in (1, 2, 3, 4, 6) for before in (True, False)]
"""How many commits each process lives, and whether it dies before the last of them or after it."""


def test_killed_around_many_commits_every_ticket_ends_once(run: Run, company: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(company, tmp_path / "shop"))
    for number, (commit, before) in enumerate(KILLS, start=1):
        status = run("demo", str(folder), "--json", die_at=commit, before=before).ended()
        assert status == -signal.SIGKILL, f"life {number} ended by itself"
    last = run("demo", str(folder), "--json")
    assert last.ended() == 0
    printed = last.printed()
    check(printed["tickets"])
    assert printed["audit"]["ok"]
    assert printed["audit"]["runs"] == len(EXPECTED)
    assert sorted(shop(folder, "SELECT order_id, action FROM actions")) == sorted(DONE)
    assert told_twice(folder) == []


def told_twice(folder: Path) -> list[tuple[Any, ...]]:
    """Return what customers or people were told more than once."""
    with closing(sqlite3.connect(folder / ".segue" / "segue.db")) as database:
        return database.execute(
            "SELECT ticket, kind, text FROM helpdesk_posts GROUP BY ticket, kind, text HAVING count(*) > 1"
        ).fetchall()

"""Killed anywhere or damaged on disk, the index of meaning comes back by itself, and never answers wrongly."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.knowledge.library import Library
from tests.unit.knowledge.conftest import Shelf
from tests.unit.knowledge.toy import ToyEncoder


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    shelf.library.close()
    shelf.library = Library(shelf.database, shelf.index, ToyEncoder())
    shelf.write("delivery.md", "# Delivery\n\nYour package comes in two days.")
    shelf.write("tents.md", "# Tents\n\nA tent keeps you dry.")
    shelf.ingest()
    yield shelf
    shelf.library.close()


def reopened(shelf: Shelf) -> Library:
    shelf.library.close()
    shelf.library = Library(shelf.database, shelf.index, ToyEncoder())
    return shelf.library


def files(shelf: Shelf) -> list[Path]:
    return sorted(place for folder in shelf.index.glob("dense-*") for place in folder.iterdir() if place.name != "lock")


@pytest.mark.parametrize("damage", ["cut", "altered", "deleted"])
def test_a_damaged_matrix_is_made_again_at_once_from_kept_vectors(
    shelf: Shelf, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    expected = shelf.library.search("parcel")
    assert expected[0].document == "delivery.md"
    for place in files(shelf):
        data = place.read_bytes()
        match damage:
            case "cut":
                place.write_bytes(data[: len(data) // 2])
            case "altered":
                place.write_bytes(data[:-4] + bytes(byte ^ 0x5A for byte in data[-4:]))
            case _:
                place.unlink()
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="segue.knowledge"):
            found = reopened(shelf).search("parcel")
        if place.name == "current":  # nothing says that there was a matrix: the next ingest makes one
            shelf.ingest()
            found = shelf.library.search("parcel")
        else:
            assert "made again" in caplog.text
        assert found == expected, place.name


def test_damaged_kept_vectors_are_encoded_again(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    expected = shelf.library.search("parcel")
    (kept,) = shelf.index.glob("vectors/*/vectors")
    kept.write_bytes(bytes(len(kept.read_bytes())))
    for folder in shelf.index.glob("dense-*"):
        shutil.rmtree(folder)
    library = reopened(shelf)
    shelf.ingest()
    assert library.search("parcel") == expected
    assert "damaged" in caplog.text


WRITER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from segue.knowledge import dense
from segue.knowledge.ingest import ingest
from segue.knowledge.library import Library
from tests.unit.knowledge.toy import ToyEncoder

root, step = Path(sys.argv[1]), int(sys.argv[2])
steps = 0

def killing(function):
    def counted(*arguments, **named):
        global steps
        if steps == step:
            os.kill(os.getpid(), signal.SIGKILL)
        steps += 1
        return function(*arguments, **named)
    return counted

for owner, name in ((dense.np, "save"), (Path, "replace"), (Path, "unlink"), (os, "fsync")):
    setattr(owner, name, killing(getattr(owner, name)))
library = Library(root / ".segue" / "segue.db", root / ".segue" / "index", ToyEncoder())
ingest(root / "knowledge", library, now=datetime(2026, 3, 5, tzinfo=UTC))
print("done")
"""


def test_killed_at_any_write_the_next_ingest_completes_the_work(shelf: Shelf) -> None:
    kept = shutil.copytree(shelf.root, shelf.root.parent / "kept")
    shelf.library.close()
    for step in range(20):
        shutil.rmtree(shelf.root)
        shutil.copytree(kept, shelf.root)
        (shelf.folder / "tents.md").unlink()
        shelf.write("stoves.md", "# Stoves\n\nA stove burns gas.")
        command = [sys.executable, "-c", WRITER, str(shelf.root), str(step)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.returncode in (0, -9), ran.stderr
        library = Library(shelf.database, shelf.index, ToyEncoder())
        shelf.library = library
        assert "delivery.md" in shelf.found("parcel")
        shelf.ingest()
        assert shelf.found("parcel")[0] == "delivery.md"
        assert "stoves.md" in shelf.found("stove")
        assert "tents.md" not in shelf.found("tent")
        library.close()
        if ran.stdout == "done\n":
            break
    else:
        pytest.fail("the writer was killed at every step")


SEARCHER = """
import sys
from pathlib import Path
from segue.knowledge.library import Library
from tests.unit.knowledge.toy import ToyEncoder

root = Path(sys.argv[1])
library = Library(root / ".segue" / "segue.db", root / ".segue" / "index", ToyEncoder())
print("ready", flush=True)
while not (root / "stop").exists():
    found = [hit.document for hit in library.search("parcel package", limit=5)]
    assert "delivery.md" in found, found
print("whole")
"""


def test_another_process_searches_while_one_ingests(shelf: Shelf) -> None:
    searcher = subprocess.Popen(
        [sys.executable, "-c", SEARCHER, str(shelf.root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert searcher.stdout is not None
    assert searcher.stdout.readline() == "ready\n"
    for number in range(10):
        shelf.write(f"more{number}.md", f"# More\n\nA stove number {number} burns gas.")
        shelf.ingest()
    (shelf.root / "stop").write_text("")
    output, errors = searcher.communicate()
    assert output == "whole\n", errors

"""The sample company that comes with Segue, as a workspace of one's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from segue.errors import EnvironmentFault, UsageError
from segue.support import workspace
from segue.support.workspace import Workspace

MARK = Path(".segue/sample")
"""Says that a folder was made here, so that nothing else is ever written to or removed."""
GROWN = Path(".segue/year")
"""Says that the year of past tickets was written, whole."""


def copy(folder: Path) -> Workspace:
    """Write the sample's files where they are absent, and return the workspace; what is there is continued.

    Raises:
        UsageError: The folder holds something else; it is left alone.
        EnvironmentFault: It cannot be written.
    """
    try:
        if not _is_sample(folder):
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise UsageError(f"{folder}: not empty, and not the sample company; name another folder")
            (folder / MARK).parent.mkdir(parents=True, exist_ok=True)
            (folder / MARK).write_text("written by segue demo\n", encoding="utf-8")
        _fill(files("segue") / "sample", folder)
    except OSError as error:
        raise EnvironmentFault(f"{error.filename or folder}: {error.strerror or error}") from error
    return workspace.at(folder)


def grow(workspace: Workspace, tickets: int) -> bool:
    """Let the sample's generator write its year of past tickets, once; says whether it did so now.

    Args:
        workspace: The sample.
        tickets: About how many.

    Raises:
        EnvironmentFault: The generator failed.
    """
    mark = workspace.root / GROWN
    if mark.exists():
        return False
    year = workspace.root / "year.py"
    command = [sys.executable, str(year), "--tickets", str(tickets)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own file)
    if done.returncode:
        raise EnvironmentFault(f"{year}: {(done.stderr.strip() or 'it failed').splitlines()[-1]}")
    mark.write_text(f"{tickets}\n", encoding="utf-8")
    return True


def remove(folder: Path) -> None:
    """Delete a folder that `copy` made, with all that was recorded in it; one that is not there is fine.

    Raises:
        UsageError: It is something else; it is left alone.
        EnvironmentFault: It cannot be deleted.
    """
    if not folder.exists():
        return
    if not _is_sample(folder):
        raise UsageError(f"{folder}: not the sample company, so it is not deleted")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise EnvironmentFault(f"{error.filename or folder}: {error.strerror or error}") from error


def _is_sample(folder: Path) -> bool:
    return (folder / MARK).is_file()


def _fill(source: Traversable, target: Path) -> None:
    for entry in source.iterdir():
        wanted = target / entry.name
        if entry.name == "__pycache__":  # left by installers, which compile every .py file they see
            continue
        if entry.is_dir():
            wanted.mkdir(exist_ok=True)
            _fill(entry, wanted)
        elif not wanted.exists():
            unfinished = target / f".{entry.name}.{os.getpid()}"
            unfinished.write_bytes(entry.read_bytes())
            unfinished.replace(wanted)  # a file is there whole or not at all

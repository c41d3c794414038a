"""A workspace: the folder in which a company keeps its settings, knowledge, procedures, tools and tickets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from segue.errors import EnvironmentFault, UsageError
from segue.support.lines import Report, read_files
from segue.support.ticket import PastTicket, Ticket, parse_past_ticket, parse_ticket

SETTINGS = "segue.toml"


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Where the parts of one workspace are; any of them but the settings may be missing."""

    root: Path
    """Absolute; holds `segue.toml`."""

    @property
    def settings(self) -> Path:
        """The file that makes a folder a workspace."""
        return self.root / SETTINGS

    @property
    def knowledge(self) -> Path:
        """The articles."""
        return self.root / "knowledge"

    @property
    def procedures(self) -> Path:
        """The procedures, one YAML file a topic."""
        return self.root / "procedures"

    @property
    def tools(self) -> Path:
        """The company's tools, in Python."""
        return self.root / "tools.py"

    @property
    def records(self) -> Path:
        """Everything derived or recorded; nobody edits it by hand."""
        return self.root / ".segue"

    @property
    def index(self) -> Path:
        """The search index, derived from the database."""
        return self.records / "index"

    def name(self, path: Path) -> str:
        """Return what findings call a file: its path in the workspace, or as it is where it lies outside."""
        absolute = self.root / path
        inside = absolute.is_relative_to(self.root)
        return (absolute.relative_to(self.root) if inside else path).as_posix()

    def read_inbox(self, *, now: datetime, report: Report) -> Iterator[Ticket]:
        """Yield the new tickets, the files in the order of their names; bad lines are reported and left out.

        Args:
            now: Stands for a missing `created_at`.
            report: Is called with each finding as it is met.
        """
        return read_files(self._named("inbox"), parse_ticket, now=now, report=report)

    def read_history(self, *, now: datetime, report: Report) -> Iterator[PastTicket]:
        """Yield the past tickets, as `read_inbox` does."""
        return read_files(self._named("history"), parse_past_ticket, now=now, report=report)

    def ticket_files(self) -> list[tuple[Path, bool]]:
        """Return the files of new and of past tickets, and whether it is the latter that they hold."""
        return [(path, folder == "history") for folder in ("inbox", "history") for path, _ in self._named(folder)]

    def _named(self, folder: str) -> list[tuple[Path, str]]:
        found = (self.root / folder).glob("*.jsonl")
        return [(path, self.name(path)) for path in sorted(found) if not path.name.startswith(".")]


def at(folder: Path) -> Workspace:
    """Return the workspace that `folder` is.

    Raises:
        UsageError: It is none, or there is no such folder.
    """
    root = folder.resolve()
    if not root.is_dir():
        raise UsageError(f"{folder}: no such folder")
    if not _is_workspace(root):
        raise UsageError(f"{folder}: no workspace, it has no {SETTINGS}; `segue init DIR` writes a new one")
    return Workspace(root=root)


def find(start: Path) -> Workspace:
    """Return the workspace that holds `start`: the nearest folder upwards with a `segue.toml`.

    Raises:
        UsageError: There is none.
    """
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        if _is_workspace(candidate):
            return Workspace(root=candidate)
    raise UsageError(
        f"no {SETTINGS} in {start} or above: name the workspace with --workspace DIR, "
        "or write a new one with `segue init DIR`"
    )


def init(folder: Path) -> Workspace:
    """Write a small workspace that runs, a bookshop with one procedure, and return it.

    Args:
        folder: Empty, or not there yet.

    Raises:
        UsageError: It is a file or holds anything; nothing is touched then.
        EnvironmentFault: It cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder}: not an empty folder; nothing was written")
        folder.mkdir(parents=True, exist_ok=True)
        _copy(files("segue.support") / "starter", folder)
    except OSError as error:
        raise EnvironmentFault(f"{error.filename or folder}: {error.strerror or error}") from error
    return at(folder)


def _is_workspace(folder: Path) -> bool:
    try:
        return (folder / SETTINGS).is_file()
    except PermissionError:  # a folder that may not be entered is nobody's workspace
        return False


def _copy(source: Traversable, target: Path) -> None:
    for entry in source.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__":  # left by installers, which compile every .py file they see
                (target / entry.name).mkdir()
                _copy(entry, target / entry.name)
        else:
            (target / entry.name).write_bytes(entry.read_bytes())

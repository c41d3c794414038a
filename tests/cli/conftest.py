"""Runs commands as a person does: most in this process, which is quick, and some in one of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from segue.cli import main, output
from tests.conftest import made_once

TICKET = '{"id": "%s", "messages": [{"role": "customer", "text": "%s"}]}'
SLOW_TOOL = '''
"""A tool that takes as long as it is told to."""

import time
from pathlib import Path

from segue import Free, tool

HERE = Path(__file__).parent


@tool("slow.look", effect="read")
def look(word: Free[str]) -> str:
    """Look until somebody writes the file `go`."""
    with (HERE / "seen").open("a") as seen:
        seen.write(word)
    while not (HERE / "go").exists():
        time.sleep(0.02)
    return word
'''
SLOW_PROCEDURE = """
topic: question  # the one for which nothing has to be learned first
steps:
  - {id: seen, tool: slow.look, args: {word: "x"}}
  - {id: done, reply: "We have looked at ${seen}."}
"""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line on standard error."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in this process: `run("check", "--json")`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return here


def here(*args: object, stdin: str = "") -> Ran:
    """Run a command in this process, where it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["segue", *map(str, args)])
        patch.setattr(output, "common", output.Common())
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(stdin.encode())
            given.seek(0)
            with _standard_streams(given, out, err), pytest.raises(SystemExit) as ended:
                main()
            status = ended.value.code
            assert isinstance(status, int)
            return Ran(status=status, out=_read(out), err=_read(err))


@contextmanager
def _standard_streams(*files: IO[bytes]) -> Iterator[None]:
    """Let the process's streams be these files, for this process's threads and children too."""
    kept = [os.dup(number) for number in range(3)]
    streams = sys.stdin, sys.stdout, sys.stderr
    for number, file in enumerate(files):
        os.dup2(file.fileno(), number)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate(("r", "w", "w"))
    )
    try:
        yield
    finally:
        for opened in (sys.stdout, sys.stderr, output.common.data):
            if opened is not None:
                opened.close()
        sys.stdin, sys.stdout, sys.stderr = streams
        for number, fd in enumerate(kept):
            os.dup2(fd, number)
            os.close(fd)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@pytest.fixture(scope="session", autouse=True)
def _interrupts_arrive() -> Iterator[None]:
    """Processes heed SIGINT though a shell that started the tests in the background ignores it, and so would they."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def process(*args: object, cwd: Path | None = None, **more: Any) -> subprocess.Popen[str]:
    """Start a command in a process of its own."""
    streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | more.pop("env", {})
    command = [sys.executable, "-m", "segue", *map(str, args)]
    return subprocess.Popen(command, cwd=cwd, env=environment, text=True, encoding="utf-8", **(streams | more))


def ended(started: subprocess.Popen[str], given: str = "") -> Ran:
    """Wait for a process's end."""
    out, err = started.communicate(given, timeout=60)
    return Ran(status=started.returncode, out=out, err=err)


@pytest.fixture(scope="session")
def _starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "starter", _learned_starter)


def _learned_starter(folder: Path) -> None:
    from segue.support import workspace
    from segue.wiring import House

    assert House(workspace.init(folder)).experience.classifier is not None


@pytest.fixture
def shop(_starter: Path, tmp_path: Path) -> Path:
    """A workspace as `segue init` writes it; its topics are learned already, which would take each test a second."""
    return Path(shutil.copytree(_starter, tmp_path / "shop"))


@pytest.fixture
def slow_shop(shop: Path) -> Path:
    """A workspace whose one tool takes as long as a test lets it."""
    (shop / "tools.py").write_text(SLOW_TOOL)
    (shop / "procedures" / "order_status.yaml").write_text(SLOW_PROCEDURE)
    return shop


def tickets(file: Path, ids: Sequence[str], text: str) -> Path:
    """Write a file of tickets that all say the same."""
    file.write_text("".join(f"{TICKET % (name, text)}\n" for name in ids))
    return file


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """What `segue demo --json` prints, run once for all processes of tests; nothing may change its workspace."""
    folder = made_once(tmp_path_factory, "demo", _demo)
    return Ran(**json.loads((folder / "ran.json").read_text(encoding="utf-8")))


def _demo(folder: Path) -> None:
    ran = here("demo", folder / "company", "--json", "--tickets", "400")
    (folder / "ran.json").write_text(json.dumps(asdict(ran)), encoding="utf-8")


def until_there(holds: Callable[[], bool]) -> None:
    """Wait for another process, which tells nothing when it is there."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "what the test waits for did not come"
        time.sleep(0.02)

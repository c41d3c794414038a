"""What a machine and a workspace need to work, looked at one by one."""

from __future__ import annotations

import asyncio
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from segue import wiring
from segue.engine.embedded.lock import DriverLock
from segue.errors import AnswerTruncated, EngineBusy, ModelError, SegueError
from segue.models import encoder
from segue.models.model import Limits, Part, Request
from segue.models.routing import Routing
from segue.support import workspace as workspaces
from segue.support.workspace import Workspace

FREE_BYTES = 200_000_000
"""Below this a disk is as good as full."""
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at."""

    check: str
    ok: bool
    message: str
    hint: str = ""
    """What to do; empty where it is ok."""


def examine(folder: str) -> list[Diagnosis]:
    """Look at the machine and, where there is one, at the workspace.

    Args:
        folder: Of the workspace; empty for the nearest one upwards.
    """
    return [*_machine(), *_workspace(folder)]


def _machine() -> Iterator[Diagnosis]:
    yield Diagnosis(check="python", ok=sys.version_info >= (3, 11), message=platform.python_version())
    for package in _packages():
        try:
            yield Diagnosis(check=package, ok=True, message=version(package))
        except PackageNotFoundError:
            yield Diagnosis(check=package, ok=False, message="not installed", hint="install segue again with pip")
    missing = f"not installed, so words alone are compared: {encoder.INSTALL}"
    message = "installed" if encoder.is_installed() else missing
    yield Diagnosis(check="search by meaning", ok=True, message=message)


def _packages() -> list[str]:
    """Return the packages that Segue needs, as its own package says."""
    needed = (text for text in requires("segue") or () if "extra ==" not in text)
    return sorted((_NAME.match(text) or [""])[0] for text in needed)


def _workspace(folder: str) -> Iterator[Diagnosis]:
    try:
        found = workspaces.at(Path(folder)) if folder else workspaces.find(Path.cwd())
    except SegueError as error:
        yield Diagnosis(check="workspace", ok=False, message=str(error))
        return
    yield Diagnosis(check="workspace", ok=True, message=str(found.root))
    free = shutil.disk_usage(found.root).free
    yield Diagnosis(
        check="disk",
        ok=free >= FREE_BYTES,
        message=f"{free / 1e9:.1f} GB free",
        hint="" if free >= FREE_BYTES else "free some space",
    )
    errors = [finding for finding in wiring.check(found) if finding.severity == "error"]
    yield Diagnosis(
        check="files", ok=not errors, message=f"{len(errors)} errors", hint="`segue check` shows them" if errors else ""
    )
    yield from _parts(found)


def _parts(found: Workspace) -> Iterator[Diagnosis]:
    try:
        house = wiring.House(found)
    except SegueError:  # the settings: among the files' errors already
        return
    with closing(house):
        database = _tried("database", lambda: f"{house.database}: {house.helpdesk.count()} tickets")
        yield database
        if database.ok:
            yield _tried("driver", lambda: _driver(house.database))
            yield _tried("library", lambda: _library(house), "delete .segue/index and run `segue ingest`")
        yield from _servers(house)
        if house.models is not None:
            yield from asyncio.run(_models(house.models))


def _servers(house: wiring.House) -> Iterator[Diagnosis]:
    """Look at each server of tools that run elsewhere."""
    for name, tools, why in house.reached():
        hint = "see its section in segue.toml" if why else ""
        message = why or (f"{tools} tool" if tools == 1 else f"{tools} tools")
        yield Diagnosis(check=f"mcp {name}", ok=not why, message=message, hint=hint)


async def _models(routing: Routing) -> list[Diagnosis]:
    """Ask each model one tiny question, all at once."""
    async with routing:
        return list(await asyncio.gather(*(_model(routing, name) for name in routing.names)))


async def _model(routing: Routing, name: str) -> Diagnosis:
    asked = Part(text="Answer with the word well.", is_trusted=True)
    limits = Limits(output_tokens=64, seconds=60)
    try:
        answer = await routing.ask(Request(task="step", parts=(asked,), limits=limits), only=name)
    except AnswerTruncated as cut:  # it thinks aloud, but it is there
        spent = f"{cut.tokens} tokens, {_cost(cut.cost_usd)}"
        return Diagnosis(check=f"model {name}", ok=True, message=f"is there, and says more than it was asked; {spent}")
    except ModelError as error:
        return Diagnosis(check=f"model {name}", ok=False, message=str(error), hint=_HINTS.get(error.kind, ""))
    tokens = answer.input_tokens + answer.output_tokens
    took = f"answered in {answer.seconds:.1f} s as {answer.version}"
    return Diagnosis(check=f"model {name}", ok=True, message=f"{took}; {tokens} tokens, {_cost(answer.cost_usd)}")


_HINTS = {
    "connection": "start the server, or correct its url in [models.endpoints]",
    "key": "set the environment variable that holds its key",
    "unknown_model": "correct its name in [models]",
    "quota": "pay the provider, or name another model",
}
"""What to do about a model that does not answer, by the kind of its error."""


def _cost(usd: object) -> str:
    return "cost unknown" if usd is None else f"{Decimal(str(usd)):f} USD"


def _tried(check: str, look: Callable[[], str], hint: str = "") -> Diagnosis:
    try:
        return Diagnosis(check=check, ok=True, message=look())
    except SegueError as error:
        return Diagnosis(check=check, ok=False, message=str(error), hint=hint)


def _driver(database: Path) -> str:
    try:
        DriverLock(database).release()
    except EngineBusy:
        return "a process drives this workspace"
    return "nothing drives this workspace now"


def _library(house: wiring.House) -> str:
    documents, passages = house.library.documents.counts()
    if not documents:
        return "no article was read yet; `segue ingest` reads them"
    house.library.search("delivery", limit=1)
    return f"{documents} documents, {passages} passages"

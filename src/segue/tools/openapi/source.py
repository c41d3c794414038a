"""Where the bytes of a document come from: a file of the workspace, or a URL, fetched once and kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from segue.http import Client, HttpError, Limits
from segue.tools.openapi.document import MAX_BYTES, DocumentRefused, read
from segue.tools.openapi.service import Service

_LIMITS = Limits(total=timedelta(seconds=60), body_bytes=MAX_BYTES, idle=timedelta(0))


class SourceFault(Exception):
    """There is no document; the message says why, `hint` what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Source:
    """A document that was found."""

    data: bytes
    file: str
    """For findings: relative to the workspace where it lies inside."""
    warning: str = ""
    """Why it is an older one than was asked for."""


Fetch = Callable[[str, bool], bytes]
"""Gives what stands at a URL; takes whether private addresses are allowed. Raises `HttpError`."""


def find(
    service: Service, workspace: Path, *, reach: bool = True, again: bool = False, fetch: Fetch | None = None
) -> Source:
    """Return the document of a service.

    Args:
        service: Its `description` says where.
        workspace: The folder that paths are relative to, and in whose `.segue` fetched documents are kept.
        reach: Whether it may be fetched where it is not kept.
        again: Whether it is fetched though it is kept; where that fails the kept one is used, with a warning.
        fetch: Instead of the network.

    Raises:
        SourceFault: There is none.
    """
    if not service.is_elsewhere:
        return _local(service.description, workspace)
    kept = workspace / ".segue" / "openapi" / service.name
    if kept.is_file() and not (again and reach):
        return Source(_bytes(kept), _named(kept, workspace))
    if not reach:
        raise SourceFault("the description was not fetched yet", hint="`segue check` does")
    try:
        data = (fetch or _fetched)(service.description, service.allow_private)
        read(data)
    except (HttpError, DocumentRefused) as error:
        message = f"the description cannot be fetched: {error}"
        if kept.is_file():
            return Source(_bytes(kept), _named(kept, workspace), f"{message}; the one fetched before is used")
        raise SourceFault(message, hint="`segue check --refresh` tries again") from error
    _keep(kept, data)
    return Source(data, _named(kept, workspace))


def _local(path: str, workspace: Path) -> Source:
    file = (workspace / path).resolve()
    if not file.is_relative_to(workspace.resolve()):
        raise SourceFault(f"{path} is not in the workspace", hint="copy the description into it")
    return Source(_bytes(file), _named(file, workspace))


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise SourceFault(f"{file.name} cannot be read: {error.strerror or error}") from error


def _named(file: Path, workspace: Path) -> str:
    return file.resolve().relative_to(workspace.resolve()).as_posix()


def _keep(file: Path, data: bytes) -> None:
    """Write a document so that nobody ever sees half of it."""
    half = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(data)
        half.replace(file)
    except OSError as error:
        raise SourceFault(f"{file.name} cannot be kept: {error.strerror or error}") from error


def _fetched(url: str, allow_private: bool) -> bytes:
    async def fetch() -> bytes:
        async with Client(limits=_LIMITS, allow_private=allow_private) as client:
            headers = {"Accept": "application/json, application/yaml;q=0.9, */*;q=0.5"}
            return (await client.fetch(url, headers=headers)).body

    with ThreadPoolExecutor(1) as thread:  # an event loop may be running here, which cannot be waited in
        return thread.submit(asyncio.run, fetch()).result()

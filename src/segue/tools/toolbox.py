"""All tools of a workspace: its own, and those that are offered elsewhere, as they are now."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from segue.errors import Finding
from segue.tools.tool import Tool
from segue.tools.unfold import one_line

RULES: Final = {
    "C106": "The name of a tool that runs elsewhere stands for one tool.",
    "C107": "A procedure's tools are known, so that it can be verified.",
}
"""What is asked of all tools together, by the code of the finding."""
WARNINGS: Final = frozenset(("C107",))
AGAIN_S: Final = 30.0
"""Who could not be asked is asked again after so long."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What one source offers."""

    tools: tuple[Tool, ...] = ()
    gone: tuple[Tool, ...] = ()
    """Offered once and no more: runs under way may still name them, and calling one is a typed error."""
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()
    """What the names of tools begin with that nobody could be asked about."""


class Source(Protocol):
    """Somewhere else where tools are: MCP servers, HTTP services."""

    @property
    def version(self) -> int:
        """Grows whenever something else is offered than before."""

    def offer(self, *, reach: bool) -> Offer:
        """Return what is offered now, or last where nobody is to be reached. Never raises for what is elsewhere."""

    def refresh(self) -> None:
        """Ask again who could not be asked, without waiting for an answer."""

    def close(self) -> None:
        """Let go of what was opened."""


@dataclass(frozen=True, kw_only=True)
class Collection:
    """The tools of one moment."""

    tools: Mapping[str, Tool] = field(default_factory=dict)
    """What plans may name."""
    callable: Mapping[str, Tool] = field(default_factory=dict)
    """The same, and what runs under way may still name."""
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()

    def is_unknown(self, tool: str) -> bool:
        """Say whether nobody knows if there is a tool of this name."""
        return tool not in self.tools and any(tool == begun or tool.startswith(f"{begun}.") for begun in self.unknown)


class Toolbox:
    """The tools as they are now; used from several threads."""

    def __init__(
        self,
        own: Iterable[Tool],
        sources: Sequence[Source] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Reach nothing yet.

        Args:
            own: Of the company's own Python; their names are taken first.
            sources: The others, the first of which has an earlier right to a name.
            clock: Gives seconds.
        """
        self._own = {tool.name: tool for tool in own}
        self._sources = tuple(sources)
        self._guard = threading.Lock()
        self._clock = clock
        self._made: tuple[tuple[int, ...], Collection] | None = None
        self._until = 0.0

    def now(self) -> Collection:
        """Return the tools of this moment; the same object as long as nothing else is offered.

        The first time whoever offers some is asked, and waited for. After that nobody is waited for: who could not be
        asked is asked again beside, from time to time.
        """
        with self._guard:
            if self._made is None:
                self._made = (self._version(), self._collected(reach=True))
                self._until = self._clock() + AGAIN_S
        version, made = self._made
        if made.unknown and self._clock() > self._until:
            self._until = self._clock() + AGAIN_S
            for source in self._sources:
                source.refresh()
        if version != self._version():
            self._made = (self._version(), self._collected(reach=False))
        return self._made[1]

    def recalled(self) -> Collection:
        """Return the tools as they are known without asking anybody."""
        return self._made[1] if self._made is not None else self._collected(reach=False)

    def close(self) -> None:
        """Let go of everything elsewhere."""
        for source in self._sources:
            source.close()

    def _version(self) -> tuple[int, ...]:
        return tuple(source.version for source in self._sources)

    def _collected(self, *, reach: bool) -> Collection:
        tools, gone = dict(self._own), dict[str, Tool]()
        findings: list[Finding] = []
        unknown: list[str] = []
        for source in self._sources:
            offer = source.offer(reach=reach)
            findings += offer.findings
            unknown += offer.unknown
            gone |= {tool.name: tool for tool in offer.gone}
            for tool in offer.tools:
                first = tools.setdefault(tool.name, tool)
                if first is not tool:
                    findings.append(_clash(tool, first))
        return Collection(tools=tools, callable={**gone, **tools}, findings=tuple(findings), unknown=tuple(unknown))


def unverified(file: str, line: int, topic: str, tool: str) -> Finding:
    """Return the warning that a procedure cannot be verified, because nobody knows one of its tools."""
    message = f'procedure "{topic}" cannot be verified: nobody could be asked about tool "{one_line(tool, 100)}"'
    return Finding(file, line, 0, "C107", "warning", message, "its tickets go to a person until it can be")


def _clash(tool: Tool, first: Tool) -> Finding:
    message = f'tool "{one_line(tool.name, 100)}" is declared at {Path(first.file).name}:{first.line} already'
    return Finding(tool.file, tool.line, 0, "C106", "error", message, "give it another name, or its server a prefix")

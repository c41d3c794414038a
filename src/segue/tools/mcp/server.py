"""An MCP server as the company describes it, and how much it may send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from segue.tools.mcp.oauth import OAuth
from segue.tools.remote import Terms

MESSAGE_BYTES: Final = 4_000_000
"""One message; a server that sends a larger one is cut off."""
RESULT_CHARACTERS: Final = 1_000_000
"""The text of one result, or its record as JSON."""
MOST_TOOLS: Final = 500
"""Of one server."""
MOST_PAGES: Final = 100
"""Of one listing."""
UNASKED: Final = 5_000
"""Messages that answer nothing, within `UNASKED_S`; a server that sends more is cut off."""
UNASKED_S: Final = 10.0

Elicitation: TypeAlias = Literal["decline", "defaults"]


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server, by its name in `segue.toml`; it has a command or a URL."""

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The whole environment of the program."""
    folder: str = "."
    """Where the program is started."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with each request; they hold secrets."""
    oauth: OAuth | None = None
    """How people log in; `None` where nobody does."""
    missing: tuple[str, ...] = ()
    """Environment variables that it needs and that are not set."""
    allow_private: bool = False
    timeout: timedelta = timedelta(seconds=30)
    """For a connection, and for a call where its tool has none."""
    prefix: str = ""
    taken: tuple[str, ...] = ("*",)
    """Which of its tools; `*` stands for all."""
    terms: Mapping[str, Terms] = field(default_factory=dict)
    """By the server's own name of each tool."""
    elicitation: Elicitation = "decline"
    """What is answered where the server asks for more: nothing, or its own defaults."""
    line: int = 0
    """Where it is written in `segue.toml`."""

    @property
    def begins(self) -> str:
        """What the names of its tools begin with in plans."""
        return self.prefix or self.name

    def takes(self, tool: str) -> bool:
        """Say whether a tool of this name is taken."""
        return self.taken == ("*",) or tool in self.taken

    def terms_of(self, tool: str) -> Terms:
        """Return how far a tool goes."""
        return self.terms.get(tool) or Terms(line=self.line)

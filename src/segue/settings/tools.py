"""The sections of `segue.toml` that name tools which run elsewhere: MCP servers and HTTP services.

Whatever is not said has its safest meaning: a tool is `once`, not trusted, and a person approves each call.
"""

# ruff: noqa: RUF009 - a default is a call because `key` and its siblings declare fields

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from segue.settings.keys import key, sections, table
from segue.settings.remote import (
    APPROVAL,
    COMMAND,
    DOCUMENT,
    FACTS,
    HEADER,
    HEADERS,
    INTEGRITIES,
    RESULT,
    SCHEME,
    SERVER,
    SERVICE_URL,
    TOOL,
    TOOL_NAMES,
    VARIABLE,
    VARIABLES,
    IntegrityWord,
    TypeWord,
)
from segue.settings.values import BOOL, DURATION, WORD, Kind, choice, optional

EffectWord = Literal["read", "write", "once"]
EFFECTS: Kind[EffectWord] = choice(built=("once", "write", "read"))
ElicitationWord = Literal["decline", "defaults"]
ELICITATIONS: Kind[ElicitationWord] = choice(built=("decline", "defaults"))
ALL = ("*",)
"""Stands for every tool that there is."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a section as a whole."""

    key: str
    """Where it shows; empty for the section itself."""
    message: str
    hint: str = ""
    is_missing: bool = False
    """Whether a key is missing, rather than two contradicting each other."""


@dataclass(frozen=True, kw_only=True)
class RemoteTool:
    """One tool of a server, or one operation of a service, and how far it goes."""

    effect: EffectWord = key(
        "once",
        EFFECTS,
        "`read` changes nothing; `write` may be repeated; `once` must not, so what is not certain is in doubt.",
    )
    trusted: bool = key(
        False, BOOL, "Whether its results are the company's own records; otherwise they are text from outside."
    )
    approve: str = key(
        "true",
        APPROVAL,
        "Whether a person must say yes to a call: always, never, or where CEL over the arguments holds.",
    )
    integrity: Mapping[str, IntegrityWord] = table(
        INTEGRITIES, "What each parameter demands of its value; the others: `trusted` for `once`, else `free`."
    )
    requires: tuple[str, ...] = key((), FACTS, "Facts that must hold before a call.")
    provides: tuple[str, ...] = key((), FACTS, "Facts that hold after one. Only a trusted tool may provide any.")
    owner: str = key("", WORD, "The field of the result that must be the authenticated customer's id.")
    result: Mapping[str, TypeWord] = table(
        RESULT,
        "Types of fields of the result that the server does not describe, or not well; its text is then JSON.",
    )
    timeout: timedelta | None = key(
        None, optional(DURATION), "How long one call may take, if not as long as the server's."
    )
    name: str = key("", WORD, "What plans call it, if not the prefix, a dot and its own name.")
    line: int = 0
    """Where its section stands."""

    def faults(self) -> Iterator[Fault]:
        """Yield what contradicts itself."""
        if self.provides and not self.trusted:
            yield Fault("provides", "what an untrusted tool says proves no fact", "trusted = true, if it is yours")
        if self.owner and not self.trusted:
            yield Fault("owner", "an untrusted tool may name any owner it likes", "trusted = true, if it is yours")


@dataclass(frozen=True, kw_only=True)
class McpServer:
    """An MCP server whose tools a plan may use, started as a program or reached under a URL."""

    command: tuple[str, ...] = key((), COMMAND, "The program that is started, with its arguments.")
    url: str = key("", SERVICE_URL, "Where the server is reached (streamable HTTP), instead of `command`.")
    env: tuple[str, ...] = key((), VARIABLES, "Environment variables that the program sees; else it sees `PATH` alone.")
    headers: Mapping[str, str] = table(HEADERS, "Headers of each request, by the environment variable that holds each.")
    oauth: bool = key(False, BOOL, "Whether a person must log in, once, by `segue login NAME`.")
    oauth_id: str = key(
        "", VARIABLE, "The environment variable of the client's id, where it cannot register by itself."
    )
    oauth_secret: str = key("", VARIABLE, "The environment variable of its secret, where it has one.")
    oauth_document: str = key(
        "", SERVICE_URL, "A public document of yours that describes the client, instead of an id."
    )
    allow_private: bool = key(False, BOOL, "Whether `url` may lead to this machine or a private network, or be http.")
    timeout: timedelta = key(timedelta(seconds=30), DURATION, "How long one call may take, and a connection.")
    elicitation: ElicitationWord = key(
        "decline", ELICITATIONS, "What a server gets that asks for more during a call: nothing, or its own `defaults`."
    )
    prefix: str = key("", WORD, "What the names of its tools begin with in plans, before a dot; else its own name.")
    tools: tuple[str, ...] = key(ALL, TOOL_NAMES, "Which of its tools are taken.")
    tool: Mapping[str, RemoteTool] = sections(RemoteTool, TOOL, "How far one of its tools goes.")
    line: int = 0

    def faults(self) -> Iterator[Fault]:
        """Yield what is missing or contradicts itself."""
        if bool(self.command) == bool(self.url):
            both = bool(self.command)
            message = "it has a command and a url" if both else "it has neither a command nor a url"
            yield Fault("url" if both else "", message, "say one of them", is_missing=not both)
        if self.url and self.env:
            yield Fault("env", "a server under a url sees no environment", "use headers")
        if self.command and self.headers:
            yield Fault("headers", "a program is sent no headers", "use env")
        if self.oauth and self.command:
            yield Fault("oauth", "nobody logs in at a program", "use env")
        for word in ("oauth_id", "oauth_secret", "oauth_document"):
            if getattr(self, word) and not self.oauth:
                yield Fault(word, "nobody logs in", "oauth = true")
        yield from _plain(self.url, allow_private=self.allow_private)
        yield from _untaken(self.tools, self.tool)


@dataclass(frozen=True, kw_only=True)
class HttpService:
    """An HTTP service, described by OpenAPI, whose operations a plan may use."""

    description: str = key("", DOCUMENT, "Its OpenAPI document: a file of the workspace, or a URL.")
    url: str = key("", SERVICE_URL, "Where it is reached, if not where the document says.")
    auth: str = key("", VARIABLE, "The environment variable that holds its credentials.")
    scheme: str = key(
        "bearer",
        SCHEME,
        "How they are sent: `basic` is `name:password`, `header NAME` a header, `query NAME` a part of the URL.",
    )
    idempotency: str = key(
        "Idempotency-Key",
        HEADER,
        "The header in which a call that changes something sends its key, the same at each attempt; none if empty.",
    )
    allow_private: bool = key(False, BOOL, "Whether it may be on this machine or a private network, or speak http.")
    timeout: timedelta = key(timedelta(seconds=30), DURATION, "How long one call may take.")
    prefix: str = key(
        "", WORD, "What the names of its operations begin with in plans, before a dot; else its own name."
    )
    tools: tuple[str, ...] = key(ALL, TOOL_NAMES, "Which of its operations are taken, by `operationId`.")
    tool: Mapping[str, RemoteTool] = sections(RemoteTool, TOOL, "How far one of its operations goes.")
    line: int = 0

    def faults(self) -> Iterator[Fault]:
        """Yield what is missing or contradicts itself."""
        if not self.description:
            yield Fault("", "it has no description", 'description = "service.yaml"', is_missing=True)
        yield from _plain(self.url, allow_private=self.allow_private)
        yield from _untaken(self.tools, self.tool)


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Tools that run elsewhere; those of the company's own Python are in `tools.py`."""

    mcp: Mapping[str, McpServer] = sections(McpServer, SERVER, "MCP servers.")
    http: Mapping[str, HttpService] = sections(HttpService, SERVER, "HTTP services.")


def _plain(url: str, *, allow_private: bool) -> Iterator[Fault]:
    if url.startswith("http:") and not allow_private:
        yield Fault("url", "http is read by everyone on the way", "https, or allow_private = true on your own network")


def _untaken(taken: tuple[str, ...], named: Mapping[str, RemoteTool]) -> Iterator[Fault]:
    for name in named:
        if taken != ALL and name not in taken:
            yield Fault(f"tool.{name}", f'"{name}" is not among the tools that are taken', "add it to tools")

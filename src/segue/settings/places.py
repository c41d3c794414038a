"""Finds where each key of a TOML text stands, which the standard library's parser does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

KeyPath = tuple[str, ...]
Place = tuple[int, int]
"""Line and column, both from 1."""

_TOKEN = re.compile(
    r"""
      (?P<skipped> [ \t\r]+ | \#[^\n]* )
    | \"{3} (?: \\. | [^\\] )*? \"{3,5} | '{3} .*? '{3,5} | "(?: \\. | [^"\\] )*" | '[^']*'
    | [\n\[\]{}=.,]
    | [^\s\[\]{}=.,\#"']+
    """,
    re.VERBOSE | re.DOTALL,
)


def places(text: str) -> dict[KeyPath, Place]:
    """Return the place of every key and table of a TOML text that the parser has accepted.

    The place is where a key stands first: `[a.b]` is one for `a` and for `a.b`. Keys of tables inside an
    array count as keys of the array.
    """
    scan = _Scan(text)
    scan.document()
    return scan.found


class _Scan:
    """One pass over the tokens of a text; `_here` is the token to be read next, empty at the end."""

    def __init__(self, text: str) -> None:
        self.found: dict[KeyPath, Place] = {}
        self._tokens = _tokens(text)
        self._here, self._place = next(self._tokens)

    def document(self) -> None:
        table: KeyPath = ()
        while self._here:
            if self._here == "\n":
                self._next()
            elif self._here == "[":
                table = self._header()
            else:
                self._value(self._key(table, end="="))

    def _next(self) -> None:
        self._here, self._place = next(self._tokens)

    def _header(self) -> KeyPath:
        while self._here == "[":
            self._next()
        table = self._key((), end="]")
        while self._here == "]":
            self._next()
        return table

    def _key(self, path: KeyPath, *, end: str) -> KeyPath:
        while self._here not in {end, ""}:
            if self._here != ".":
                path = (*path, _unquoted(self._here))
                self.found.setdefault(path, self._place)
            self._next()
        self._next()
        return path

    def _value(self, path: KeyPath) -> None:
        opened = self._here
        if opened not in {"{", "["}:
            while self._here not in {",", "]", "}", "\n", ""}:
                self._next()
            return
        self._next()
        while self._here not in {"}", "]", ""}:
            if self._here in {",", "\n"}:
                self._next()
            else:
                self._value(self._key(path, end="=") if opened == "{" else path)
        self._next()


def _tokens(text: str) -> Iterator[tuple[str, Place]]:
    line, start = 1, 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if match["skipped"] is None:
            yield token, (line, match.start() - start + 1)
        if "\n" in token:
            line += token.count("\n")
            start = match.start() + token.rindex("\n") + 1
    while True:
        yield "", (line, 0)


def _unquoted(token: str) -> str:
    quoted = token.startswith(('"', "'"))
    return str(tomllib.loads(f"key = {token}")["key"]) if quoted else token

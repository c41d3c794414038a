"""The kinds of value that only the sections of remote tools have."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from segue.settings.values import Kind, Unfit, nearest, shown

IntegrityWord = Literal["trusted", "from_customer", "free"]
TypeWord = Literal["string", "integer", "number", "boolean", "money", "list", "any"]

_SERVER = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
_FACT = re.compile(r"[a-z][a-z0-9_]{0,99}", re.ASCII)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,99}", re.ASCII)
_SCHEME = re.compile(r"bearer|basic|header [A-Za-z][A-Za-z0-9-]{0,99}|query [!-~]{1,100}", re.ASCII)
_RESERVED = frozenset(("accept", "connection", "content-length", "content-type", "cookie", "host", "transfer-encoding"))
_MOST = 200


def _text_kind(expected: str, fits: Callable[[str], bool], *, hint: str = "") -> Kind[str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not fits(value):
            raise Unfit(f"expected {expected}, got {shown(value)}", hint=hint)
        return value

    return Kind(expected, read, _quoted)


def _quoted(value: object) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _listed(values: tuple[str, ...]) -> str:
    return f"[{', '.join(_quoted(value) for value in values)}]"


def _list_kind(expected: str, fits: Callable[[str], bool], *, hint: str = "") -> Kind[tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > _MOST:
            raise Unfit(f"expected {expected}, got {shown(value)}", hint=hint)
        for item in value:
            if not isinstance(item, str) or not fits(item):
                raise Unfit(f"expected {expected}, got {shown(item)} among them", hint=hint)
        return tuple(dict.fromkeys(value))

    return Kind(expected, read, _listed)


def _table_kind(expected: str, words: Callable[[str, Any], Any]) -> Kind[Mapping[str, Any]]:
    def read(value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict) or len(value) > _MOST:
            raise Unfit(f"expected {expected}, got {shown(value)}")
        return {name: words(name, item) for name, item in value.items()}

    return Kind(expected, read, lambda _: "{}")


def _one_of(words: tuple[str, ...]) -> Callable[[str, Any], Any]:
    def read(name: str, value: Any) -> Any:
        if value not in words:
            hint = nearest(value, [*words]) if isinstance(value, str) else ""
            raise Unfit(f"{shown(name)}: expected one of {', '.join(words)}, got {shown(value)}", hint=hint)
        return value

    return read


def _is_name(text: str) -> bool:
    return text.isprintable() and 0 < len(text.strip()) <= 128


def _is_service(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    is_plain = text.isprintable() and " " not in text and not parts.fragment and parts.username is None
    return is_plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_document(text: str) -> bool:
    return _is_service(text) if "://" in text else text.isprintable() and bool(text) and not text.endswith("/")


def _is_header(text: str) -> bool:
    return not text or (bool(_HEADER.fullmatch(text)) and text.lower() not in {*_RESERVED, "authorization"})


def _read_command(value: Any) -> tuple[str, ...]:
    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError as error:
        raise Unfit(f"expected {COMMAND.expected}, got {shown(value)}", hint=str(error).lower()) from error
    if not isinstance(words, list) or not 0 < len(words) <= _MOST or not all(_is_argument(word) for word in words):
        raise Unfit(f"expected {COMMAND.expected}, got {shown(value)}")
    return tuple(words)


def _is_argument(word: object) -> bool:
    return isinstance(word, str) and "\0" not in word


def _read_approval(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str) or not value.strip() or len(value) > 1_000:
        raise Unfit(f"expected {APPROVAL.expected}, got {shown(value)}")
    return value


def _header(name: str, value: Any) -> str:
    if not _HEADER.fullmatch(name) or name.lower() in _RESERVED or name.lower().startswith("mcp-"):
        raise Unfit(f"{shown(name)} is no header that may be set")
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        hint = "the value itself does not belong into a file: put it into the environment"
        raise Unfit(f"{name}: expected the name of an environment variable, got {shown(value)}", hint=hint)
    return value


SERVER = _text_kind("a name such as crm", lambda text: bool(_SERVER.fullmatch(text)))
TOOL = _text_kind("the name of a tool", _is_name)
TOOL_NAMES = _list_kind("a list of tools' names", _is_name)
VARIABLE = _text_kind("the name of an environment variable", lambda text: bool(_VARIABLE.fullmatch(text)))
VARIABLES = _list_kind("a list of environment variables' names", lambda text: bool(_VARIABLE.fullmatch(text)),
                       hint="their values stay in the environment")  # fmt: skip
FACTS = _list_kind("a list of facts such as identity_verified", lambda text: bool(_FACT.fullmatch(text)))
SERVICE_URL = _text_kind("an http or https URL without a name, a password or a fragment", _is_service)
DOCUMENT = _text_kind("the path of a file, or a URL", _is_document)
SCHEME = _text_kind('"bearer", "basic", "header NAME" or "query NAME"', lambda text: bool(_SCHEME.fullmatch(text)))
HEADER = _text_kind('the name of a header, or ""', _is_header)
COMMAND: Kind[tuple[str, ...]] = Kind("a program and its arguments, as a list or as one text", _read_command, _listed)
APPROVAL: Kind[str] = Kind(
    "true, false or a condition in CEL",
    _read_approval,
    lambda value: value if value in ("true", "false") else _quoted(value),
)
HEADERS: Kind[Mapping[str, str]] = _table_kind("a table of headers and environment variables", _header)
INTEGRITIES: Kind[Mapping[str, IntegrityWord]] = _table_kind(
    'a table of parameters and "trusted", "from_customer" or "free"', _one_of(("trusted", "from_customer", "free"))
)
RESULT: Kind[Mapping[str, TypeWord]] = _table_kind(
    'a table of fields and types such as "string" or "money"',
    _one_of(("string", "integer", "number", "boolean", "money", "list", "any")),
)

"""The request that a call of an operation is: values written where and how the description says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from segue.tools.openapi.operation import Argument, Operation
from segue.tools.openapi.wire import sent
from segue.tools.schema import JSON, Form, JsonValueError

_PRINTABLE = re.compile(r"([!-~]([ -~]*[!-~])?)?")
_COOKIE = re.compile(r"[!#-+\--:<-\[\]-~]*")
_IN_PATH = re.compile(r"\{([^{}]*)\}")
_BETWEEN = {"commas": ",", "spaces": "%20", "pipes": "%7C"}


class ArgumentRefused(ValueError):
    """A value cannot be sent as the description says.

    Attributes:
        argument: Its name.
    """

    def __init__(self, argument: str, reason: str) -> None:
        super().__init__(reason)
        self.argument = argument


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is sent, credentials aside."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)


def request(operation: Operation, base: str, values: Mapping[str, JSON], *, body_form: Form | None = None) -> Request:
    """Return the request for a call.

    Args:
        operation: What is asked for.
        base: URL of the service, which its paths are added to.
        values: Of the arguments that were given, each fitting its own schema.
        body_form: What the body as a whole must fit.

    Raises:
        ArgumentRefused: One cannot be sent; in particular, no value in the path can lead to another path.
    """
    given = [(each, _sent(each, values[each.name])) for each in operation.arguments if each.name in values]
    query = "&".join(pair for each, value in given if each.where == "query" for pair in _query(each, value))
    url = base.rstrip("/") + _path(operation.path, given)
    headers = {each.sent_as: _header(each, value) for each, value in given if each.where == "header"}
    if cookies := "; ".join(_cookie(each, value) for each, value in given if each.where == "cookie"):
        headers["Cookie"] = cookies
    body = _body(operation, [(each, value) for each, value in given if each.where == "body"], body_form)
    if body is not None and operation.body is not None:
        headers["Content-Type"] = operation.body.media_type
    headers["Accept"] = operation.accept
    return Request(method=operation.method, url=f"{url}?{query}" if query else url, headers=headers, body=body)


def _sent(argument: Argument, value: JSON) -> JSON:
    try:
        return sent(value, argument.schema)
    except JsonValueError as error:
        raise ArgumentRefused(argument.name, str(error)) from error


def _path(template: str, given: list[tuple[Argument, JSON]]) -> str:
    texts = {each.sent_as: _segment(each, value) for each, value in given if each.where == "path"}
    return _IN_PATH.sub(lambda name: texts.get(name[1], name[0]), template)


def _segment(argument: Argument, value: JSON) -> str:
    """Return a value as one segment of a path: whatever a server makes of `..` or `%2F`, it stays there."""
    texts = _texts(argument, value)
    for text in texts:
        if text in ("", ".", "..") or any(char in "/\\" or not char.isprintable() for char in text):
            raise ArgumentRefused(argument.name, "cannot be part of a path: it is empty, dots, or holds a slash")
        if "%" in text:  # a server that decodes twice would find there what was not written
            raise ArgumentRefused(argument.name, "cannot be part of a path: it holds a percent sign")
    return ",".join(quote(text, safe="") for text in texts)


def _query(argument: Argument, value: JSON) -> Iterator[str]:
    name = quote(argument.sent_as, safe="")
    if value is None:
        return
    match argument.style:
        case "json":
            yield f"{name}={quote(_json(value), safe='')}"
        case "brackets" if isinstance(value, Mapping):
            for field_, part in value.items():
                if part is not None:
                    yield f"{name}%5B{quote(field_, safe='')}%5D={quote(_text(argument, part), safe='')}"
        case "repeated":
            yield from (f"{name}={quote(text, safe='')}" for text in _texts(argument, value))
        case _:
            between = _BETWEEN.get(argument.style, ",")
            yield f"{name}={between.join(quote(text, safe='') for text in _texts(argument, value))}"


def _header(argument: Argument, value: JSON) -> str:
    text = ",".join(_texts(argument, value))
    if not _PRINTABLE.fullmatch(text):
        raise ArgumentRefused(argument.name, "cannot be a header: it is not printable ASCII")
    return text


def _cookie(argument: Argument, value: JSON) -> str:
    text = _text(argument, value)
    if not _COOKIE.fullmatch(text) or not _COOKIE.fullmatch(argument.sent_as):
        raise ArgumentRefused(argument.name, "cannot be a cookie: it holds other characters than those may")
    return f"{argument.sent_as}={text}"


def _body(operation: Operation, given: list[tuple[Argument, JSON]], form: Form | None) -> bytes | None:
    body = operation.body
    if body is None or (not given and not (body.is_required and body.is_record)):
        return None
    value = {each.sent_as: part for each, part in given} if body.is_record else given[0][1]
    try:
        return _json(value if form is None else form.read(value)).encode()
    except ValueError as error:
        raise ArgumentRefused("body", str(error)) from error


def _texts(argument: Argument, value: JSON) -> list[str]:
    return [_text(argument, part) for part in (value if isinstance(value, list) else [value])]


def _text(argument: Argument, value: JSON) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case float():
            return json.dumps(value)
        case _:
            raise ArgumentRefused(argument.name, "has no form as text")


def _json(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

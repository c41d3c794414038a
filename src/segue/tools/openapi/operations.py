"""What a document describes becomes operations, and what cannot be used of it faults; nothing is lost silently."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from segue.tools.openapi.document import Pointer
from segue.tools.openapi.operation import Argument, Body, Fault, Kind, Operation, Style, Where
from segue.tools.openapi.schemas import Components
from segue.tools.schema import JSON
from segue.tools.unfold import SchemaRefused, one_line

MOST_OPERATIONS: Final = 2_000
_METHODS = ("get", "head", "post", "put", "patch", "delete")
_UNCALLED = ("options", "trace")
_JSON = re.compile(r"application/(json|[\w.+-]+\+json)|\*/\*|application/\*", re.ASCII)
_TEXT = re.compile(r"text/[\w.+*-]+", re.ASCII)
_IN_PATH = re.compile(r"\{([^{}]*)\}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ODD = re.compile(r"[^A-Za-z0-9]+")
_HEADERS = frozenset(("accept", "content-type", "authorization"))
"""Parameters that the specification says to ignore."""
_PLUMBING = frozenset(("host", "connection", "content-length", "transfer-encoding", "cookie", "user-agent", "te",
                       "upgrade", "proxy-authorization", "accept-encoding", "keep-alive", "trailer"))  # fmt: skip

Withheld = frozenset[tuple[str, str]]
"""Where and under which name, in lower case, only we ourselves send something: credentials, idempotency keys."""


class _UnusableError(Exception):
    """An operation cannot be used; the message says why."""

    def __init__(self, message: str, *pointer: str, hint: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer
        self.hint = hint


def version(document: Mapping[str, JSON]) -> Fault | None:
    """Return what is wrong with the version of a document, if anything is."""
    stated = document.get("openapi")
    if isinstance(stated, str) and re.fullmatch(r"3\.[01](\.\d+)?(-\w+)?", stated):
        return None
    if "swagger" in document:
        hint = "convert it to 3.0: most generators of descriptions can"
        return Fault(code="H103", pointer=("swagger",), message="OpenAPI 2.0 (Swagger) is not read", hint=hint)
    said = one_line(stated, 20) if isinstance(stated, str) else ""
    message = f"OpenAPI {said} is not read, only 3.0 and 3.1" if said else "is no OpenAPI document: it has no version"
    return Fault(code="H103", pointer=("openapi",) if said else (), message=message, hint="openapi: 3.1.0")


@dataclass(frozen=True)
class Listing:
    """The operations that a document names, none of them read yet: of a thousand, a plan may use three."""

    _readings: tuple[_Reading, ...]
    _faults: tuple[Fault, ...]

    @property
    def ids(self) -> list[str]:
        """What `segue.toml` calls the operations, in the order of the document."""
        return list(dict.fromkeys(reading.id for reading in self._readings))

    def read(self, taken: Collection[str]) -> tuple[list[Operation], list[Fault]]:
        """Return the operations of these ids, and what of the document cannot be used.

        Never raises: whatever is malformed is a fault of the operation that it belongs to.
        """
        names: dict[str, str] = {}
        operations: list[Operation] = []
        faults = [*self._faults]
        for reading in self._readings:
            found = reading.operation() if reading.id in taken else None
            if isinstance(found, Fault):
                faults.append(found)
            elif found is not None and (first := names.get(found.name)) is not None:
                message = f'operation "{_shown(found.id)}" has the name of {first}'
                faults.append(Fault(code="H106", pointer=found.pointer, message=message, operation=found.id))
            elif found is not None:
                names[found.name] = f"{found.method} {one_line(found.path, 80)}"
                operations.append(found)
        return operations, faults


def listed(document: Mapping[str, JSON], *, withheld: Withheld = frozenset()) -> Listing:
    """Return what a document of a known version says there is."""
    paths = document.get("paths")
    if not isinstance(paths, Mapping):
        return Listing((), (Fault(code="H103", pointer=("paths",), message="it describes no paths"),))
    components = Components(document, is_3_0=str(document["openapi"]).startswith("3.0"))
    readings: list[_Reading] = []
    faults: list[Fault] = []
    for found in _listed(paths, components, bool(document.get("security")), withheld):
        if isinstance(found, Fault):
            faults.append(found)
        elif len(readings) < MOST_OPERATIONS:
            readings.append(found)
        else:
            message = f"it describes more than {MOST_OPERATIONS:,} operations; the others are left out"
            faults.append(Fault(code="H105", pointer=found.pointer, message=message))
            break
    return Listing(tuple(readings), tuple(faults))


def _listed(
    paths: Mapping[str, JSON], components: Components, needs_login: bool, withheld: Withheld
) -> Iterator[_Reading | Fault]:
    for path, item in paths.items():
        pointer: Pointer = ("paths", path)
        if path.startswith("x-"):
            continue
        try:
            item, place = components.follow(item, pointer)  # noqa: PLW2901 (what it stands for)
        except SchemaRefused as refused:
            yield Fault(code="H105", pointer=pointer, message=f"path {_shown(path)}: {refused}")
            continue
        if not isinstance(item, Mapping):
            yield Fault(code="H105", pointer=pointer, message=f"path {_shown(path)} is no table")
            continue
        for method in (*_METHODS, *_UNCALLED):
            if method in item:
                yield _Reading(path, method, item, (*place, method), components, withheld, needs_login)


class _Reading:
    """One operation on its way."""

    def __init__(
        self,
        path: str,
        method: str,
        item: Mapping[str, JSON],
        pointer: Pointer,
        components: Components,
        withheld: Withheld,
        needs_login: bool,
    ) -> None:
        self._path = path
        self._method = method
        self._item = item
        self.pointer = pointer
        self._components = components
        self._withheld = withheld
        self._needs_login = needs_login

    @property
    def id(self) -> str:
        """The operation's own, or one made of its method and path."""
        own = self._item[self._method]
        stated = own.get("operationId") if isinstance(own, Mapping) else None
        return stated if isinstance(stated, str) and stated.strip() else made_name(self._method, self._path)

    def operation(self) -> Operation | Fault:
        try:
            return self._read(self._item[self._method])
        except (_UnusableError, SchemaRefused) as error:
            inner = error.pointer if isinstance(error, _UnusableError) else ()
            hint = error.hint if isinstance(error, _UnusableError) else ""
            message = f'operation "{_shown(self.id)}" cannot be used: {error}'
            return Fault(code="H105", pointer=(*self.pointer, *inner), message=message, hint=hint, operation=self.id)

    def _read(self, own: JSON) -> Operation:
        if not isinstance(own, Mapping):
            raise _UnusableError("it is no table")
        if self._method in _UNCALLED:
            raise _UnusableError(f"{self._method.upper()} does nothing for anyone")
        if not self._path.startswith("/") or not self._path.isprintable():
            raise _UnusableError("its path does not begin with /")
        if "servers" in own or "servers" in self._item:
            raise _UnusableError("it has a server of its own", "servers", hint="name one server at the top")
        body = self._body(own.get("requestBody"))
        arguments = [*self._parameters(own), *_fields(body)]
        gives, result, accept = self._answer(own.get("responses"))
        words = own.get("summary") or own.get("description") or f"{self._method.upper()} {self._path}"
        return Operation(
            id=self.id,
            name=word(self.id, keep=".-"),
            method=self._method.upper(),
            path=self._path,
            description=one_line(words),
            pointer=self.pointer,
            arguments=_distinct(arguments),
            body=body,
            gives=gives,
            result=result,
            accept=accept,
            needs_login=bool(own["security"]) if "security" in own else self._needs_login,
        )

    def _parameters(self, own: Mapping[str, JSON]) -> Iterator[Argument]:
        found: dict[tuple[str, str], Argument] = {}
        for listed, outer in ((self._item.get("parameters"), True), (own.get("parameters"), False)):
            for number, part in enumerate(_list(listed, "parameters")):
                parameter, _ = self._components.follow(part, ())
                place = ("parameters", str(number)) if not outer else ()
                if not isinstance(parameter, Mapping):
                    raise _UnusableError("a parameter is no table", *place)
                argument = self._parameter(parameter, place)
                if argument is not None:
                    found[argument.where, argument.sent_as] = argument
        in_path = _IN_PATH.findall(self._path)
        declared = {name for where, name in found if where == "path"}
        if len(in_path) != len(set(in_path)) or set(in_path) != declared or "{" in _IN_PATH.sub("", self._path):
            raise _UnusableError(f"its path names {_these(in_path)}, its parameters {_these(sorted(declared))}")
        yield from found.values()

    def _parameter(self, parameter: Mapping[str, JSON], place: Pointer) -> Argument | None:
        name, where = parameter.get("name"), parameter.get("in")
        if not isinstance(name, str) or not name or not name.isprintable() or len(name) > 200:
            raise _UnusableError("a parameter has no name", *place)
        what = f'parameter "{_shown(name)}"'
        if where not in ("path", "query", "header", "cookie"):
            raise _UnusableError(f'{what} is in "{one_line(where, 30)}"', *place)
        if (where, name.lower()) in self._withheld or (where == "header" and name.lower() in _HEADERS):
            return None
        if where == "header" and (name.lower() in _PLUMBING or not _HEADER.fullmatch(name)):
            raise _UnusableError(f"{what} is no header, or one that only the connection sets", *place)
        try:
            schema, style = self._written(parameter, where, what, place)
        except SchemaRefused as refused:
            raise _UnusableError(f"{what}: {refused}", *place) from refused
        return Argument(
            name=word(name),
            sent_as=name,
            where=where,
            schema=schema,
            is_required=where == "path" or parameter.get("required") is True,
            style=style,
            description=one_line(parameter.get("description")),
        )

    def _written(
        self, parameter: Mapping[str, JSON], where: Where, what: str, place: Pointer
    ) -> tuple[Mapping[str, JSON], Style]:
        """Return the schema of a parameter and how its values are written."""
        content = parameter.get("content")
        if isinstance(content, Mapping):
            media = next((part for kind, part in content.items() if _JSON.fullmatch(_bare(kind))), None)
            if where != "query" or not isinstance(media, Mapping):
                raise _UnusableError(f"{what} is written as {_these([*content])}", *place)
            return self._components.alone(media.get("schema", {}), is_request=True), "json"
        schema = self._components.alone(parameter.get("schema", {}), is_request=True)
        usual = "form" if where in ("query", "cookie") else "simple"
        style = parameter.get("style", usual)
        explode = parameter.get("explode", style == "form")
        shape = _shape(schema)
        found = _STYLES.get((where, str(style), shape, explode is True))
        if found is None:
            how = f"style {one_line(style, 30)}" + (", exploded" if explode is True else "")
            raise _UnusableError(f"{what}: {_ARTICLES[shape]} in the {where}, {how}, is not written", *place)
        return schema, found

    def _body(self, stated: JSON) -> Body | None:
        if stated is None:
            return None
        stated, _ = self._components.follow(stated, ())
        content = stated.get("content") if isinstance(stated, Mapping) else None
        if not isinstance(stated, Mapping) or not isinstance(content, Mapping):
            raise _UnusableError("its body has no content", "requestBody")
        if self._method in ("get", "head"):
            if stated.get("required") is True:
                raise _UnusableError(f"a {self._method.upper()} has no body", "requestBody")
            return None
        for kind, media in content.items():
            if _JSON.fullmatch(_bare(kind)) and isinstance(media, Mapping):
                try:
                    schema = self._components.alone(media.get("schema", {}), is_request=True)
                except SchemaRefused as refused:
                    raise _UnusableError(f"its body: {refused}", "requestBody") from refused
                return Body(
                    media_type=_bare(kind) if "*" not in kind else "application/json",
                    schema=schema,
                    is_required=stated.get("required") is True,
                    is_record=bool(schema.get("properties")) and schema.get("type", "object") == "object",
                )
        if stated.get("required") is not True:
            return None
        raise _UnusableError(f"its body is sent as {_these([*content])}, not as JSON", "requestBody")

    def _answer(self, responses: JSON) -> tuple[Kind, Mapping[str, JSON], str]:
        """Return what a success holds: its kind, its schema, and the media types to ask for."""
        if not isinstance(responses, Mapping):
            raise _UnusableError("it has no responses", "responses")
        codes = [code for code in responses if re.fullmatch(r"2(\d\d|XX)", str(code))]
        found: list[tuple[Kind, Mapping[str, JSON], str]] = []
        for code in codes or [code for code in responses if code == "default"]:
            response, _ = self._components.follow(responses[code], ())
            content = response.get("content") if isinstance(response, Mapping) else None
            try:
                found.append(self._content(content))
            except (SchemaRefused, _UnusableError) as refused:
                raise _UnusableError(f"its answer {code}: {refused}", "responses", code) from refused
        if self._method == "head":
            return "nothing", {"type": "null"}, "*/*"
        told = [each for each in found if each[0] != "nothing"]
        if not told:
            return ("nothing", {"type": "null"}, "*/*") if found else ("json", {}, "application/json")
        kind, schema, accept = told[0]
        if any(each[0] != kind for each in told):
            kind, schema = "json", {}
        elif any(each[1] != schema for each in told):
            schema = {}
        elif len(told) < len(found) and schema:
            schema = {"anyOf": [schema, {"type": "null"}]}
        return kind, schema, accept

    def _content(self, content: JSON) -> tuple[Kind, Mapping[str, JSON], str]:
        if not isinstance(content, Mapping) or not content:
            return "nothing", {"type": "null"}, "*/*"
        for kind, media in content.items():
            if _JSON.fullmatch(_bare(kind)):
                schema = media.get("schema", {}) if isinstance(media, Mapping) else {}
                accept = _bare(kind) if "*" not in kind else "application/json"
                return "json", self._components.alone(schema, is_request=False), accept
        for kind in content:
            if _TEXT.fullmatch(_bare(kind)):
                return "text", {"type": "string"}, _bare(kind)
        raise _UnusableError(f"is {_these([*content])}, neither JSON nor text")


_STYLES: Final[Mapping[tuple[str, str, str, bool], Style]] = {
    **{(where, "simple", "value", explode): "plain" for where in ("path", "header") for explode in (True, False)},
    **{(where, "simple", "list", explode): "commas" for where in ("path", "header") for explode in (True, False)},
    **{(where, "form", "value", explode): "plain" for where in ("query", "cookie") for explode in (True, False)},
    ("query", "form", "list", True): "repeated",
    ("query", "form", "list", False): "commas",
    ("query", "spaceDelimited", "list", False): "spaces",
    ("query", "pipeDelimited", "list", False): "pipes",
    ("query", "deepObject", "record", True): "brackets",
    ("query", "deepObject", "record", False): "brackets",
}
"""By place, style, shape and whether it is exploded; everything else is not written."""
_ARTICLES = {"value": "a value", "list": "a list", "record": "a record", "other": "a value of many parts"}


def _shape(schema: Mapping[str, JSON]) -> str:
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if len(parts) == 1:
        return _shape(parts[0])
    kind = schema.get("type")
    if kind == "array":
        return "list" if _shape(schema.get("items", {})) == "value" else "other"
    if kind == "object" or "properties" in schema:
        inner = schema.get("properties", {}).values()
        return "record" if inner and all(_shape(part) == "value" for part in inner) else "other"
    return "value"


def _fields(body: Body | None) -> Iterator[Argument]:
    """Yield the arguments that a body is made of."""
    if body is None:
        return
    if not body.is_record:
        yield Argument(name="body", sent_as="", where="body", schema=body.schema, is_required=body.is_required)
        return
    required = body.schema.get("required", ()) if body.is_required else ()
    for name, schema in body.schema["properties"].items():
        yield Argument(name=word(name), sent_as=name, where="body", schema=schema, is_required=name in required)


def _distinct(arguments: list[Argument]) -> tuple[Argument, ...]:
    """Give arguments of one name different ones: the first keeps it, the others say where they go."""
    taken: dict[str, Argument] = {}
    for argument in sorted(arguments, key=lambda each: _ORDER.index(each.where)):
        name = argument.name if argument.name not in taken else f"{argument.name}_{argument.where}"
        if name in taken:
            raise _UnusableError(f'two of its arguments would be called "{name}"')
        taken[name] = replace(argument, name=name)
    return tuple(taken.values())


_ORDER: Final[tuple[Where, ...]] = ("path", "query", "header", "cookie", "body")


def made_name(method: str, path: str) -> str:
    """Return the name of an operation without one: `GET /orders/{order_id}` is `get_orders_order_id`."""
    return word(f"{method}_{path}")


def word(text: str, *, keep: str = "") -> str:
    """Return a text as a word: runs of other characters than letters and digits become one underscore.

    A leading underscore, or one that the text ends in, goes; a digit at the beginning gets one before it.
    """
    pieces = re.split(f"([{re.escape(keep)}])", text) if keep else [text]
    made = "".join(piece if piece in (*keep,) else _ODD.sub("_", piece) for piece in pieces).strip("_")
    return made if made[:1].isalpha() else f"_{made}"


def _bare(kind: Any) -> str:
    return str(kind).partition(";")[0].strip().lower()


def _list(value: JSON, name: str) -> list[JSON]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _UnusableError(f"its {name} are no list", name)
    return value


def _shown(text: str) -> str:
    return one_line(text, 80)


def _these(names: list[str]) -> str:
    return ", ".join(_shown(str(name)) for name in names[:5]) or "none"

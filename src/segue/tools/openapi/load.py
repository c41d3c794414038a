"""The operations of the services that `segue.toml` names become tools, and what is wrong with any becomes findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from segue.errors import DefinitionError, Finding, PermanentError
from segue.tools.openapi import operations
from segue.tools.openapi.credentials import credentials
from segue.tools.openapi.document import DocumentRefused, places, read
from segue.tools.openapi.location import location
from segue.tools.openapi.operation import Fault, Operation
from segue.tools.openapi.runner import Access, OperationRunner
from segue.tools.openapi.service import ALL, Service
from segue.tools.openapi.source import Fetch, Source, SourceFault, find
from segue.tools.openapi.wire import planned
from segue.tools.remote import Described, Terms, declared, named, remote_tool
from segue.tools.schema import JSON
from segue.tools.tool import Tool
from segue.tools.unfold import one_line

RULES: Final = {
    "H101": "The description of a service can be read, or fetched.",
    "H102": "A description is JSON or YAML, without aliases, of at most 10 MB and 100 levels.",
    "H103": "A description is OpenAPI 3.0 or 3.1 and describes paths.",
    "H104": "It is known where a service is reached, by https, and by whose word.",
    "H105": "What a description describes can be used.",
    "H106": "Each operation has a name of its own.",
    "H107": "The operations that `segue.toml` names are described.",
    "H108": "What `segue.toml` says of an operation fits its description.",
    "H109": "The credentials that a service asks for are there.",
    "H110": "Of many operations those that are used are named.",
}
"""What is asked of the descriptions of HTTP services, by the code of the finding."""

WARNINGS: Final = frozenset(("H109",))
"""Codes that are never errors. H101, H105 and H106 are warnings where the workspace can do without."""
MOST_TOOLS: Final = 300
"""Operations that are taken of one service without being named."""
MOST_FINDINGS: Final = 20
"""Of one code in one description; the rest is counted."""
_FILE = "segue.toml"


@dataclass(frozen=True)
class Loaded:
    """What came of one service."""

    tools: tuple[Tool, ...]
    findings: tuple[Finding, ...]
    is_known: bool
    """Whether it has a description that could be read."""


def load(
    service: Service,
    workspace: Path,
    *,
    environment: Mapping[str, str],
    key: Callable[[], str],
    reach: bool = True,
    again: bool = False,
    fetch: Fetch | None = None,
) -> Loaded:
    """Return the tools of a service and what is wrong with it; what can be used is used, whatever the rest is.

    Args:
        service: As `segue.toml` names it.
        workspace: Its folder.
        environment: Holds credentials.
        key: Gives the idempotency key of the call under way.
        reach: Whether a description that stands at a URL, and was not fetched yet, is fetched.
        again: Whether one that was is fetched again.
        fetch: Fetches it, instead of the network.
    """
    reading = _Reading(service, environment, key)
    try:
        source = find(service, workspace, reach=reach, again=again, fetch=fetch)
    except SourceFault as fault:
        severity = "warning" if service.is_elsewhere else "error"
        reading.note("H101", str(fault), hint=fault.hint, severity=severity)
        return Loaded((), tuple(reading.findings), is_known=False)
    if source.warning:
        reading.note("H101", source.warning, severity="warning")
    tools = reading.tools(source)
    return Loaded(tuple(tools), tuple(sorted(reading.findings)), is_known=reading.is_known)


class _Reading:
    """One service on its way to tools."""

    def __init__(self, service: Service, environment: Mapping[str, str], key: Callable[[], str]) -> None:
        self._service = service
        self._environment = environment
        self._key = key
        self.findings: list[Finding] = []
        self.is_known = False
        """There is a description that says what the operations are, and where."""

    def note(self, code: str, message: str, *, line: int = 0, hint: str = "", severity: str = "error") -> None:
        """Note a finding at the service's place in `segue.toml`."""
        text = f"service {self._service.name}: {message}"
        self.findings.append(Finding(_FILE, line or self._service.line, 0, code, severity, text, hint))

    def tools(self, source: Source) -> list[Tool]:
        try:
            document = read(source.data)
        except DocumentRefused as refused:
            why = one_line(str(refused))
            self.findings.append(Finding(source.file, refused.line, refused.column, "H102", "error", why))
            return []
        url = operations.version(document) or location(self._service, document)
        if isinstance(url, Fault):
            self._place(source, [url])
            return []
        self.is_known = True
        listing = operations.listed(document, withheld=self._service.withheld)
        found, faults = listing.read(self._taken(listing.ids))
        self._place(source, faults)
        self._look_for_credentials(found)
        access = Access(
            url=url,
            auth=lambda: credentials(self._service, self._environment),
            allow_private=self._service.allow_private,
            idempotency=self._service.idempotency,
            key=self._key,
        )
        return [tool for operation in found if (tool := self._tool(operation, access))]

    def _tool(self, operation: Operation, access: Access) -> Tool | None:
        service = self._service
        terms = service.terms.get(operation.id) or Terms()
        operation = _believed(operation, terms)
        described = _described(operation)
        try:
            name = named(service.prefix or service.name, described, terms)
            timeout = terms.timeout or service.timeout
            runner = OperationRunner(name, operation, access, effect=terms.effect, timeout=timeout)
            return remote_tool(name, described, terms, runner, timeout=service.timeout, line=service.line)
        except DefinitionError as error:
            self.note("H108", str(error), line=terms.line)
            return None

    def _taken(self, known: Sequence[str]) -> Collection[str]:
        """Return the ids of the operations that the company takes, of those that there are."""
        service, ids = self._service, set(known)
        for id_ in dict.fromkeys((*(() if service.tools == ALL else service.tools), *service.terms)):
            if id_ not in ids and known:
                line = service.terms[id_].line if id_ in service.terms else 0
                self.note("H107", f'no operation "{id_}" is described', line=line, hint=_nearest(id_, known))
        if service.tools == ALL and len(known) > MOST_TOOLS:
            message = f"it has {len(known):,} operations, so only those that segue.toml names are taken"
            self.note("H110", message, hint='tools = ["…"] names those that are used', severity="warning")
            return service.terms.keys()
        return ids if service.tools == ALL else service.tools

    def _look_for_credentials(self, taken: list[Operation]) -> None:
        if not self._service.auth:
            if any(operation.needs_login for operation in taken):
                hint = 'auth = "VARIABLE" names the environment variable that holds them'
                self.note("H109", "it asks for credentials, and none are named", hint=hint, severity="warning")
            return
        try:
            credentials(self._service, self._environment)
        except PermanentError as error:
            message = str(error).removeprefix(f"service {self._service.name}: ")
            self.note("H109", message, hint="its calls will fail", severity="warning")

    def _place(self, source: Source, faults: list[Fault]) -> None:
        """Note faults where they stand in the document; the many of one kind are counted."""
        shown, counts = [], dict[str, int]()
        for fault in faults:
            counts[fault.code] = counts.get(fault.code, 0) + 1
            if counts[fault.code] <= MOST_FINDINGS or fault.operation in self._named:
                shown.append(fault)
        where = places(
            source.data, {fault.pointer[:end] for fault in shown for end in range(1, len(fault.pointer) + 1)}
        )
        for fault in shown:
            line, column = next(_around(where, fault.pointer), (0, 0))
            severity = self._severity(fault)
            self.findings.append(
                Finding(source.file, line, column, fault.code, severity, one_line(fault.message), fault.hint)
            )
        for code, count in counts.items():
            if (more := count - sum(fault.code == code for fault in shown)) > 0:
                self.findings.append(Finding(source.file, 0, 0, code, "warning", f"and {more:,} more of this kind"))

    @property
    def _named(self) -> set[str]:
        service = self._service
        return {*service.terms, *(() if service.tools == ALL else service.tools)}

    def _severity(self, fault: Fault) -> str:
        """An operation that nobody named is no loss."""
        is_loss = fault.code in ("H103", "H104") or fault.operation in self._named
        return "error" if is_loss else "warning"


def _around(where: Mapping[tuple[str, ...], tuple[int, int]], pointer: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    return (where[pointer[:end]] for end in range(len(pointer), 0, -1) if pointer[:end] in where)


def _nearest(id_: str, known: Sequence[str]) -> str:
    close = get_close_matches(id_, known, n=1)
    return f'did you mean "{close[0]}"?' if close else ""


def _believed(operation: Operation, terms: Terms) -> Operation:
    """Return an operation with the types of fields that the company states; money may be sent as text or number."""
    if not terms.result:
        return operation
    said = declared(terms.result)
    money = {"type": "number", "format": "decimal"}
    fields = {name: money if word == "money" else said["properties"][name] for name, word in terms.result.items()}
    described = operation.result if operation.result.get("properties") else {}
    properties = {**described.get("properties", {}), **fields}
    required = [*dict.fromkeys((*described.get("required", ()), *(said["required"] if not described else ())))]
    return replace(operation, gives="json", result={"type": "object", "properties": properties, "required": required})


def _described(operation: Operation) -> Described:
    properties: dict[str, JSON] = {}
    for argument in operation.arguments:
        note = {"description": argument.description} if argument.description else {}
        properties[argument.name] = {**planned(argument.schema), **note}
    required = [argument.name for argument in operation.arguments if argument.is_required]
    return Described(
        name=operation.name,
        description=operation.description,
        accepts={"type": "object", "properties": properties, "required": required},
        gives=planned(operation.result),
    )

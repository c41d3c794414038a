"""The YAML block at the top of a Markdown or HTML file: what the author says about the document."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime

import yaml

from segue.errors import Finding
from segue.knowledge.document import Audience
from segue.knowledge.problems import Refused, finding

OPENING = re.compile(
    r"---[ \t]*\r?\n(?=(?:[ \t]*(?:\#[^\n]*)?\r?\n){0,50}[A-Za-z_\"'][^\n:]{0,80}:(?:\s|$)|---[ \t]*\r?$)", re.MULTILINE
)
"""Three hyphens and then a key; three hyphens and anything else are a rule across the page."""
CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
LONGEST = 16_384
NULLS = frozenset(("", "~", "null", "Null", "NULL"))


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What the block says; a file without one says nothing."""

    title: str | None = None
    language: str | None = None
    audience: Audience | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


KEYS = frozenset(field.name for field in fields(Statement))


def read(source: str, file: str) -> tuple[Statement, int, list[Finding]]:
    """Return what the block at the top of `source` says, where the text below it begins, and warnings.

    `title`, `language`, `audience` (`public` or `internal`), `valid_from` and `valid_to` count, other keys are the
    author's own. A date without a time means its beginning in UTC; `valid_to` is exclusive.

    Args:
        source: The whole text.
        file: Its name in findings.

    Raises:
        Refused: There is a block and it cannot be trusted: it may have said that the document is internal.
    """
    opening = OPENING.match(source)
    if opening is None:
        return Statement(), 0, []
    closing = CLOSING.search(source, opening.end(), opening.end() + LONGEST)
    if closing is None:
        raise Refused("K105", "the front matter has no end", line=1, column=1, hint="close it with a line `---`")
    block = _Block(source[opening.end() : closing.start()], file)
    statement = Statement(
        title=block.title(),
        language=block.language(),
        audience=block.audience(),
        valid_from=block.moment("valid_from"),
        valid_to=block.moment("valid_to"),
    )
    if statement.valid_from and statement.valid_to and statement.valid_to <= statement.valid_from:
        raise block.invalid("valid_to", "valid_to is not after valid_from")
    return statement, closing.end(), block.warnings


class _Block:
    """The keys that count and hold something, with their places."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.warnings: list[Finding] = []
        self.values: dict[str, yaml.ScalarNode] = {}
        for key, value in _pairs(text):
            name = key.value
            if name not in KEYS:
                continue
            if name in self.values:
                line, column = _place(key)
                raise Refused("K105", f"`{name}` stands twice in the front matter", line=line, column=column)
            if not isinstance(value, yaml.ScalarNode):
                line, column = _place(value)
                raise Refused("K106", f"{name} is not one plain value", line=line, column=column)
            if value.style or value.value not in NULLS:
                self.values[name] = value

    def invalid(self, name: str, message: str, *, hint: str = "") -> Refused:
        line, column = _place(self.values[name])
        return Refused("K106", message, line=line, column=column, hint=hint)

    def warn(self, code: str, name: str, message: str, hint: str) -> None:
        line, column = _place(self.values[name])
        self.warnings.append(finding(code, self.file, message, line=line, column=column, hint=hint))

    def title(self) -> str | None:
        title = " ".join(self.values["title"].value.split()) if "title" in self.values else ""
        return title or None

    def language(self) -> str | None:
        if "language" not in self.values:
            return None
        language: str = self.values["language"].value.strip().replace("_", "-")
        if LANGUAGE.fullmatch(language):
            return language
        self.warn("K107", "language", f"language `{language}` is no language tag and not used", "write `en` or `pt-BR`")
        return None

    def audience(self) -> Audience | None:
        if "audience" not in self.values:
            return None
        audience = self.values["audience"].value.strip()
        if audience == "public":
            return "public"
        if audience != "internal":
            message = f"audience `{audience}` is not known: read as `internal`, so that no customer sees it"
            self.warn("K108", "audience", message, "write `public` or `internal`")
        return "internal"

    def moment(self, name: str) -> datetime | None:
        if name not in self.values:
            return None
        text = self.values[name].value.strip()
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            hint = "write it as 2026-05-20 or 2026-05-20T09:00:00Z"
            raise self.invalid(name, f"{name} `{text}` is no date", hint=hint) from None


def _pairs(text: str) -> list[tuple[yaml.Node, yaml.Node]]:
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 2, mark.column + 1) if mark else (1, 1)
        message = f"the front matter is no YAML: {error.problem or error.context}"
        hint = "put a value that contains a colon between quotes"
        raise Refused("K105", message, line=line, column=column, hint=hint) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Refused("K105", f"the front matter is no YAML: {error}", line=1, column=1) from None
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        raise Refused("K105", "the front matter is not made of `key: value` lines", line=2, column=1)
    pairs: list[tuple[yaml.Node, yaml.Node]] = root.value
    return pairs


def _place(node: yaml.Node) -> tuple[int, int]:
    """Return line and column in the file, whose first line is the `---` above the block."""
    return node.start_mark.line + 2, node.start_mark.column + 1

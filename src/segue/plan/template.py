"""Texts with values and citations in them: `${expression}`, `$${` for a literal `${`, and `{{step}}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from segue.plan import expression
from segue.plan.expression import JSON, Compiled, Environment, EvaluationError
from segue.plan.language.types import STRING, Maybe, Scalar, Type, present, with_article
from segue.plan.rules import Problem


@dataclass(frozen=True, slots=True)
class Insert:
    """A `${…}`: the expression, and the offset of its first character."""

    source: str
    offset: int

    def __str__(self) -> str:
        return f"${{{self.source}}}"


@dataclass(frozen=True, slots=True)
class Cite:
    """A `{{…}}`: the step whose passages are cited, and the offset of its name."""

    step: str
    offset: int

    def __str__(self) -> str:
        return f"{{{{{self.step}}}}}"


Parts: TypeAlias = tuple[str | Insert | Cite, ...]

_MARK = re.compile(r"\$\$\{|\$\{|\{\{")
_INSERT = re.compile(r"""(?:[^{}'"]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")*\}""")
_ESCAPED = re.compile(r"\$\$\{([^{}]+)\}")
_CITE = re.compile(r"\s*([a-z][a-z0-9_]*)\s*\}\}")


@lru_cache(maxsize=4096)
def parse(text: str) -> Parts | Problem:
    """Return the parts of a text, literal ones as they will appear."""
    parts: list[str | Insert | Cite] = []
    literal, at = "", 0
    while mark := _MARK.search(text, at):
        literal += text[at : mark.start()]
        if mark.group() == "$${":
            literal, at = literal + "${", mark.end()
            continue
        if literal:
            parts.append(literal)
            literal = ""
        part, at = _insert(text, mark.end()) if mark.group() == "${" else _cite(text, mark.end())
        if isinstance(part, Problem):
            return part
        parts.append(part)
    literal += text[at:]
    return (*parts, literal) if literal else tuple(parts)


def render(parts: Parts) -> str:
    """Return the text that has these parts."""
    return "".join(part.replace("${", "$${") if isinstance(part, str) else str(part) for part in parts)


def escaped(text: str) -> Iterator[Insert]:
    """Yield each `$${…}`: a literal, though it may have been meant as a dollar sign before a value."""
    for match in _ESCAPED.finditer(text) if "$${" in text else ():
        yield Insert(match.group(1), match.start())


def _insert(text: str, start: int) -> tuple[Insert | Problem, int]:
    match = _INSERT.match(text, start)
    if match is None:
        return Problem("P214", start - 2, "this ${ is not closed", "a literal ${ is written $${"), start
    return Insert(match.group()[:-1], start), match.end()


def _cite(text: str, start: int) -> tuple[Cite | Problem, int]:
    match = _CITE.match(text, start)
    if match is None:
        message = "{{…}} holds the id of a search step to cite"
        return Problem("P214", start - 2, message, "a value is written ${…}"), start
    return Cite(match.group(1), match.start(1)), match.end()


@dataclass(frozen=True)
class Template:
    """A text ready to be filled in."""

    parts: tuple[str | Compiled | Cite, ...]

    @property
    def type(self) -> Type:
        """A text that is exactly one `${…}` keeps its type; any other is a string."""
        return self.parts[0].type if len(self.parts) == 1 and isinstance(self.parts[0], Compiled) else STRING

    @property
    def names(self) -> frozenset[str]:
        """`inputs`, `ticket` and the steps that its expressions use."""
        return frozenset().union(*(part.names for part in self.parts if isinstance(part, Compiled)))

    @property
    def citations(self) -> tuple[Cite, ...]:
        """The steps that it cites, in the order of the text."""
        return tuple(part for part in self.parts if isinstance(part, Cite))

    def value(self, values: Mapping[str, JSON]) -> JSON:
        """Return the value where the text is exactly one `${…}`, else the text with its values.

        Args:
            values: JSON by name; a skipped step is absent.

        Raises:
            EvaluationError: A value is missing, or cannot be written as text.
        """
        if len(self.parts) == 1 and isinstance(self.parts[0], Compiled):
            return self.parts[0].evaluate(values)
        return self.text(values)

    def text(self, values: Mapping[str, JSON], cite: Callable[[str], str] | None = None) -> str:
        """Return the text with its values, and with what `cite` gives for a step in place of its citations.

        Raises:
            EvaluationError: A value is missing, or cannot be written as text.
        """
        texts = []
        for part in self.parts:
            if isinstance(part, Compiled):
                texts.append(written(part.evaluate(values), part.source))
            elif isinstance(part, Cite):
                texts.append(cite(part.step) if cite else "")
            else:
                texts.append(part)
        return "".join(texts)


def compile(  # noqa: A001  # read as plan.template.compile
    text: str, environment: Environment, *, is_prose: bool = False
) -> Template | tuple[Problem, ...]:
    """Return a text ready to be filled in, or all that is wrong with it.

    Args:
        text: What the author wrote.
        environment: What its expressions may use.
        is_prose: Somebody reads it, so a text that is exactly one `${…}` must be writable too.
    """
    found = parse(text)
    if isinstance(found, Problem):
        return (found,)
    parts: list[str | Compiled | Cite] = []
    problems: list[Problem] = []
    for part in found:
        if not isinstance(part, Insert):
            parts.append(part)
            continue
        compiled = expression.compile(part.source, environment)
        if not isinstance(compiled, Compiled):
            problems += (replace(problem, offset=problem.offset + part.offset) for problem in compiled)
            continue
        parts.append(compiled)
        if (is_prose or len(found) > 1) and (problem := _unwritable(part, compiled.type, environment)):
            problems.append(problem)
    return tuple(problems) or Template(tuple(parts))


def _unwritable(part: Insert, type_: Type, environment: Environment) -> Problem | None:
    """Say why a value cannot stand in the middle of a text."""
    if not isinstance(present(type_), Scalar):
        return Problem(
            "P214", part.offset, f"{part.source} is {with_article(present(type_))} and cannot be written as text"
        )
    if isinstance(type_, Maybe) and environment.known is not None:
        hint = f"write ${{has({part.source}) ? {part.source} : '…'}}"
        return Problem("P209", part.offset, f"{part.source} may be missing", hint)
    return None


def written(value: JSON, source: str) -> str:
    """Return a value as a customer reads it; money keeps its digits.

    Raises:
        EvaluationError: It is null, a list or a record.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise EvaluationError(f"{source}: {'nothing' if value is None else 'a list or record'} cannot be written as text")

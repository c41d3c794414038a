"""What a tool of a server gave, as the JSON that a plan can use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from segue.tools.mcp.failure import ToolFailed
from segue.tools.mcp.server import RESULT_CHARACTERS
from segue.tools.remote import Terms, declared
from segue.tools.schema import JSON
from segue.tools.tool import ToolResultError
from segue.tools.unfold import one_line

if TYPE_CHECKING:
    from mcp.types import CallToolResult

TEXT: Final[Mapping[str, JSON]] = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "parts": {"type": "array", "items": {"type": "string"}}},
    "required": ["text", "parts"],
}
"""Schema of a result that nobody describes: its text, and the texts that it came in."""


def gives(output_schema: JSON, terms: Terms) -> JSON:
    """Return the schema that a tool's results are checked against."""
    if terms.result:
        return declared(terms.result)
    return TEXT if output_schema is None else output_schema


def decoded(tool: str, result: CallToolResult, *, is_described: bool, terms: Terms) -> JSON:
    """Return a result as JSON, not yet checked against its schema.

    Args:
        tool: What plans call it.
        result: As it came.
        is_described: Whether the server says what its results are.
        terms: What the company says.

    Raises:
        ToolFailed: The tool reports an error.
        ToolResultError: It gave something that no plan can use.
    """
    if result.is_error:
        said = " ".join(part for part in _texts(tool, result.content, strict=False))
        raise ToolFailed(f"tool {tool} reports an error: {one_line(said) or 'without a word'}")
    record = result.structured_content
    if record is not None and (is_described or terms.result):
        _measure(tool, json.dumps(record))
        return record
    parts = list(_texts(tool, result.content, strict=True))
    text = "\n".join(parts)
    _measure(tool, text)
    if terms.result:
        return _read(tool, text)
    if is_described:
        raise ToolResultError(tool, "it gave no structured content, which it declares")
    return {"text": text, "parts": parts}


def _texts(tool: str, content: Iterable[Any], *, strict: bool) -> Iterable[str]:
    for block in content:
        kind = str(getattr(block, "type", "content"))
        text = getattr(getattr(block, "resource", block), "text", None)
        if isinstance(text, str):
            yield text
        elif kind == "resource_link":
            yield str(block.uri)
        elif strict:
            what = "a file" if kind == "resource" else f"an {kind}" if kind[:1] in "aeiou" else f"a {kind}"
            raise ToolResultError(tool, f"it gave {one_line(what, 40)}, and a plan can only use text and records")


def _measure(tool: str, text: str) -> None:
    if len(text) > RESULT_CHARACTERS:
        raise ToolResultError(tool, f"it gave more than {RESULT_CHARACTERS:,} characters")


def _read(tool: str, text: str) -> JSON:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ToolResultError(tool, "its text is no JSON, which segue.toml says it is") from error

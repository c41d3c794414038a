"""Answers for a server that asks for more in the middle of a call, where the company has allowed its defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mcp.client import ClientRequestContext
    from mcp.types import ElicitRequestParams, ElicitResult


async def answer(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
    """Accept a form as the server has filled it in; decline one with a gap, and everything else."""
    from mcp.types import ElicitRequestFormParams, ElicitResult  # noqa: PLC0415 (slow to import)

    del context
    schema: dict[str, Any] = getattr(params, "requested_schema", None) or {}
    fields = schema.get("properties", {})
    given = {name: field["default"] for name, field in fields.items() if "default" in field}
    if not isinstance(params, ElicitRequestFormParams) or any(name not in given for name in schema.get("required", [])):
        return ElicitResult(action="decline")
    return ElicitResult(action="accept", content=given)

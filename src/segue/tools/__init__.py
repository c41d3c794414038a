"""What a plan may use: declared functions with types, effects and facts."""

from segue.tools.declare import tool
from segue.tools.integrity import Free, FromCustomer, Integrity, Trusted
from segue.tools.registry import Registry
from segue.tools.schema import JSON
from segue.tools.tool import Effect, Parameter, Tool, ToolArgumentError, ToolResultError

__all__ = [
    "JSON",
    "Effect",
    "Free",
    "FromCustomer",
    "Integrity",
    "Parameter",
    "Registry",
    "Tool",
    "ToolArgumentError",
    "ToolResultError",
    "Trusted",
    "tool",
]

"""What a plan may use: declared functions with types, effects and facts."""

from segue.tools.declare import tool
from segue.tools.integrity import Free, FromCustomer, Integrity, Trusted
from segue.tools.registry import Registry
from segue.tools.runner import Runner
from segue.tools.schema import JSON, Form
from segue.tools.tool import Effect, Parameter, Tool, ToolArgumentError, ToolResultError

__all__ = [
    "JSON",
    "Effect",
    "Form",
    "Free",
    "FromCustomer",
    "Integrity",
    "Parameter",
    "Registry",
    "Runner",
    "Tool",
    "ToolArgumentError",
    "ToolResultError",
    "Trusted",
    "tool",
]

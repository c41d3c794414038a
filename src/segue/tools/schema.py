"""Python types as JSON: one adapter per type, and schemas that keep decimals recognisable."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticSerializationError, core_schema

JSON: TypeAlias = Any
"""None, bool, int, float, str, list of JSON, or dict of str to JSON."""


class JsonTypeError(TypeError):
    """A type whose values cannot be read from JSON, or not be written as JSON."""


class JsonValueError(ValueError):
    """A value does not fit its declared type; the message says where and why."""


class Form(Protocol):
    """What a value is in JSON and for what runs the tool, and the way between the two."""

    def read(self, value: JSON) -> Any:
        """Return what the runner takes for a JSON value.

        Raises:
            JsonValueError: It does not fit.
        """

    def write(self, value: Any) -> JSON:
        """Return the JSON of what the runner gave, or of what is such JSON already.

        Raises:
            JsonValueError: It is something else.
        """


class _Schemas(GenerateJsonSchema):
    """Pydantic's JSON schemas, except where a plan must know more."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """Money must be told from text, so it has a format of its own."""
        return {"type": "string", "format": "decimal"}

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        """A written record holds every field, those with a default too: a plan may rely on them."""
        if self.mode == "serialization" and field["type"] != "typed-dict-field":
            return field.get("serialization_exclude_if") is None
        return super().field_is_required(field, total)


class JsonType:
    """A Python type with its way from and to JSON; a `Form`.

    Raises:
        JsonTypeError: The type has no JSON form.
    """

    def __init__(self, annotation: Any) -> None:
        try:
            self._adapter: TypeAdapter[Any] = TypeAdapter(annotation)
            self.accepts = self._adapter.json_schema(schema_generator=_Schemas, mode="validation")
            """Schema of what `read` takes."""
            self.gives = self._adapter.json_schema(schema_generator=_Schemas, mode="serialization", by_alias=False)
            """Schema of what `write` returns."""
        except (PydanticUserError, PydanticUndefinedAnnotation, TypeError) as error:
            raise JsonTypeError(str(error).splitlines()[0]) from error

    def read(self, value: JSON) -> Any:
        """Return the Python value of a JSON value.

        Raises:
            JsonValueError: It does not fit.
        """
        try:
            return self._adapter.validate_python(value)
        except ValidationError as error:
            raise JsonValueError(_explain(error)) from error

    def write(self, value: Any) -> JSON:
        """Return the JSON value of a Python value; decimals become text, digit for digit.

        Raises:
            JsonValueError: It is not of this type.
        """
        checked = self.read(value)
        try:
            return self._adapter.dump_python(checked, mode="json", warnings="error")
        except PydanticSerializationError as error:
            raise JsonValueError(str(error).splitlines()[0]) from error


def _explain(error: ValidationError) -> str:
    """Say in one line what is wrong, without repeating the value: it may be personal."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    parts = []
    for fault in faults[:3]:
        where = ".".join(str(part) for part in fault["loc"])
        message = fault["msg"][:1].lower() + fault["msg"][1:]
        parts.append(f"{where}: {message}" if where else message)
    return "; ".join(parts)

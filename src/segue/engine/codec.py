"""Values to JSON and back, by their annotated types: a journal stays readable without this program."""

from __future__ import annotations

import inspect
import json
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, NewType, cast, get_type_hints

from pydantic import ConfigDict, PlainSerializer, TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError, PydanticUndefinedAnnotation, PydanticUserError
from pydantic_core import CoreConfig, PydanticSerializationError, SchemaSerializer, core_schema

from segue.errors import CodecError, DefinitionError

COMPRESSED_FROM_BYTES = 16 * 1024
"""Payloads at least this long are compressed in the store; hashes are always of the plain bytes."""
LONGEST_NUMBER = 4300
"""Digits of an integer that Python reads."""
DIGEST_FROM_BYTES = 64 * 1024
"""Arguments at least this long are recorded by their SHA-256 instead of in full."""

_SCALARS = frozenset({str, int, float, bool, type(None), bytes})
_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="strings")


def _is_scalar(annotation: Any) -> bool:
    return isinstance(annotation, type) and annotation in _SCALARS


def _plain(value: Any) -> Any:
    """Return `value` if JSON gives back exactly the same, else refuse it."""
    try:
        survives = json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError, RecursionError):
        survives = False
    if not survives:
        raise CodecError(
            f"{type(value).__name__} {str(value)[:80]!r} would not come back from JSON as it is: "
            "annotate its type, so that it can be read back"
        )
    return value


PlainJson = Annotated[Any, PlainSerializer(_plain, return_type=Any)]
"""What an unannotated parameter or result may hold."""


class Codec:
    """One type as JSON bytes."""

    __slots__ = ("_scalar", "_validate", "to_json", "type")

    def __init__(self, annotation: Any) -> None:
        """Build the codec of a type.

        Raises:
            DefinitionError: Pydantic knows no JSON for this type.
        """
        if annotation in (inspect.Parameter.empty, Any, object):
            annotation = PlainJson
        self.type = annotation
        adapter = _adapter(annotation)
        self.to_json = adapter.serializer.to_json
        """Encodes what is known to be of this type; not to check that takes a fraction of the time."""
        self._validate = adapter.validator.validate_json
        self._scalar: type | None = annotation if _is_scalar(annotation) else None

    def encode(self, value: Any) -> bytes:
        """Return `value` as JSON.

        Raises:
            CodecError: It is not of the declared type, or has no JSON form.
        """
        try:
            return self.to_json(value, warnings="error")
        except (PydanticSerializationError, RecursionError) as error:
            raise _as_codec_error(error, value) from error

    def decode(self, data: bytes) -> Any:
        """Return the value that `data` holds.

        Raises:
            CodecError: `data` is not this type's JSON.
        """
        try:
            return self._validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "value"
            raise CodecError(f"recorded {data[:80]!r} is no {_name(self.type)}: {place}: {first['msg']}") from error

    def written(self, value: Any) -> tuple[bytes, Any]:
        """Return `value` as JSON, and as a replay will read that: an equal copy that nobody else holds.

        Raises:
            CodecError: It is not of the declared type, or would not come back as it.
        """
        if type(value) is self._scalar and value == value:  # noqa: PLR0124 (not a NaN)
            to_json = self.to_json
            try:
                data: bytes = to_json(value)
            except (PydanticSerializationError, RecursionError) as error:
                raise _as_codec_error(error, value) from error
            if len(data) <= LONGEST_NUMBER or self._scalar is not int:
                return data, value
        data = self.encode(value)
        return data, self.decode(data)


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    try:
        try:
            return TypeAdapter(annotation, config=_CONFIG)
        except PydanticUserError as error:
            if error.code != "type-adapter-config-unused":
                raise
            return TypeAdapter(
                cast("Any", NewType("Value", annotation)), config=_CONFIG
            )  # under a name of ours it is taken
    except PydanticUndefinedAnnotation:
        raise
    except (PydanticSchemaGenerationError, PydanticUserError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise DefinitionError(
            f"type {_name(annotation)} cannot be journaled as JSON: {reason}; use a dataclass, "
            "a pydantic model or plain types"
        ) from error


def _name(annotation: Any) -> str:
    return getattr(annotation, "__name__", None) or str(annotation)


def _as_codec_error(error: Exception, value: Any) -> CodecError:
    text = str(error)
    if "CodecError: " in text:  # raised by `_plain`; pydantic keeps only its text
        return CodecError(text.split("CodecError: ", 1)[1])
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    reason = lines[1] if len(lines) > 1 else lines[0]
    return CodecError(f"{type(value).__name__} cannot be journaled: {reason}")


class Signature:
    """The parameters and the result of a step or workflow: how a call of it is written down."""

    __slots__ = (
        "_arguments",
        "_defaults",
        "_fn",
        "_keywords",
        "_names",
        "_ready",
        "_scalars",
        "_signature",
        "_spread",
        "_types",
        "arity",
        "result",
        "what",
    )

    result: Codec

    def __init__(self, fn: Callable[..., Any], what: str) -> None:
        """Read the annotations of `fn`; those naming classes that do not exist yet are read at the first call.

        Args:
            fn: The function.
            what: How messages call it, e.g. `step "refund"`.

        Raises:
            DefinitionError: A type has no JSON form.
        """
        self.what = what
        self._fn = fn
        self._signature = inspect.signature(fn)
        kinds = inspect.Parameter
        parameters = list(self._signature.parameters.values())
        self._names = tuple(p.name for p in parameters)
        self._spread = any(p.kind in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD) for p in parameters)
        self._keywords = tuple(p.name for p in parameters if p.kind is kinds.KEYWORD_ONLY)
        self.arity = -1 if self._spread or self._keywords else len(parameters)
        """How many values a call has that gives each of them by position; -1 where that cannot be."""
        self._arguments: Codec | None = None
        self._scalars: tuple[type | None, ...] = ()
        """The parameters' types; `None`, which no value's type is, where it is no scalar."""
        self._ready = False
        self._resolve(eager=True)

    @property
    def arguments(self) -> Codec:
        """All parameters' values together, as a tuple; built when the first call needs it."""
        if self._arguments is None:
            if not self._ready:
                self._resolve(eager=False)
            self._arguments = codec_of(self._types)
        return self._arguments

    def _resolve(self, *, eager: bool) -> None:
        try:
            hints = _hints(self._fn)
            types = [self._type_of(parameter, hints) for parameter in self._signature.parameters.values()]
            self._types = tuple[tuple(types)] if types else tuple[()]  # type: ignore[misc]
            self._scalars = tuple(type_ if _is_scalar(type_) else None for type_ in types)
            self.result = self._codec("the result", hints.get("return", PlainJson))
        except (NameError, PydanticUndefinedAnnotation) as error:
            if eager:
                return  # a forward reference: known by the time of the first call
            raise DefinitionError(f"{self.what}: {error}") from error
        self._ready = True

    def _type_of(self, parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Any:
        annotation = self._codec(f"parameter {parameter.name!r}", hints.get(parameter.name, PlainJson)).type
        if parameter.kind is parameter.VAR_POSITIONAL:
            return list[annotation]  # type: ignore[valid-type]
        if parameter.kind is parameter.VAR_KEYWORD:
            return dict[str, annotation]  # type: ignore[valid-type]
        return annotation

    def _codec(self, part: str, annotation: Any) -> Codec:
        try:
            return codec_of(annotation)
        except DefinitionError as error:
            raise DefinitionError(f"{self.what}: {part}: {error}") from error

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return a call's values in the order of the parameters, defaults filled in.

        Raises:
            TypeError: The call does not fit the function.
        """
        if len(args) == self.arity and not kwargs:
            return args
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        if self._spread:
            return tuple(
                list(value) if isinstance(value, tuple) else value
                for value in (bound.arguments[name] for name in self._names)
            )
        return tuple(bound.arguments.values())

    def call(self, fn: Callable[..., Any], values: tuple[Any, ...]) -> Any:
        """Call `fn`, a function of these parameters, with values from `bind` or `decode`."""
        if self.arity >= 0:
            return fn(*values)
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        for parameter, value in zip(self._signature.parameters.values(), values, strict=True):
            if parameter.kind is parameter.VAR_POSITIONAL:
                positional.extend(value)
            elif parameter.kind is parameter.VAR_KEYWORD:
                keywords.update(value)
            elif parameter.kind is parameter.KEYWORD_ONLY:
                keywords[parameter.name] = value
            else:
                positional.append(value)
        return fn(*positional, **keywords)

    def encode(self, values: tuple[Any, ...]) -> bytes:
        """Return a call's values as a JSON array.

        Raises:
            CodecError: A value is not of its parameter's type.
        """
        return self.written(values)[0]

    def written(self, values: tuple[Any, ...]) -> tuple[bytes, bool]:
        """Return a call's values as a JSON array, and whether each is a scalar of just its parameter's type.

        In those there is nothing to check, and nothing that anybody could change.

        Raises:
            CodecError: A value is not of its parameter's type.
        """
        arguments, scalars, place = self._arguments or self.arguments, self._scalars, 0
        try:
            for value in values:
                if type(value) is not scalars[place]:
                    return arguments.encode(values), False
                place += 1
            to_json = arguments.to_json
            return to_json(values), True
        except (CodecError, PydanticSerializationError, RecursionError) as error:
            known = error if isinstance(error, CodecError) else _as_codec_error(error, values)
            raise CodecError(f"{self.what}: arguments: {known}") from error

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """Return the values that `encode` wrote."""
        values: tuple[Any, ...] = self.arguments.decode(data)
        return values

    def own(self, values: tuple[Any, ...], encoded: bytes) -> tuple[Any, ...]:
        """Return a call's values as copies that nobody else holds, so that changing them changes nothing else."""
        for value in values:
            if type(value) not in _SCALARS:
                return self.decode(encoded)
        return values

    def encode_result(self, value: Any) -> tuple[bytes, Any]:
        """Return what the function gave as JSON, and as a replay will read it.

        Raises:
            CodecError: It is not of the declared type, or would not come back as it.
        """
        if not self._ready:
            self._resolve(eager=False)
        try:
            return self.result.written(value)
        except CodecError as error:
            raise CodecError(f"{self.what}: result: {error}") from error


def _hints(fn: Callable[..., Any]) -> dict[str, Any]:
    """Annotations with their names resolved, also those of classes local to the function that decorates."""
    target = inspect.unwrap(fn)
    if not isinstance(getattr(target, "__annotations__", None), dict):
        target = type(target).__call__  # an object that can be called
    try:
        return get_type_hints(target, include_extras=True)
    except NameError:
        frame = inspect.currentframe()
        while frame is not None:
            if frame.f_globals.get("__name__") == getattr(target, "__module__", None):
                return get_type_hints(target, localns=dict(frame.f_locals), include_extras=True)
            frame = frame.f_back
        raise


def codec_of(annotation: Any) -> Codec:
    """Return the codec of a type, built once where the type can be looked up.

    Raises:
        DefinitionError: Pydantic knows no JSON for this type.
    """
    try:
        return _codec_of(annotation, repr(annotation))
    except TypeError:  # its metadata cannot be hashed
        return Codec(annotation)


@lru_cache(maxsize=1024)
def _codec_of(annotation: Any, written: str) -> Codec:
    """Build a codec; as they are written, for `A | B` and `B | A` are equal and not the same to Pydantic."""
    return Codec(annotation)


_INFERRED = SchemaSerializer(
    core_schema.any_schema(), CoreConfig(ser_json_bytes="base64", ser_json_inf_nan="strings")
)  # what an adapter of `Any` has, without loading what it takes to find a schema


def encode_any(value: Any) -> bytes:
    """Return a value of no declared type as JSON, e.g. a signal's; whoever waits for it says its type.

    Raises:
        CodecError: It has no JSON form.
    """
    try:
        return _INFERRED.to_json(value)
    except (PydanticSerializationError, RecursionError) as error:
        raise _as_codec_error(error, value) from error


def arguments_form(encoded: bytes) -> bytes:
    """Return how encoded arguments stand in an entry: in full, or by digest when they are long."""
    if len(encoded) < DIGEST_FROM_BYTES:
        return encoded
    return b'{"sha256":"%s","bytes":%d}' % (sha256(encoded).hexdigest().encode(), len(encoded))


def pack(payload: bytes) -> bytes:
    """Return a payload as it is stored."""
    return b"z" + zlib.compress(payload, 1) if len(payload) >= COMPRESSED_FROM_BYTES else payload


def unpack(stored: bytes) -> bytes:
    """Return the payload that `pack` stored.

    Raises:
        CodecError: It is damaged.
    """
    if not stored.startswith(b"z"):
        return stored
    try:
        return zlib.decompress(stored[1:])
    except zlib.error as error:
        raise CodecError(f"a compressed payload is damaged: {error}") from error

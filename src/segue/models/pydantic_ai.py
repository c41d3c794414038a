"""Models of every provider through pydantic-ai's model layer, which is imported when one is first asked.

One request is one HTTP call: the libraries' own retries are off, and both of their time limits are set. Whatever the
other side does becomes a `ModelError`; what it says goes into messages only where it is about the request as such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from segue.errors import BadAnswer, ModelError, ModelMisconfigured, ModelRefused, ModelUnavailable, PromptTooLong
from segue.models.model import Finish, Prompt, Reply
from segue.models.providers import ENDPOINT, Provider

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model as Backend
    from pydantic_ai.models import ModelRequestParameters

Build: TypeAlias = "Callable[[], Backend[Any]]"

LARGEST_BYTES = 20_000_000
"""Of a response; a larger one is broken off."""
LONGEST_REST_S = 3600.0
"""However long a server asks to be left alone."""
CONNECTIONS = 1000
"""Of a client; how many requests there are at a time is said elsewhere."""
_NAME = "answer"
"""What the schema is called, where it must have a name."""


class PydanticAIModel:
    """One model, for one event loop; the promise is `segue.models.model.Model`'s."""

    def __init__(self, name: str, backend: Backend[Any], *, key: str | None, client: Any = None) -> None:
        self._name = name
        self._backend = backend
        self._secret = key or ""
        self._client = client

    async def ask(self, prompt: Prompt, *, timeout_s: float) -> Reply:
        """Make one request."""
        from pydantic_ai.direct import model_request  # noqa: PLC0415 (takes seconds to import)

        parameters, settings = self._asked(prompt)
        settings |= {"timeout": timeout_s, "request_timeout": timeout_s, "max_retries": 0,
                     "max_tokens": prompt.output_tokens}  # fmt: skip
        with _mapped(self._name, self._secret):
            response = await model_request(
                self._backend, _messages(prompt), model_settings=settings, model_request_parameters=parameters
            )
            return self._reply(response)

    async def close(self) -> None:
        """Close its client."""
        async with self._backend:  # leaving it closes a client that is the library's own
            pass
        if self._client is not None:
            await self._client.aclose()

    def _asked(self, prompt: Prompt) -> tuple[ModelRequestParameters, Any]:
        """Return how the schema goes into the request, and other settings."""
        from pydantic_ai.models import ModelRequestParameters  # noqa: PLC0415 (see above)
        from pydantic_ai.output import OutputObjectDefinition  # noqa: PLC0415 (see above)
        from pydantic_ai.tools import ToolDefinition  # noqa: PLC0415 (see above)

        settings: dict[str, Any] = {"temperature": 0.0} if self._client is not None else {}
        if prompt.schema is None:
            return ModelRequestParameters(), settings
        schema = dict(prompt.schema)
        if prompt.way == "object":
            settings["extra_body"] = {"response_format": {"type": "json_object", "schema": schema}}
            return ModelRequestParameters(), settings
        if self._backend.profile.get("supports_json_schema_output", False):
            asked = OutputObjectDefinition(json_schema=schema, name=_NAME)
            return ModelRequestParameters(output_mode="native", output_object=asked), settings
        tool = ToolDefinition(name=_NAME, parameters_json_schema=schema, kind="output")
        return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False), settings

    def _reply(self, response: ModelResponse) -> Reply:
        from pydantic_ai.messages import TextPart, ToolCallPart  # noqa: PLC0415 (see above)

        calls = [part.args for part in response.parts if isinstance(part, ToolCallPart)]
        texts = [part.content for part in response.parts if isinstance(part, TextPart)]
        finishes: dict[str | None, Finish] = {"length": "length", "content_filter": "refused"}
        usage = response.usage
        return Reply(
            text=_whole(_written(calls[0]) if calls else "".join(texts)),
            finish=finishes.get(response.finish_reason, "stop"),
            provider=response.provider_name or self._name.partition(":")[0],
            version=response.model_name or self._name.partition(":")[2],
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cached_tokens=usage.cache_read_tokens,
        )


def endpoint(name: str, *, url: str, key: str | None) -> PydanticAIModel:
    """Return a model behind an OpenAI-compatible URL, such as llama.cpp's, vLLM's or Ollama's.

    Args:
        name: `endpoint:model`.
        url: Up to and with `/v1`.
        key: Sent as a bearer token; `None` where none is needed.

    Raises:
        ModelMisconfigured: The library is not installed.
    """
    where, _, model = name.partition(":")
    clients: list[Any] = []

    def build() -> Backend[Any]:
        from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415 (takes seconds to import)
        from pydantic_ai.profiles.openai import OpenAIModelProfile  # noqa: PLC0415 (see above)
        from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider  # noqa: PLC0415 (see above)

        from segue.http import Limits, guarded_client  # noqa: PLC0415 (it imports an HTTP library)

        # most servers read `max_tokens` only; and a schema is sent as it is, not made strict as OpenAI wants it
        profile = OpenAIModelProfile(
            openai_chat_supports_max_completion_tokens=False,
            supports_json_schema_output=True,
            json_schema_transformer=None,
        )
        limits = Limits(total=None, body_bytes=LARGEST_BYTES, connections=CONNECTIONS)
        clients.append(guarded_client(limits, allow_private=True))  # the company named it: it may well be this machine
        provider = OpenAICompatibleProvider(where, base_url=url, api_key=key, http_client=clients[0], profile=profile)
        return OpenAIChatModel(model, provider=provider)

    return PydanticAIModel(name, _built(name, ENDPOINT, build), key=key, client=clients[0])


def provided(name: str, provider: Provider, *, key: str | None) -> PydanticAIModel:
    """Return a model of a known provider.

    Args:
        name: `provider:model`.
        provider: What it needs.
        key: `None` where the provider's library finds one by itself.

    Raises:
        ModelMisconfigured: Its library is not installed, or it has no key.
    """
    where, _, model = name.partition(":")

    def build() -> Backend[Any]:
        from pydantic_ai.models import infer_model  # noqa: PLC0415 (takes seconds to import)
        from pydantic_ai.providers import infer_provider, infer_provider_class  # noqa: PLC0415 (see above)

        def make(kind: str) -> Any:
            kinds: Any = infer_provider_class(kind)
            return infer_provider(kind) if key is None else kinds(api_key=key)

        return infer_model(f"{provider.kind or where}:{model}", provider_factory=make)

    return PydanticAIModel(name, _built(name, provider, build), key=key)


def _built(name: str, provider: Provider, build: Build) -> Backend[Any]:
    if not provider.is_installed:
        missing = f"{name}: the package {provider.package} is not installed: {provider.install}"
        raise ModelMisconfigured(missing, kind="package", model=name)
    try:
        return build()
    except Exception as error:
        raise ModelMisconfigured(f"{name}: {_line(error, '')}", kind="settings", model=name) from error


def _messages(prompt: Prompt) -> list[ModelMessage]:
    from pydantic_ai.messages import (  # noqa: PLC0415 (takes seconds to import)
        ModelRequest,
        ModelResponse,
        SystemPromptPart,
        TextPart,
        UserPromptPart,
    )

    messages: list[ModelMessage] = []
    for turn in prompt.turns:
        if turn.role == "model":
            messages.append(ModelResponse(parts=[TextPart(turn.text)]))
        else:
            first = [SystemPromptPart(prompt.system)] if prompt.system and not messages else []
            messages.append(ModelRequest(parts=[*first, UserPromptPart(turn.text)]))
    return messages


@contextmanager
def _mapped(name: str, secret: str) -> Iterator[None]:
    """Make a `ModelError` of whatever a request raises."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        raise _error(name, error, secret) from error


def _error(name: str, error: Exception, secret: str) -> ModelError:
    for known in _known_errors():
        if isinstance(error, known.cause):
            told = ""
            if issubclass(known.error, ModelMisconfigured):
                told = f": {_line(error, secret)}"
            elif known.kind == "connection":
                told = f": {_line(_first_cause(error), secret)}"
            made = known.error(f"{name} {known.says}{told}", kind=known.kind, model=name)
            if isinstance(made, ModelUnavailable):
                made.after_s = min(max(getattr(error, "retry_after", None) or 0.0, 0.0), LONGEST_REST_S)
            return made
    return BadAnswer(f"{name} sent something that is no answer ({type(error).__name__})", kind="garbage", model=name)


class _Known(NamedTuple):
    """What an error of the library means."""

    cause: type[Exception]
    error: type[ModelError]
    kind: str
    says: str


@cache
def _known_errors() -> tuple[_Known, ...]:
    """Return what is known, the special before the general: some are of several classes."""
    from pydantic_ai import exceptions as known  # noqa: PLC0415 (takes seconds to import)

    return (
        _Known(known.ModelQuotaExceededError, ModelUnavailable, "quota", "is out of quota"),
        _Known(known.ModelRateLimitError, ModelUnavailable, "rate_limit", "has too many requests"),
        _Known(known.ModelUnavailableError, ModelUnavailable, "unavailable", "is not available"),
        _Known(known.ModelServerError, ModelUnavailable, "server", "has an error of its own"),
        _Known(known.ModelRequestTimeout, ModelUnavailable, "timeout", "took too long"),
        _Known(known.ModelTimeoutError, ModelUnavailable, "timeout", "took too long"),
        _Known(known.ModelConnectionError, ModelUnavailable, "connection", "cannot be reached, or broke off"),
        _Known(known.ModelContextWindowExceededError, PromptTooLong, "too_long", "cannot read so much"),
        _Known(known.ModelAuthenticationError, ModelMisconfigured, "key", "does not accept the key"),
        _Known(known.ModelNotFoundError, ModelMisconfigured, "unknown_model", "does not know the model"),
        _Known(known.ModelRequestRejectedError, ModelMisconfigured, "rejected", "refuses the request"),
        _Known(known.ContentFilterError, ModelRefused, "refused", "declined to answer"),
        _Known(known.ModelHTTPError, ModelMisconfigured, "rejected", "refuses the request"),
        _Known(known.UserError, ModelMisconfigured, "settings", "cannot be asked so"),
    )


def _first_cause(error: BaseException) -> BaseException:
    """Return what the system said; the libraries above it say that there was an error."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _written(arguments: str | Mapping[str, Any] | None) -> str:
    """Return the arguments of a call as they came: the library's own ways to read them hide what is broken."""
    return arguments if isinstance(arguments, str) else json.dumps(arguments or {})


def _whole(text: str) -> str:
    """Return a text that can be written as UTF-8: JSON lets halves of surrogate pairs through."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _line(error: BaseException, secret: str) -> str:
    """Return what the provider says, in one line of bounded length; some repeat the key that they do not accept."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else body
    said = inner.get("message") if isinstance(inner, dict) else None
    words = " ".join(str(said or error).split())
    words = words.replace(secret, "(the key)") if secret else words
    return words if len(words) <= 300 else f"{words[:297]}..."

"""Spans and metrics of model calls, by OpenTelemetry's conventions for generative AI and through its API alone.

Without an SDK that is set up nothing is made. Prompts and answers are in none of them.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ParamSpec

from segue.errors import ModelError
from segue.models.model import Prompt, Reply, Task

_PROVIDERS = ("OTEL_PYTHON_TRACER_PROVIDER", "OTEL_PYTHON_METER_PROVIDER")
_DURATIONS_S = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)
_KNOWN_AS = {"google": "gcp.gemini", "mistral": "mistral_ai", "bedrock": "aws.bedrock", "azure": "azure.ai.openai",
             "xai": "x_ai"}  # fmt: skip
"""Providers that the conventions call by another name."""

Seen = Callable[[Reply], object]
P = ParamSpec("P")
_log = logging.getLogger("segue.models")


@contextmanager
def call(name: str, server: str, task: Task, prompt: Prompt) -> Iterator[Seen]:
    """Make a span around one request; what is yielded is told of the reply.

    Args:
        name: `provider:model`.
        server: Host and port; may be empty.
        task: What it is asked for.
        prompt: Only its limits are told.
    """
    if "opentelemetry.trace" not in sys.modules and not any(variable in os.environ for variable in _PROVIDERS):
        yield lambda _: None
        return
    watched = _Watched()
    watched.begin(name, server, task, prompt)
    try:
        yield watched.seen
    except BaseException as error:
        watched.end(error)
        raise
    watched.end(None)


def _harmless(method: Callable[P, None]) -> Callable[P, None]:
    """Make a method that only logs its errors: what a company has plugged in must not keep models from answering."""

    @functools.wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(*args, **kwargs)
        except Exception:  # noqa: BLE001 (whatever a company has plugged in may raise)
            _log.exception("telemetry failed; models are asked all the same")

    return guarded


class _Watched:
    """One request while it is under way."""

    _span: Any = None

    @_harmless
    def begin(self, name: str, server: str, task: Task, prompt: Prompt) -> None:
        """Start the span, and make it the current one."""
        from opentelemetry import context, trace  # noqa: PLC0415 (only where it is used)

        provider, _, model = name.partition(":")
        self._about = _about(provider, model, server)
        asked = {"gen_ai.request.max_tokens": prompt.output_tokens, "segue.task": task,
                 "gen_ai.output.type": "text" if prompt.schema is None else "json"}  # fmt: skip
        tracer, self._seconds, self._tokens = _instruments()
        self._begun = time.monotonic()
        self._span = tracer.start_span(f"chat {model}", kind=trace.SpanKind.CLIENT, attributes=self._about | asked)
        self._error = trace.StatusCode.ERROR
        self._token = context.attach(trace.set_span_in_context(self._span))

    @_harmless
    def seen(self, reply: Reply) -> None:
        """Tell what came back."""
        if self._span is None:
            return
        self._span.set_attributes(_told(reply))
        if reply.input_tokens or reply.output_tokens:
            self._tokens.record(reply.input_tokens, self._about | {"gen_ai.token.type": "input"})
            self._tokens.record(reply.output_tokens, self._about | {"gen_ai.token.type": "output"})

    @_harmless
    def end(self, error: BaseException | None) -> None:
        """End the span, and the time."""
        if self._span is None:
            return
        from opentelemetry import context  # noqa: PLC0415 (see above)

        context.detach(self._token)
        failed = {}
        if error is not None:
            failed = {"error.type": error.kind if isinstance(error, ModelError) else type(error).__qualname__}
            self._span.set_attributes(failed)
            self._span.set_status(self._error)
        self._span.end()
        self._seconds.record(time.monotonic() - self._begun, self._about | failed)


def _about(provider: str, model: str, server: str) -> dict[str, str | int]:
    host, _, port = server.rpartition(":") if server.rpartition(":")[2].isdigit() else (server, "", "")
    about: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": _KNOWN_AS.get(provider, provider),
        "gen_ai.request.model": model,
    }
    if host:
        about["server.address"] = host
    if port:
        about["server.port"] = int(port)
    return about


def _told(reply: Reply) -> dict[str, Any]:
    return {
        "gen_ai.response.model": reply.version,
        "gen_ai.response.finish_reasons": ("content_filter" if reply.finish == "refused" else reply.finish,),
        "gen_ai.usage.input_tokens": reply.input_tokens,
        "gen_ai.usage.output_tokens": reply.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": reply.cached_tokens,
    }


@cache
def _instruments() -> tuple[Any, Any, Any]:
    """Return the tracer and the two histograms; the API's own stand-ins follow an SDK that is set up later."""
    from opentelemetry import metrics, trace  # noqa: PLC0415 (only where it is used)

    meter = metrics.get_meter("segue")
    seconds = meter.create_histogram(
        "gen_ai.client.operation.duration", unit="s", explicit_bucket_boundaries_advisory=_DURATIONS_S,
        description="From a request to a model to its reply",
    )  # fmt: skip
    tokens = meter.create_histogram(
        "gen_ai.client.token.usage", unit="{token}", explicit_bucket_boundaries_advisory=_TOKENS,
        description="Tokens of a request to a model",
    )  # fmt: skip
    return trace.get_tracer("segue"), seconds, tokens

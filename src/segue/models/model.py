"""What language models are asked and what they answer: the port behind which every provider stands.

A caller makes a `Request` and gets an `Answer`, plain values that a journaled step can hold. Between them `routing`
makes a `Prompt` of the request and gives it to one `Model` after the other, each of which tries once and gives a
`Reply` or raises a `segue.errors.ModelError`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, Protocol

from segue.redaction import NOBODY, Personal

_WORD = re.compile(r"[a-z][a-z_]{0,29}")

Task = Literal["interpret", "plan", "choose", "compose", "judge", "step"]
"""What an answer is for; each has its own list of models."""
JsonWay = Literal["schema", "object"]
"""How a server is asked for JSON: `response_format` `json_schema`, or llama.cpp's `json_object` with a `schema`."""
Finish = Literal["stop", "length", "refused"]
"""Why a model stopped: done, at the limit of tokens, or it declined to answer."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One piece of a prompt."""

    text: str
    is_trusted: bool = False
    """An instruction of ours or of the company's; anything else is data, which is fenced and obeyed by nobody."""
    is_public: bool = False
    """Data that say nothing of the customer, such as an article. Only what proves itself is hidden in them, not the
    customer's name: customers choose their names, and one who is called Not would take that word out of an article."""
    label: str = "data"
    """What the data are, in a word for the model: `ticket`, `article`."""

    def __post_init__(self) -> None:
        """Refuse a label that is more than a word: it stands outside of the fence.

        Raises:
            ValueError: It is.
        """
        if not _WORD.fullmatch(self.label):
            raise ValueError(f"label is {self.label[:40]!r}: a word of ours, never somebody's text")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one call may use up, all its attempts together; `None` is without limit."""

    output_tokens: int = 1024
    """Of one answer; longer ones are cut off, which is `AnswerTruncated`."""
    seconds: float = 60.0
    """From the call to its answer, waits and retries included."""
    usd: Decimal | None = None
    tokens: int | None = None
    """Read and written."""

    def after(self, *answers: Answer) -> Limits:
        """Return what is left when a run has got these answers already; an answer of unknown cost counts as free."""
        usd, tokens = self.usd, self.tokens
        for answer in answers:
            usd = None if usd is None else max(usd - (answer.cost_usd or Decimal(0)), Decimal(0))
            tokens = None if tokens is None else max(tokens - answer.input_tokens - answer.output_tokens, 0)
        return replace(self, usd=usd, tokens=tokens)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A question to whichever model is configured for the task."""

    task: Task
    system: str = ""
    """What the model is to do, in our own words: never a customer's text, an article or a tool's result."""
    parts: tuple[Part, ...]
    """In the order in which they are shown."""
    schema: Mapping[str, Any] | None = None
    """JSON Schema (2020-12) of the answer; without one it is text."""
    limits: Limits = Limits()
    personal: Personal = NOBODY


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A try that gave no answer that could be used."""

    model: str
    """`provider:model`, as the settings name it."""
    kind: str
    """`segue.errors.ModelError.kind`."""
    message: str
    """For people. A provider's own words are in it where it refuses the request; what was asked and answered is not."""
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a model answered, and what it took."""

    text: str
    """As it came, personal data put back; of a structured answer its JSON."""
    value: Any = None
    """The JSON value that fits the request's schema; `None` where none was asked for."""
    model: str
    """`provider:model`, as the settings name it."""
    provider: str
    version: str
    """The model as the provider names it, often with a date."""
    prompt_digest: str
    """SHA-256 in hex of what was sent first: system text, parts as they left the machine, schema."""
    input_tokens: int = 0
    """Of all attempts that were answered, cached ones included."""
    output_tokens: int = 0
    cached_tokens: int = 0
    """Those of `input_tokens` that the provider had read before."""
    cost_usd: Decimal | None = None
    """Of all attempts; `None`: a price is not known. A run's budget counts it."""
    seconds: float = 0.0
    """From the call to its answer."""
    attempts: tuple[Attempt, ...] = ()
    """The tries that failed before, in order."""
    invented: tuple[str, ...] = ()
    """Placeholders of personal data in the answer that stand for nothing that was sent: they stay as they are."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One message of a conversation with a model."""

    role: Literal["user", "model"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What one model is sent, once."""

    system: str
    turns: tuple[Turn, ...]
    """The last one is the user's."""
    schema: Mapping[str, Any] | None = None
    output_tokens: int = 1024
    way: JsonWay = "schema"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What one model sent back, once, unchecked."""

    text: str
    finish: Finish = "stop"
    provider: str
    version: str
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """0 everywhere: the server did not count."""


class Model(Protocol):
    """One model of one provider.

    Promise, kept by every implementation and tested by `tests/contract/test_model.py`: `ask` makes one request, does
    not retry, is over in time, and either returns what came back or raises a `ModelError` of the right class, whatever
    the other side does. It may be used by many tasks of one event loop at once, until it is closed.
    """

    async def ask(self, prompt: Prompt, *, timeout_s: float) -> Reply:
        """Return the model's reply.

        Args:
            prompt: What to send.
            timeout_s: For the request as a whole, and for each wait for the next byte.

        Raises:
            ModelUnavailable: Busy, down, unreachable, too slow, or out of quota.
            ModelMisconfigured: Wrong key, unknown model, a request that the provider refuses.
            ModelRefused: A filter stopped the request.
            PromptTooLong: It does not fit.
            BadAnswer: What came back is no chat completion.
        """

    async def close(self) -> None:
        """Let go of its connections."""

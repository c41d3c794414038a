"""The section of `segue.toml` that names language models: which are asked for what, where they are, what they cost."""

# ruff: noqa: RUF009 - a default is a call because `entry` and `sections` declare fields

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

from segue.models.providers import ENDPOINT, PROVIDERS
from segue.settings.keys import key as entry
from segue.settings.keys import sections
from segue.settings.remote import SERVER, SERVICE_URL, VARIABLE
from segue.settings.tools import Fault
from segue.settings.values import BOOL, DURATION, Kind, Unfit, choice, nearest, optional, shown

JsonWord = Literal["auto", "json_schema", "json_object"]
_MODEL = re.compile(r"[a-z][a-z0-9_-]{0,39}:[!-~]{1,200}", re.ASCII)
_RATE = re.compile(r"([1-9]\d{0,8})/(s|min|h|day)")
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86_400.0}
_MOST_MODELS = 10
_OWN_NETWORK = (".local", ".internal", ".lan", ".home.arpa", ".localhost")


def _unfit(kind: Kind[Any], value: object, hint: str = "") -> Unfit:
    return Unfit(f"expected {kind.expected}, got {shown(value)}", hint=hint)


def _read_models(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_MODELS:
        raise _unfit(MODELS, value, f"a list in brackets, of at most {_MOST_MODELS}")
    for name in value:
        if not isinstance(name, str) or not _MODEL.fullmatch(name):
            raise Unfit(f"expected {MODELS.expected}, got {shown(name)} among them", hint="write provider:model")
    return tuple(dict.fromkeys(value))


def _read_money(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1_000_000:
        raise _unfit(MONEY, value)
    return Decimal(str(value))


def _read_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise _unfit(NUMBER, value)
    return value


def _read_rate(value: Any) -> tuple[int, float]:
    match = _RATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _unfit(RATE, value)
    return int(match[1]), _SECONDS[match[2]]


def _read_region(value: Any) -> str:
    from segue.redaction.phone import is_region  # noqa: PLC0415 (only where the key is set)

    if not isinstance(value, str) or (value and not is_region(value)):
        raise _unfit(REGION, value, "two capital letters")
    return value


MODELS: Kind[tuple[str, ...]] = Kind(
    'a list of models such as "openai:gpt-5-mini"', _read_models, lambda names: str([*names]).replace("'", '"')
)
MONEY: Kind[Decimal] = Kind("an amount from 0 up", _read_money)
NUMBER: Kind[int] = Kind("a whole number from 1 to 1000", _read_number)
RATE: Kind[tuple[int, float]] = Kind('a rate such as "100/min"', _read_rate)
REGION: Kind[str] = Kind('a country such as "GB"', _read_region, lambda region: f'"{region}"')
WAYS: Kind[JsonWord] = choice(built=("auto", "json_schema", "json_object"))


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A server that speaks as OpenAI's API does, or, under the name of a provider, how that one is asked."""

    url: str = entry(
        "", SERVICE_URL, "Where it is, up to and with `/v1`. A provider has its own, so there it is left out."
    )
    json: JsonWord = entry(
        "auto",
        WAYS,
        "How it is asked for JSON: `json_object` with a schema is llama.cpp's way; `auto` finds out once.",
    )
    price_input: Decimal | None = entry(
        None,
        optional(MONEY),
        "US dollars for a million tokens that it reads. Unknown if left out; 0 where it is yours.",
    )
    price_output: Decimal | None = entry(
        None, optional(MONEY), "The same for those that it writes. Both or neither; they win over a list price."
    )
    concurrency: int = entry(8, NUMBER, "How many requests each of its models gets at a time.")
    rate: tuple[int, float] | None = entry(None, optional(RATE), "How many requests each of its models gets at most.")
    timeout: timedelta = entry(timedelta(seconds=60), DURATION, "How long one request may take.")
    key: str = entry(
        "", VARIABLE, "The environment variable that holds its key; else none is sent, or the provider's own is used."
    )
    line: int = 0
    """Where its section stands."""

    def faults(self) -> Iterator[Fault]:
        """Yield what contradicts itself; what its name means is for `Models` to say."""
        if (self.price_input is None) != (self.price_output is None):
            yield Fault(
                "price_output" if self.price_input is None else "price_input",
                "one price alone tells nothing",
                "give price_input and price_output",
            )
        if self.url.startswith("http:") and not _is_own_network(self.url):
            yield Fault("url", "http is read by everyone on the way", "https, or an address of your own network")


@dataclass(frozen=True, kw_only=True)
class Models:
    """Which language models are asked, in order, for each task; without any, everything works without a model."""

    default: tuple[str, ...] = entry(
        (), MODELS, "For every task without a list of its own. The first is asked; each next one where it fails."
    )
    interpret: tuple[str, ...] = entry((), MODELS, "To tell what a customer wants.")
    plan: tuple[str, ...] = entry((), MODELS, "To compose a plan where no procedure fits.")
    choose: tuple[str, ...] = entry((), MODELS, "To pick one of a procedure's branches.")
    compose: tuple[str, ...] = entry((), MODELS, "To write a reply from passages.")
    judge: tuple[str, ...] = entry((), MODELS, "To judge a reply.")
    step: tuple[str, ...] = entry((), MODELS, "For a procedure's own `model` steps.")
    redact: bool = entry(
        True, BOOL, "Whether personal data that is found is replaced by placeholders before anything is sent."
    )
    phone_region: str = entry(
        "", REGION, "The country of telephone numbers without `+`; if left out, only those with `+` or `00` are found."
    )
    timeout: timedelta = entry(
        timedelta(seconds=60), DURATION, "How long a question of the agent may take with all its attempts."
    )
    budget_usd: Decimal | None = entry(None, optional(MONEY), "US dollars that one ticket may cost in models.")
    endpoints: Mapping[str, Endpoint] = sections(Endpoint, SERVER, "Servers of your own, and providers' limits.")

    @property
    def tasks(self) -> dict[str, tuple[str, ...]]:
        """The models of each task that has any."""
        lists = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in lists.items() if isinstance(value, tuple) and value}

    def faults(self) -> Iterator[Fault]:
        """Yield the names that mean nothing, and the endpoints whose name and keys do not fit."""
        for name, endpoint in self.endpoints.items():
            yield from _misplaced(name, endpoint)
        known = {*PROVIDERS, *self.endpoints}
        for task, names in self.tasks.items():
            for name in names:
                provider = name.partition(":")[0]
                if provider not in known:
                    message = f'{task}: "{name}" names no provider and no endpoint'
                    yield Fault(task, message, nearest(provider, sorted(known)))

    def unready(self, environment: Mapping[str, str]) -> Iterator[tuple[str, Fault]]:
        """Yield what this machine lacks for the models that are named, each with its code."""
        for provider in dict.fromkeys(name.partition(":")[0] for names in self.tasks.values() for name in names):
            endpoint = self.endpoints.get(provider, Endpoint())
            where = f"endpoints.{provider}" if provider in self.endpoints else _first(self.tasks, provider)
            needed = PROVIDERS.get(provider, ENDPOINT)
            if not needed.is_installed:
                yield "S110", Fault(where, f"{provider}: the package {needed.package} is not installed", needed.install)
            variables = (endpoint.key,) if endpoint.key else needed.keys if needed.is_checked else ()
            if variables and not any(environment.get(name) for name in variables):
                message = f"{provider}: the environment variable {' or '.join(variables)} is not set"
                yield "S111", Fault(where, message, "its models cannot be asked until it is")
            if self.budget_usd is not None and endpoint.url and endpoint.price_input is None:
                message = f"{provider} has no price, so budget_usd does not count what it costs"
                yield "S112", Fault(where, message, "set price_input and price_output, 0 where it is yours")


def _first(tasks: Mapping[str, tuple[str, ...]], provider: str) -> str:
    """Return the task that names a provider first."""
    return next(task for task, names in tasks.items() if any(name.startswith(f"{provider}:") for name in names))


def _misplaced(name: str, endpoint: Endpoint) -> Iterator[Fault]:
    where = f"endpoints.{name}"
    if name not in PROVIDERS:
        if not endpoint.url:
            yield Fault(where, f"{name} has no url", 'url = "http://127.0.0.1:8080/v1"', is_missing=True)
    elif endpoint.url:
        yield Fault(f"{where}.url", f"{name} is a provider that has its own", "give the endpoint another name")
    elif endpoint.json != "auto":
        yield Fault(f"{where}.json", f"how {name} is asked for JSON is known", "leave it out")


def _is_own_network(url: str) -> bool:
    """Say whether a URL leads to this machine or its own network, as far as its words tell."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_OWN_NETWORK)

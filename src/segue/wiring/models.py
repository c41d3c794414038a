"""The language models that a workspace's settings name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

from segue.errors import ModelMisconfigured
from segue.models import pydantic_ai
from segue.models.candidate import Candidate
from segue.models.model import JsonWay, Model
from segue.models.price import Price
from segue.models.providers import PROVIDERS, Provider
from segue.models.routing import Routing
from segue.settings import Endpoint, Models


def routing(models: Models, environment: Mapping[str, str]) -> Routing:
    """Return the models that the settings name; nothing is imported or opened before one is asked."""
    names = dict.fromkeys(name for names in models.tasks.values() for name in names)
    return Routing(
        [_candidate(name, models.endpoints.get(name.partition(":")[0]), environment) for name in names],
        models.tasks,
        is_redacting=models.redact,
        region=models.phone_region,
    )


def _candidate(name: str, own: Endpoint | None, environment: Mapping[str, str]) -> Candidate:
    provider, about = PROVIDERS.get(name.partition(":")[0]), own or Endpoint()
    price = None
    if about.price_input is not None and about.price_output is not None:
        price = Price(input=about.price_input, output=about.price_output)
    ways: dict[str, JsonWay] = {"json_schema": "schema", "json_object": "object"}
    return Candidate(
        name=name,
        open=partial(_open, name, about, provider, environment),
        way=ways.get(about.json) if provider is None else "schema",
        price=price,
        listed="" if provider is None else provider.prices or name.partition(":")[0],
        server=urlsplit(about.url).netloc,
        concurrency=about.concurrency,
        rate=about.rate,
        timeout_s=about.timeout.total_seconds(),
    )


def _open(name: str, about: Endpoint, provider: Provider | None, environment: Mapping[str, str]) -> Model:
    """Make a model, with its key from the environment."""
    key = environment.get(about.key) if about.key else provider.key(environment) if provider else None
    variables = (about.key,) if about.key else provider.keys if provider and provider.is_checked else ()
    if variables and not key:
        missing = f"{name}: the environment variable {' or '.join(variables)} is not set"
        raise ModelMisconfigured(missing, kind="key", model=name)
    if provider is None:
        return pydantic_ai.endpoint(name, url=about.url, key=key)
    return pydantic_ai.provided(name, provider, key=key)

"""`[models]`: every key read, every mistake told with its place and what to try."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from segue.models import providers
from segue.settings import Models, parse, unready_models

WHOLE = """
[models]
default = ["local:smollm2", "openai:gpt-5-mini"]
judge = ["openai:gpt-5-mini"]
redact = false
phone_region = "GB"
budget_usd = 0.25

[models.endpoints.local]
url = "http://127.0.0.1:8080/v1"
json = "json_object"
price_input = 0
price_output = 0.1
concurrency = 1
rate = "100/min"
timeout = "2 min"
key = "LOCAL_KEY"

[models.endpoints.openai]
concurrency = 2
key = "MY_KEY"
"""


def findings_of(text: str) -> list[str]:
    return [str(finding) for finding in parse(text, {})[1]]


def test_without_the_section_no_model_is_asked_for_anything() -> None:
    settings, findings = parse("", {})
    assert not findings
    assert settings.models == Models()
    assert settings.models.tasks == {}
    assert settings.models.redact


def test_every_key_is_read() -> None:
    settings, findings = parse(WHOLE, {})
    assert not findings
    models = settings.models
    assert models.tasks == {"default": ("local:smollm2", "openai:gpt-5-mini"), "judge": ("openai:gpt-5-mini",)}
    assert (models.redact, models.phone_region, models.budget_usd) == (False, "GB", Decimal("0.25"))
    local = models.endpoints["local"]
    assert (local.url, local.json, local.key) == ("http://127.0.0.1:8080/v1", "json_object", "LOCAL_KEY")
    assert (local.price_input, local.price_output) == (Decimal(0), Decimal("0.1"))
    assert (local.concurrency, local.rate, local.timeout) == (1, (100, 60.0), timedelta(minutes=2))
    assert models.endpoints["openai"].concurrency == 2


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("defualt = []", 'segue.toml:2:1 S104 unknown key "defualt" in [models] (hint: did you mean "default"?)'),
        (
            "url = 'x'",
            'segue.toml:2:1 S104 unknown key "url" in [models] (hint: it belongs to [models.endpoints.NAME])',
        ),
        ('default = "openai:x"', "segue.toml:2:1 S105 default: expected a list of models such as"),
        ('default = ["gpt-5"]', "got 'gpt-5' among them (hint: write provider:model)"),
        (
            'plan = ["opnai:x"]',
            'S108 [models]: plan: "opnai:x" names no provider and no endpoint (hint: did you mean "op',
        ),
        ("budget_usd = -1", "S105 budget_usd: expected an amount from 0 up, got the number -1"),
        ("budget_usd = nan", "S105 budget_usd: expected an amount"),
        ("redact = 1", "S105 redact: expected true or false"),
        (
            'phone_region = "UK"',
            "S105 phone_region: expected a country such as \"GB\", got 'UK' (hint: two capital letters)",
        ),
        ("endpoints = 1", "S105 models.endpoints: expected sections"),
        ("[models.endpoints.Local]\nurl = 'http://localhost/v1'", "S105 Local: expected a name such as"),
        ("[models.endpoints.local]", "segue.toml:2:19 S109 [models]: local has no url"),
        ("[models.endpoints.local]\nurl = 'ftp://x'", "segue.toml:3:1 S105 url: expected an http or https URL"),
        ("[models.endpoints.local]\nurl = 'http://me:pw@localhost/v1'", "S105 url: expected an http or https URL"),
        (
            "[models.endpoints.far]\nurl = 'http://models.example.com/v1'",
            "S108 [models.endpoints.far]: http is read by",
        ),
        ("[models.endpoints.far]\nurl = 'http://8.8.8.8/v1'", "S108 [models.endpoints.far]: http is read by everyone"),
        (
            "[models.endpoints.x]\nurl = 'http://gpu/v1'\nprice_input = 1",
            "segue.toml:4:1 S108 [models.endpoints.x]: one price",
        ),
        (
            "[models.endpoints.x]\nurl = 'http://gpu/v1'\njson = 'native'",
            'S105 json: expected "auto", "json_schema" or',
        ),
        ("[models.endpoints.x]\nurl = 'http://gpu/v1'\nconcurrency = 0", "S105 concurrency: expected a whole number"),
        ("[models.endpoints.x]\nurl = 'http://gpu/v1'\nrate = '100'", 'S105 rate: expected a rate such as "100/min"'),
        ("[models.endpoints.x]\nurl = 'http://gpu/v1'\ntimeout = 60", "S105 timeout: expected a duration"),
        (
            "[models.endpoints.x]\nurl = 'http://gpu/v1'\nkey = 'sk-secret'",
            "S105 key: expected the name of an environment",
        ),
        ("[models.endpoints.openai]\nurl = 'https://x/v1'", "S108 [models]: openai is a provider that has its own"),
        ("[models.endpoints.openai]\njson = 'json_object'", "S108 [models]: how openai is asked for JSON is known"),
    ],
)
def test_a_mistake_is_told_at_its_place(text: str, finding: str) -> None:
    (found,) = findings_of(f"[models]\n{text}" if not text.startswith("[") else f"\n{text}")
    assert finding in found


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "gpu", "10.1.2.3", "[::1]:1", "llm.internal"])
def test_http_is_fine_on_ones_own_network(host: str) -> None:
    assert findings_of(f"[models.endpoints.local]\nurl = 'http://{host}/v1'") == []


def warnings(tmp_path: Path, text: str, **environment: str) -> list[str]:
    file = tmp_path / "segue.toml"
    file.write_text(text, encoding="utf-8")
    found = unready_models(file, environment)
    assert {finding.severity for finding in found} <= {"warning"}
    return [str(finding) for finding in found]


def test_a_key_that_is_not_set_is_a_warning(tmp_path: Path) -> None:
    (found,) = warnings(tmp_path, WHOLE, LOCAL_KEY="x")
    assert found.startswith("segue.toml:19:19 S111 openai: the environment variable MY_KEY is not set")
    assert warnings(tmp_path, WHOLE, LOCAL_KEY="x", MY_KEY="y") == []
    (found,) = warnings(tmp_path, '[models]\ndefault = ["openai:gpt-5-mini"]')
    assert found.startswith("segue.toml:2:1 S111 openai: the environment variable OPENAI_API_KEY is not set")
    assert warnings(tmp_path, '[models]\ndefault = ["local:x"]\n[models.endpoints.local]\nurl = "http://gpu/v1"') == []


def test_a_provider_that_is_not_installed_is_a_warning_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = providers.Provider(package="no_such_library.x", extra="mistral", keys=("MISTRAL_API_KEY",))
    monkeypatch.setitem(providers.PROVIDERS, "mistral", missing)
    (found,) = warnings(tmp_path, '[models]\ncompose = ["mistral:small"]', MISTRAL_API_KEY="x")
    assert found == (
        "segue.toml:2:1 S110 mistral: the package no_such_library.x is not installed "
        "(hint: pip install 'pydantic-ai-slim[mistral]')"
    )


def test_a_budget_that_cannot_count_an_endpoint_is_a_warning(tmp_path: Path) -> None:
    text = '[models]\ndefault = ["local:x"]\nbudget_usd = 1\n[models.endpoints.local]\nurl = "http://gpu/v1"\n'
    (found,) = warnings(tmp_path, text)
    assert "S112 local has no price, so budget_usd does not count what it costs" in found
    assert warnings(tmp_path, f"{text}price_input = 0\nprice_output = 0\n") == []


def test_a_file_that_cannot_be_read_is_not_told_twice(tmp_path: Path) -> None:
    assert unready_models(tmp_path / "segue.toml", {}) == []

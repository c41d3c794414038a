"""The providers that settings may name, what each needs to be installed, and which variable holds its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A company that serves models."""

    package: str
    """What its library is imported as."""
    extra: str
    """Of `pydantic-ai-slim`, which installs it."""
    keys: tuple[str, ...]
    """Environment variables that hold its key; the first one that is set is used."""
    kind: str = ""
    """What pydantic-ai calls it, where that is another name."""
    prices: str = ""
    """What the price list calls it, where that is another name."""
    is_checked: bool = True
    """Whether no key at all means that it cannot work: not where there are other ways to sign in."""

    @property
    def install(self) -> str:
        """The command that installs what is missing."""
        extra = "segue[providers]" if self.extra == "openai" else f"pydantic-ai-slim[{self.extra}]"
        return f"pip install '{extra}'"

    @property
    def is_installed(self) -> bool:
        """Whether its library is there; nothing is imported."""
        parent, _, _ = self.package.partition(".")
        return find_spec(parent) is not None and find_spec(self.package) is not None

    def key(self, environment: Mapping[str, str]) -> str | None:
        """Return its key, or `None` where none is set."""
        return next((environment[name] for name in self.keys if environment.get(name)), None)


PROVIDERS: dict[str, Provider] = {
    "anthropic": Provider(package="anthropic", extra="anthropic", keys=("ANTHROPIC_API_KEY",)),
    "azure": Provider(package="openai", extra="openai", keys=("AZURE_OPENAI_API_KEY",)),
    "bedrock": Provider(package="boto3", extra="bedrock", keys=("AWS_BEARER_TOKEN_BEDROCK",), is_checked=False,
                        prices="aws"),
    "cohere": Provider(package="cohere", extra="cohere", keys=("CO_API_KEY",)),
    "deepseek": Provider(package="openai", extra="openai", keys=("DEEPSEEK_API_KEY",)),
    "fireworks": Provider(package="openai", extra="openai", keys=("FIREWORKS_API_KEY",)),
    "google": Provider(package="google.genai", extra="google", keys=("GOOGLE_API_KEY", "GEMINI_API_KEY")),
    "groq": Provider(package="groq", extra="groq", keys=("GROQ_API_KEY",)),
    "mistral": Provider(package="mistralai", extra="mistral", keys=("MISTRAL_API_KEY",)),
    "openai": Provider(package="openai", extra="openai", keys=("OPENAI_API_KEY",), kind="openai-chat"),
    "openrouter": Provider(package="openai", extra="openai", keys=("OPENROUTER_API_KEY",)),
    "together": Provider(package="openai", extra="openai", keys=("TOGETHER_API_KEY",)),
    "xai": Provider(package="xai_sdk", extra="xai", keys=("XAI_API_KEY",), prices="x-ai"),
}  # fmt: skip
"""By the name that stands before the colon. `openai` is asked by its Chat Completions API, which is the tested one."""

ENDPOINT = Provider(package="openai", extra="openai", keys=())
"""What every endpoint of one's own needs: it is asked as OpenAI's API is."""

"""Which passages a search may find."""

from __future__ import annotations

from dataclasses import dataclass

from segue.knowledge.document import Audience, Origin


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a passage must be to be found; every part that is `None` admits all."""

    moment: int
    """Microseconds, see `documents.micros`: what held then."""
    audience: Audience | None = None
    language: str | None = None
    """`de` also admits `de-AT`; a document that does not say its language is admitted by every one."""
    under: str | None = None
    """The path of a document, or of a folder with everything below it."""
    source: Origin | None = None

    @property
    def primary_language(self) -> str | None:
        """The language without its region, in lower case."""
        return primary(self.language) if self.language else None

    @property
    def narrows(self) -> bool:
        """Whether it asks for more than a moment and an audience."""
        return bool(self.language or self.under or self.source)


def primary(language: str | None) -> str:
    """Return the primary part of a language tag in lower case; empty where there is none."""
    return (language or "").partition("-")[0].lower()


def places(path: str) -> list[str]:
    """Return what a document stands under: itself, and each folder above it."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]

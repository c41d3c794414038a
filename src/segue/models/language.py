"""In which language a text is written: py3langid's model of byte sequences, offline, and an honest "unknown"."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

LANGUAGES = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id"),
    *("it", "ja", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tl", "tr"),
    *("uk", "ur", "vi", "zh"),
)
"""That are told apart (ISO 639-1): with fewer of them, a short text is less often taken for a rare one."""
NOISE = "zxx"
"""The model's label of what is no language."""
SURE = 0.4
"""Below this probability the language is unknown."""
READ = 2_000
"""Characters that are looked at: more say nothing new."""

_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|<[^>\n]{0,200}>|\S*\d\S*")
"""Links, addresses, marks and codes are of no language."""


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of a text's language; empty where the text does not say it."""
    words = _NO_WORDS.sub(" ", text[:READ]).strip()
    if not any(char.isalpha() for char in words):
        return ""
    language, probability = _identifier().classify(words.lower())
    return str(language) if probability >= SURE and language != NOISE else ""


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 (its model takes a second to load)

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*LANGUAGES, NOISE])
    return identifier

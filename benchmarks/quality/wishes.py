"""Wishes for a person, haste and language: `python -m benchmarks.quality.wishes` says how often they are recognised.

On phrasings written for it (`wished.py`), by language and together; and on real messages in English, on which nearly
every "wants a person", and every other language, is a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import data, measure
from benchmarks.quality import wished
from segue.models.language import language_of
from segue.support import haste, person

Texts = Mapping[str, tuple[str, ...]]


def main() -> None:
    """Measure, print and write the figures to `benchmarks/results`."""
    results: dict[str, Any] = {
        "wants a person": _recognised(person.is_asked_for, wished.PERSON, wished.NO_PERSON),
        "haste": _recognised(lambda text: haste.urgency(text) == "high", wished.URGENT, wished.NOT_URGENT),
        "language": _languages(),
    }
    rows = [("what", "where", "recognised", "of", "wrongly", "of")]
    for what, found in results.items():
        rows += [(what, where, *(str(figure) for figure in figures)) for where, figures in found.items()]
    for name in ("banking77", "clinc150"):
        try:
            texts = [line["text"] for line in data.lines(data.folder(name) / "train.jsonl")]
        except FileNotFoundError as missing:
            print(missing)
            continue
        asked, told = sum(map(person.is_asked_for, texts)), [language_of(text) for text in texts]
        english, unknown = told.count("en"), told.count("")
        results[f"real messages, {name}"] = {
            "messages": len(texts), "wants a person": asked, "english": english, "no language": unknown,
        }  # fmt: skip
        rows.append(("wants a person", name, "", "", str(asked), str(len(texts))))
        rows.append(
            ("language", name, str(english), str(len(texts)), str(len(texts) - english - unknown), str(len(texts)))
        )
    measure.table(rows)
    measure.keep("wishes", results)


def _recognised(is_one: Callable[[str], bool], those: Texts, others: Texts) -> dict[str, list[int]]:
    """Return for each language, and together: recognised, of how many, wrongly recognised, of how many others."""
    found = {
        language: [sum(map(is_one, texts)), len(texts), sum(map(is_one, others[language])), len(others[language])]
        for language, texts in those.items()
    }
    return {**found, "together": [sum(column) for column in zip(*found.values(), strict=True)]}


def _languages() -> dict[str, list[int]]:
    """Return for each language: texts told right, of how many, told to be of another one, of how many."""
    found: dict[str, list[int]] = {}
    for texts in (wished.PERSON, wished.NO_PERSON, wished.URGENT, wished.NOT_URGENT):
        for language, written in texts.items():
            told = [language_of(text) for text in written]
            wrong = sum(each not in ("", language) for each in told)
            right, n, before, _ = found.get(language, [0, 0, 0, 0])
            found[language] = [right + told.count(language), n + len(told), before + wrong, n + len(told)]
    return {**found, "together": [sum(column) for column in zip(*found.values(), strict=True)]}


if __name__ == "__main__":
    main()

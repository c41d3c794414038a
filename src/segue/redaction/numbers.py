"""Numbers that name a person, account or card, each proven by its own check digits: the table behind `personal`.

Formats and check digits are those of python-stdnum, which cites each register's own documents. A number whose check
passes by chance too often (one in ten of all order numbers) counts only beside a word that says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

NumberKind = Literal["IBAN", "CARD", "ID"]
WORDS_WITHIN = 40
"""Characters before a number in which such a word is looked for."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One sort of number."""

    name: str
    kind: NumberKind
    pattern: str
    """Not compiled before the first text with a digit comes: most programs that import this see none."""
    proof: str = ""
    """The module of `stdnum` whose `is_valid` decides; empty: the pattern is proof enough."""
    words: str = ""
    """What must stand before it, in any case; empty: nothing."""

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where such numbers stand."""
        for match in re.finditer(self.pattern, text):
            start = match.start()
            if not self.words or re.search(self.words, text[max(start - WORDS_WITHIN, 0) : start], re.IGNORECASE):
                length = self._proven(match[0])
                if length:
                    yield start, start + length

    def _proven(self, number: str) -> int:
        """Return how much of what the pattern matched is one; a word behind an IBAN may look like a part of it."""
        if not self.proof or _is_valid(self.proof)(number):
            return len(number)
        if self.kind == "IBAN":
            for end in reversed([match.start() for match in _GAP.finditer(number)]):
                if _is_valid(self.proof)(number[:end]):
                    return end
        return 0


_GAP = re.compile(" ")


def _rule(name: str, kind: NumberKind, pattern: str, proof: str = "", *, words: str = "") -> Rule:
    announced = rf"(?<!\w)(?:{words})(?!\w)" if words else ""
    return Rule(name=name, kind=kind, pattern=rf"(?<![\w#])(?:{pattern})(?!\w)", proof=proof, words=announced)


RULES = (
    _rule("IBAN", "IBAN", r"[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?", "iban"),
    _rule("card, in fours", "CARD", r"(?:[3-6]\d{3}|2[2-7]\d{2})(?:([ -]?)\d{4})(?:\1\d{4}){2}(?:\1\d{1,3})?", "luhn"),
    _rule("card, American Express", "CARD", r"3[47]\d{2}([ -]?)\d{6}\1\d{5}", "luhn"),
    _rule("France, INSEE", "ID", r"[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", "fr.nir"),
    _rule("China, resident identity", "ID", r"\d{17}[\dX]", "cn.ric"),
    _rule("Mexico, CURP", "ID", r"[A-Z]{4}\d{6}[A-Z]{6}[A-Z\d]\d", "mx.curp"),
    _rule("Italy, codice fiscale", "ID", r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", "it.codicefiscale"),
    _rule("Spain, DNI", "ID", r"\d{8}[- ]?[A-Z]", "es.dni"),
    _rule("Spain, NIE", "ID", r"[XYZ][- ]?\d{7}[- ]?[A-Z]", "es.nie"),
    _rule("Finland, HETU", "ID", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", "fi.hetu"),
    _rule("Switzerland, AHV", "ID", r"756\.?\d{4}\.?\d{4}\.?\d{2}", "ch.ssn"),
    _rule("Sweden, personnummer", "ID", r"(?:\d{2})?\d{6}[-+]\d{4}", "se.personnummer"),
    _rule("Brazil, CPF", "ID", r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11}", "br.cpf"),
    _rule("Belgium, national number", "ID", r"\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}", "be.nn"),
    _rule("Turkey, T.C. kimlik", "ID", r"\d{11}", "tr.tckimlik"),
    _rule("Norway, fødselsnummer", "ID", r"\d{6} ?\d{5}", "no.fodselsnummer"),
    _rule("Poland, PESEL", "ID", r"\d{11}", "pl.pesel"),
    _rule("South Africa, identity", "ID", r"\d{13}", "za.idnr"),
    _rule("United States, SSN", "ID", r"\d{3}-\d{2}-\d{4}", "us.ssn"),
    _rule("United Kingdom, NINO", "ID",
          r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]"),
    _rule("Denmark, CPR", "ID", r"\d{6}-?\d{4}", "dk.cpr", words=r"cpr(?:-?n(?:umme)?r)?|personnummer"),
    _rule("Germany, tax identity", "ID", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "de.idnr",
          words=r"steuer\w*|tax|id-?nr|idnr|tin"),
    _rule("Netherlands, BSN", "ID", r"\d{9}", "nl.bsn", words=r"bsn|burgerservice\w*"),
    _rule("Canada, SIN", "ID", r"\d{3}[ -]?\d{3}[ -]?\d{3}", "ca.sin", words=r"sin|social insurance\w*(?: \w+)?"),
    _rule("Australia, TFN", "ID", r"\d{3} ?\d{3} ?\d{2,3}", "au.tfn", words=r"tfn|tax file\w*(?: \w+)?"),
    _rule("India, Aadhaar", "ID", r"\d{4}[ -]?\d{4}[ -]?\d{4}", "in_.aadhaar", words=r"aadhaar|aadhar|uidai"),
    _rule("England, NHS", "ID", r"\d{3}[ -]?\d{3}[ -]?\d{4}", "gb.nhs", words=r"nhs"),
)  # fmt: skip
"""In the order in which they are tried."""


@cache
def _is_valid(module: str) -> Callable[[str], bool]:
    import stdnum  # noqa: PLC0415 (loaded where there are such numbers)

    found: Callable[[str], bool] = import_module(f"{stdnum.__name__}.{module}").is_valid
    if module == "luhn":
        return lambda number: found(re.sub(r"[ -]", "", number))
    return found

"""What can be wrong with a source, one code each, and how a file is refused for it."""

from __future__ import annotations

from segue.errors import Finding

RULES = {
    "K100": "the knowledge folder is missing or cannot be listed",
    "K101": "a file cannot be read",
    "K102": "a link points outside of the knowledge folder",
    "K103": "a file is larger than 5 MB, or 50 MB of PDF or DOCX",
    "K104": "a file is not UTF-8 text",
    "K105": "the front matter is malformed",
    "K106": "a value of the front matter is malformed",
    "K107": "the language of the front matter is no language tag; the document counts as of unknown language",
    "K108": "the audience of the front matter is not known; the document counts as internal",
    "K109": "there is no text in a file",
    "K110": "a file is of a type that is not read",
    "K111": "a link points to a folder; it is not followed",
    "K112": "a file's name is not UTF-8, contains control characters or begins like the name of a past ticket",
    "K113": "a file is encrypted",
    "K114": "a file takes more time, memory or pages than is allowed",
    "K115": "a file is damaged",
    "K120": "a site cannot be visited, or says nothing of which pages may be",
    "K121": "a page leads to another site, or to an address that must not be called",
    "K122": "a page cannot be visited now",
    "K123": "a site has more pages than are visited",
    "K124": "a page is of a type that is not read",
    "K125": "robots.txt asks not to visit a page",
}
"""Each rule's code and what it found."""

WARNINGS = frozenset(("K107", "K108", "K110", "K111", "K123", "K124", "K125"))
"""Rules that refuse nothing that could have been used."""

STAYS = "until then the version read last stays in use"


class Refused(Exception):
    """A file cannot be used before somebody has mended it."""

    def __init__(self, code: str, message: str, *, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint

    def finding(self, file: str, *, stays: bool = False) -> Finding:
        """Return what to tell the author of `file`.

        Args:
            file: Its name in findings.
            stays: An older version of it is in the library.
        """
        hint = "; ".join([*([self.hint] if self.hint else []), *([STAYS] if stays else [])])
        return finding(self.code, file, self.message, line=self.line, column=self.column, hint=hint)


def finding(code: str, file: str, message: str, *, line: int = 0, column: int = 0, hint: str = "") -> Finding:
    """Return the finding of one rule, as severe as the rule is."""
    severity = "warning" if code in WARNINGS else "error"
    return Finding(file, line, column, code, severity, message, hint)

"""What a client shows to be let in: headers and query parameters, kept out of everything that is printed."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from segue.http.secret import SHOWN, Secret

_SHORTEST = 4
"""Characters from which a secret is looked for in a text: shorter ones stand in every text."""
_PRINTABLE = re.compile(r"[!-~]([ -~]*[!-~])?")


@dataclass(frozen=True, kw_only=True)
class Auth:
    """Sent to the server that a request names, never to another one that it redirects to."""

    headers: Mapping[str, Secret] = field(default_factory=dict)
    query: Mapping[str, Secret] = field(default_factory=dict)
    raw: tuple[Secret, ...] = ()
    """What the headers were made from, where they do not hold it as it is."""

    @staticmethod
    def bearer(token: str) -> Auth:
        """Return a token's header.

        Raises:
            ValueError: It cannot stand in a header.
        """
        return Auth(headers={"Authorization": _sendable(f"Bearer {token}")}, raw=(Secret(token),))

    @staticmethod
    def basic(user: str, password: str) -> Auth:
        """Return the header of a name and a password (RFC 7617).

        Raises:
            ValueError: The name holds a colon.
        """
        if ":" in user:
            raise ValueError("the name holds a colon")
        encoded = b64encode(f"{user}:{password}".encode()).decode()
        return Auth(headers={"Authorization": Secret(f"Basic {encoded}")}, raw=(Secret(encoded), Secret(password)))

    @staticmethod
    def header(name: str, value: str) -> Auth:
        """Return an API key as a header of its own.

        Raises:
            ValueError: It cannot stand in a header.
        """
        return Auth(headers={name: _sendable(value)})

    @staticmethod
    def parameter(name: str, value: str) -> Auth:
        """Return an API key as a parameter of the query."""
        return Auth(query={name: Secret(value)})

    def scrub(self, text: str) -> str:
        """Return a text without the secrets, in whatever form they are sent: a server may send them back."""
        for form in sorted(set(self._forms()), key=len, reverse=True):
            text = text.replace(form, SHOWN)
        return text

    def _forms(self) -> Iterator[str]:
        for secret in (*self.headers.values(), *self.query.values(), *self.raw):
            plain = secret.reveal()
            if len(plain) >= _SHORTEST:
                yield from (plain, quote(plain, safe=""), quote_plus(plain), json.dumps(plain)[1:-1])


def _sendable(value: str) -> Secret:
    """Refuse what is no header's value, without showing it, as the library's own message would."""
    if not _PRINTABLE.fullmatch(value):
        raise ValueError("it holds characters that cannot stand in a header; a line end, perhaps")
    return Secret(value)

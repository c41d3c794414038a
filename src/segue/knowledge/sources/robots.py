"""What a server asks of programs that visit it (RFC 9309)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urljoin

from protego import Protego

from segue.http import BadStatus, Client, HttpError
from segue.knowledge.problems import Refused

AGENT = "segue"
"""The name that a `robots.txt` may give us."""
LARGEST = 500_000
"""Characters that are read of it; the standard asks for as many."""
PAUSE, LONGEST_PAUSE = timedelta(seconds=0.5), timedelta(seconds=30)
"""Between two requests to one server, and what it may ask for at most."""


class Robots:
    """What is allowed on one server."""

    def __init__(self, text: str) -> None:
        self._rules = Protego.parse(text[:LARGEST])

    def allows(self, url: str) -> bool:
        """Say whether a page may be visited."""
        return bool(self._rules.can_fetch(url, AGENT))

    @property
    def pause(self) -> timedelta:
        """How long to wait between two requests."""
        asked = self._rules.crawl_delay(AGENT)
        return min(max(PAUSE, timedelta(seconds=float(asked or 0))), LONGEST_PAUSE)


async def robots(client: Client, url: str) -> Robots:
    """Return what the server of a URL allows.

    Raises:
        Refused: It cannot say so now, so that nothing may be visited.
    """
    try:
        answer = await client.fetch(urljoin(url, "/robots.txt"))
    except BadStatus as error:
        if 400 <= error.status < 500 and error.status != 429:
            return Robots("")
        raise Refused("K120", f"the site cannot be visited: {error}") from error
    except HttpError as error:
        raise Refused("K120", f"the site cannot be visited: {error}") from error
    return Robots(answer.text)

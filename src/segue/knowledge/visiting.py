"""Sites into the library: those that are due, page by page, so that a visit goes on where it was stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from segue.errors import Finding
from segue.http import Client, Limits
from segue.knowledge import reading
from segue.knowledge.documents import Current
from segue.knowledge.ingest import Ingested, Progress, finished
from segue.knowledge.library import Library
from segue.knowledge.problems import Refused
from segue.knowledge.sources.site import Site
from segue.knowledge.sources.web import Visited, Visitor

LARGEST_BYTES = 10_000_000
"""Of a page, unpacked."""

Clients = Callable[[Site], Client]
Sleep = Callable[[float], Awaitable[None]]


def client(site: Site) -> Client:
    """Return what makes the requests to a site."""
    return Client(limits=Limits(body_bytes=LARGEST_BYTES), allow_private=site.private)


def visit_sites(
    sites: Sequence[Site],
    library: Library,
    *,
    now: datetime,
    on_progress: Progress | None = None,
    clients: Clients = client,
    sleep: Sleep = asyncio.sleep,
) -> Ingested:
    """Make the library say what the pages of these sites say, as far as they are due.

    A page is kept with its text, so that citations can be looked up in what was read. One that its server says has
    not changed is not sent again; one that is gone ends. What cannot be visited is a problem, and what was read of it
    last stays; a site that cannot be visited at all is tried again by the next call. A site that is no longer named
    ends with all its pages. Killed at any point, the next call goes on.

    Args:
        sites: All that are configured.
        library: Where to.
        now: When this happens.
        on_progress: Called after each page with how many of its site are done, and of how many that are known of.
        clients: Gives what makes the requests.
        sleep: Waits so many seconds between two of them.
    """
    rounds = [_Round(site, library, now) for site in sites if library.pages.visit(site.url).is_due(site.interval, now)]
    for each in rounds:
        asyncio.run(each.run(clients(each.site), sleep, on_progress))
    removed = sum(each.removed for each in rounds) + _forgotten(sites, library, now)
    library.index.catch_up()
    problems = tuple(problem for each in rounds for problem in each.problems)
    added, changed = sum(each.added for each in rounds), sum(each.changed for each in rounds)
    return finished(library, added=added, changed=changed, removed=removed, problems=problems)


class _Round:
    """One visit of one site."""

    def __init__(self, site: Site, library: Library, now: datetime) -> None:
        self.site = site
        self.added = self.changed = self.removed = 0
        self.problems: list[Finding] = []
        self._library = library
        self._now = now
        self._current = library.documents.current("web")

    async def run(self, requests: Client, sleep: Sleep, on_progress: Progress | None) -> None:
        pages, name = self._library.pages, self.site.url
        number = pages.begin(name)
        known = pages.known(name)
        visitor = Visitor(self.site, known, number, requests, sleep)
        done = sum(page.round == number for page in known.values())
        try:
            async with requests:
                async for visited in visitor.visit():
                    self._take(visited)
                    done += 1
                    if on_progress is not None:
                        on_progress(done, max(done, visitor.total))
        except Refused as refused:
            self.problems.append(refused.finding(name, stays=bool(known)))
        else:
            self._end(number)
            pages.finish(name, self._now)
        self.problems += visitor.findings

    def _take(self, visited: Visited) -> None:
        """Save a page, then remember that it was visited."""
        document = visited.document
        if document is not None:
            before = self._current.get(document.path)
            if before != Current(sha256=document.sha256, reading=reading.VERSION):
                self._library.documents.save([document], reading=reading.VERSION, now=self._now)
                self.added += before is None
                self.changed += before is not None
        self.problems += visited.findings
        self._library.pages.keep(self.site.url, visited.page)

    def _end(self, number: int) -> None:
        """End what is gone, or was not found again."""
        known = self._library.pages.known(self.site.url)
        over = [
            url
            for url, page in known.items()
            if url in self._current and (page.round < number or page.status in ("gone", "refused"))
        ]
        self._library.documents.withdraw(over, now=self._now)
        self.removed = len(over)


def _forgotten(sites: Sequence[Site], library: Library, now: datetime) -> int:
    """End the pages of sites that are no longer named; returns how many there were."""
    named = {site.url for site in sites}
    over = [site for site in library.pages.sites() if site not in named]
    kept = {url for site in named for url in library.pages.known(site)}
    current = library.documents.current("web")
    gone = {url for site in over for url in library.pages.known(site) if url in current and url not in kept}
    if gone:
        library.documents.withdraw(sorted(gone), now=now)
    for site in over:
        library.pages.forget(site)
    return len(gone)

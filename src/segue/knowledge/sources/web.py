"""A site's pages, visited politely: what its server allows, one request after another, nothing twice."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from segue.errors import Finding
from segue.http import Client, ForbiddenAddress, HttpError, Response
from segue.knowledge import reading
from segue.knowledge.document import Document
from segue.knowledge.pages import Page, Status
from segue.knowledge.problems import Refused, finding
from segue.knowledge.sources.robots import Robots, robots
from segue.knowledge.sources.site import Site, origin
from segue.knowledge.sources.sitemap import listed

MOST_SITEMAPS = 50
NO_PAGES = (
    *(".avi", ".css", ".doc", ".eot", ".exe", ".gif", ".gz", ".ico", ".jpeg", ".jpg", ".js", ".json", ".mov", ".mp3"),
    *(".mp4", ".png", ".ppt", ".pptx", ".rss", ".svg", ".tar", ".ttf", ".webp", ".woff", ".woff2", ".xls", ".xlsx"),
    *(".xml", ".zip"),
)
"""What a URL ends in that is never a page."""
LONGEST_URL = 1_000


@dataclass(frozen=True, kw_only=True)
class Visited:
    """What came of one page."""

    page: Page
    document: Document | None = None
    """What it says; `None` where it has not changed, or cannot be used."""
    findings: tuple[Finding, ...] = ()


class Visitor:
    """One round over a site."""

    def __init__(
        self,
        site: Site,
        known: Mapping[str, Page],
        round_: int,
        client: Client,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Visit nothing yet.

        Args:
            site: Where, and how far.
            known: What was learned of its pages before, by URL.
            round_: The number of this round; pages visited in it already are not visited again.
            client: Makes the requests.
            sleep: Waits so many seconds.
        """
        self._site = site
        self._known = known
        self._round = round_
        self._client = client
        self._sleep = sleep
        self._queue: deque[str] = deque()
        self._seen: set[str] = set()
        self.findings: list[Finding] = []

    @property
    def total(self) -> int:
        """Pages that are known of by now."""
        return len(self._seen)

    async def visit(self) -> AsyncIterator[Visited]:
        """Yield what came of each page.

        Raises:
            Refused: The site as a whole cannot be visited.
        """
        rules = await robots(self._client, self._site.url)
        if self._site.is_sitemap:
            await self._list(rules)
        else:
            self._add(self._site.url)
        while self._queue:
            url = self._queue.popleft()
            before = self._known.get(url)
            if before is not None and before.round == self._round:
                self._follow(before)
                continue
            visited = await self._page(url, before, rules)
            self._follow(visited.page)
            yield visited

    def _add(self, url: str) -> None:
        if url in self._seen or len(url) > LONGEST_URL or origin(url) != origin(self._site.url):
            return
        if urlsplit(url).path.lower().endswith(NO_PAGES):
            return
        if len(self._seen) >= self._site.pages:
            if len(self._seen) == self._site.pages and not self.findings:
                message = f"more than {self._site.pages:,} pages; the others are left out"
                self.findings.append(finding("K123", self._site.url, message, hint="raise `pages` of this site"))
            return
        self._seen.add(url)
        self._queue.append(url)

    def _follow(self, page: Page) -> None:
        if self._site.follow:
            for link in page.links:
                self._add(link)

    async def _list(self, rules: Robots) -> None:
        """Queue what the sitemap lists, and the sitemaps that it lists."""
        waiting, done = deque([self._site.url]), set[str]()
        while waiting and len(done) < MOST_SITEMAPS:
            url = waiting.popleft()
            if url in done or origin(url) != origin(self._site.url):
                continue
            done.add(url)
            try:
                answer = await self._client.fetch(url)
            except HttpError as error:
                raise Refused("K120", f"the sitemap cannot be read: {error}") from error
            found = listed(answer.body)
            if found.are_sitemaps:
                waiting.extend(found.urls)
            else:
                for each in found.urls:
                    self._add(urldefrag(each).url)
            await self._sleep(rules.pause.total_seconds())
        if not self._seen:
            raise Refused("K120", "the sitemap lists no page of its own site")

    async def _page(self, url: str, before: Page | None, rules: Robots) -> Visited:
        if not rules.allows(url):
            return self._refused(url, Refused("K125", "robots.txt asks not to visit this page"))
        await self._sleep(rules.pause.total_seconds())
        try:
            answer = await self._client.request("GET", url, headers=_conditions(before), attempts=3)
        except ForbiddenAddress as error:
            return self._refused(url, Refused("K121", f"the page cannot be visited: {error}"))
        except HttpError as error:
            return self._failed(url, before, f"the page cannot be visited: {error}")
        if origin(answer.url) != origin(url):
            return self._refused(url, Refused("K121", f"the page leads to another site: {answer.url}"))
        if answer.status == 304 and before is not None:
            return Visited(page=self._as(before.status, url, before.etag, before.modified, before.links))
        if answer.status in (404, 410):
            return Visited(page=self._as("gone", url))
        if not answer.is_success:
            return self._failed(url, before, str(answer.failure()))
        return self._read(url, answer)

    def _read(self, url: str, answer: Response) -> Visited:
        try:
            document, warnings = reading.read_page(url, answer.body, answer.headers, audience=self._site.audience)
        except Refused as refused:
            return self._refused(url, refused)
        etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
        below = tuple(link for link in document.links if self._is_below(link))
        page = self._as("kept", url, etag, modified, below)
        return Visited(page=page, document=document, findings=tuple(warnings))

    def _is_below(self, link: str) -> bool:
        return link.startswith(self._site.folder) and not urlsplit(link).path.lower().endswith(NO_PAGES)

    def _as(self, status: Status, url: str, etag: str = "", modified: str = "", found: tuple[str, ...] = ()) -> Page:
        return Page(url=url, etag=etag, modified=modified, round=self._round, status=status, links=found)

    def _refused(self, url: str, refused: Refused) -> Visited:
        return Visited(page=self._as("refused", url), findings=(refused.finding(url),))

    def _failed(self, url: str, before: Page | None, message: str) -> Visited:
        kept = before is not None and before.status in ("kept", "failed")
        page = self._as("failed", url, found=before.links if before else ())
        return Visited(page=page, findings=(Refused("K122", message).finding(url, stays=kept),))


def _conditions(before: Page | None) -> dict[str, str]:
    """Return what asks the server to send only what has changed."""
    if before is None or before.status != "kept":
        return {}
    found = {"If-None-Match": before.etag, "If-Modified-Since": before.modified}
    return {name: value for name, value in found.items() if value and value.isascii() and value.isprintable()}

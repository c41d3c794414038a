"""Which web pages were visited and what their servers said of them, in the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from segue.knowledge.documents import micros
from segue.store.sqlite import Database

Status = Literal["kept", "gone", "refused", "failed"]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page as it was when it was visited last."""

    url: str
    etag: str = ""
    modified: str = ""
    """The header Last-Modified, as it came."""
    round: int
    status: Status
    links: tuple[str, ...] = ()
    """Of the same site."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """How far a site is."""

    round: int = 0
    is_open: bool = False
    """The round has not come to its end, and is taken up again."""
    finished_at: int | None = None
    """Microseconds; of the last round that came to its end."""

    def is_due(self, interval: timedelta, now: datetime) -> bool:
        """Say whether the site is to be visited."""
        return self.is_open or self.finished_at is None or micros(now) >= self.finished_at + micros(EPOCH + interval)


EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Pages:
    """Safe to use from any thread."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, room="pages")

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def visit(self, site: str) -> Visit:
        """Return how far a site is; of one never visited, at nothing."""
        rows = self._database.rows("site", {"site": site})
        return Visit(round=rows[0][0], is_open=bool(rows[0][1]), finished_at=rows[0][2]) if rows else Visit()

    def begin(self, site: str) -> int:
        """Begin a new round, or take up the one that is open; returns its number."""
        visit = self.visit(site)
        if not visit.is_open:
            self._database.run("begin", {"site": site})
        return self.visit(site).round

    def finish(self, site: str, now: datetime) -> None:
        """End the round."""
        self._database.run("finish", {"site": site, "now": micros(now)})

    def known(self, site: str) -> dict[str, Page]:
        """Return the pages of a site by their URLs."""
        return {
            row[0]: Page(
                url=row[0], etag=row[1], modified=row[2], round=row[3], status=row[4], links=tuple(json.loads(row[5]))
            )
            for row in self._database.rows("pages", {"site": site})
        }

    def keep(self, site: str, page: Page) -> None:
        """Remember a page."""
        self._database.run("keep", {**vars(page), "site": site, "links": json.dumps(page.links)})

    def sites(self) -> list[str]:
        """Return every site that was ever visited."""
        return [site for (site,) in self._database.rows("all_sites")]

    def forget(self, site: str) -> None:
        """Forget a site and its pages."""
        with self._database.transaction() as transaction:
            transaction.run("forget_pages", {"site": site})
            transaction.run("forget_site", {"site": site})

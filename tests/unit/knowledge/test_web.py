"""Sites are visited politely, go on where they were stopped, and never lead anywhere else."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from segue.knowledge.document import Hit
from segue.knowledge.ingest import Ingested
from segue.knowledge.problems import Refused
from segue.knowledge.sources import sitemap
from segue.knowledge.sources.site import Site
from segue.knowledge.visiting import visit_sites
from tests.loopback import Asked, Loopback, loopback, reply
from tests.unit.knowledge.conftest import DAY, START, Shelf

PAGE = """<html lang="en"><head><title>{title} - Shop</title></head><body>
<nav><a href="/">Home</a></nav><div class="cookie-banner">We use cookies, accept them.</div>
<main><h1>{title}</h1><p>{text}</p></main><footer>Imprint</footer></body></html>"""


def page(title: str, text: str) -> str:
    return PAGE.format(title=title, text=text)


@dataclass
class Web:
    """A server with pages that a test may change, and the library that reads them."""

    shelf: Shelf
    server: Loopback
    pages: dict[str, Any]
    waits: list[float] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        return [asked.path for asked in self.server.asked]

    async def visit(self, *sites: Site, days: float = 0) -> Ingested:
        """Visit so many days after the start."""

        async def wait(seconds: float) -> None:
            self.waits.append(seconds)

        def work() -> Ingested:
            return visit_sites(sites, self.shelf.library, now=START + days * DAY, sleep=wait)

        return await asyncio.to_thread(work)

    def site(self, path: str = "/sitemap.xml", **how: Any) -> Site:
        return Site(url=self.server.url(path), private=True, **how)

    def found(self, query: str, **how: Any) -> list[Hit]:
        return self.shelf.library.search(query, **how)

    def map(self, *paths: str) -> str:
        return "".join(f"<url><loc>{self.server.url(path)}</loc></url>" for path in paths)


@pytest.fixture
async def web(shelf: Shelf) -> AsyncIterator[Web]:
    async with _serving(shelf) as web:
        yield web


@asynccontextmanager
async def _serving(shelf: Shelf) -> AsyncIterator[Web]:
    pages: dict[str, Any] = {}

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        found = pages.get(asked.path)
        if callable(found):
            found = found(asked)
        match found:
            case None:
                reply(writer, "no such page", status=404)
            case int():
                reply(writer, "", status=found)
            case str():
                kind = (
                    "application/xml"
                    if asked.path.endswith("xml")
                    else "text/plain"
                    if asked.path.endswith("txt")
                    else "text/html"
                )
                reply(writer, found, Content_Type=kind)
            case (status, body, headers):
                reply(writer, body, status=status, **{"Content_Type": "text/html", **headers})

    async with loopback(answer) as server:
        yield Web(shelf, server, pages)


@pytest.fixture
def shop(web: Web) -> Web:
    web.pages |= {
        "/sitemap.xml": web.map("/help/delivery", "/help/returns"),
        "/help/delivery": page("Delivery", "Parcels take three days."),
        "/help/returns": page("Returns", "Send it back within a month."),
    }
    return web


async def test_the_pages_of_a_sitemap_are_found_with_their_url_and_without_furniture(shop: Web) -> None:
    done = await shop.visit(shop.site())
    assert (done.documents, done.added, done.problems) == (2, 2, ())
    best = shop.found("how long do parcels take")[0]
    assert (best.document, best.title, best.text) == (
        shop.server.url("/help/delivery"),
        "Delivery",
        "Parcels take three days.",
    )
    source = shop.shelf.library.documents.source_text(best.document, best.sha256)
    assert source is not None
    assert source[best.start : best.end] == best.text
    assert shop.found("cookies") == shop.found("imprint") == []
    assert shop.found("parcels", source="files") == []


async def test_nothing_is_fetched_before_it_is_due(shop: Web) -> None:
    site = shop.site(interval=timedelta(days=2))
    await shop.visit(site)
    before = len(shop.asked)
    await shop.visit(site, days=1)
    assert len(shop.asked) == before
    await shop.visit(site, days=2)
    assert len(shop.asked) > before


async def test_what_has_not_changed_is_not_sent_again(shop: Web) -> None:
    def unchanged(asked: Asked) -> Any:
        if asked.headers.get("if-none-match") == '"1"':
            return 304, b"", {}
        return 200, page("Delivery", "Parcels take three days."), {"ETag": '"1"'}

    shop.pages["/help/delivery"] = unchanged
    await shop.visit(shop.site())
    done = await shop.visit(shop.site(), days=1)
    assert (done.added, done.changed, done.removed) == (0, 0, 0)
    assert len(shop.found("parcels")) == 1


async def test_a_changed_page_is_a_new_version_and_a_gone_one_ends(shop: Web) -> None:
    await shop.visit(shop.site())
    shop.pages |= {"/help/delivery": page("Delivery", "Parcels take a week."), "/help/returns": 410}
    done = await shop.visit(shop.site(), days=1)
    assert (done.documents, done.changed, done.removed) == (1, 1, 1)
    assert shop.found("returns") == []
    assert shop.found("parcels")[0].text == "Parcels take a week."
    assert shop.found("parcels", as_of=START + DAY / 2)[0].text == "Parcels take three days."


async def test_a_page_that_the_sitemap_no_longer_lists_ends(shop: Web) -> None:
    await shop.visit(shop.site())
    shop.pages["/sitemap.xml"] = shop.map("/help/delivery")
    assert (await shop.visit(shop.site(), days=1)).removed == 1


async def test_a_page_that_fails_stays_as_it_was(shop: Web) -> None:
    await shop.visit(shop.site())
    shop.pages["/help/delivery"] = 500
    done = await shop.visit(shop.site(), days=1)
    assert [(problem.code, problem.severity) for problem in done.problems] == [("K122", "error")]
    assert "stays in use" in done.problems[0].hint
    assert len(shop.found("parcels")) == 1


async def test_what_robots_txt_asks_for_is_kept_to(shop: Web) -> None:
    shop.pages["/robots.txt"] = "User-agent: *\nDisallow: /help/returns\nCrawl-delay: 7\n"
    done = await shop.visit(shop.site())
    assert [(problem.file, problem.code) for problem in done.problems] == [(shop.server.url("/help/returns"), "K125")]
    assert "/help/returns" not in shop.asked
    assert set(shop.waits) == {7.0}


async def test_a_server_that_cannot_say_what_is_allowed_is_left_alone(shop: Web) -> None:
    await shop.visit(shop.site())
    asked = len(shop.asked)
    shop.pages["/robots.txt"] = 500
    done = await shop.visit(shop.site(), days=1)
    assert [problem.code for problem in done.problems] == ["K120"]
    assert set(shop.asked[asked:]) == {"/robots.txt"}
    assert done.documents == 2
    del shop.pages["/robots.txt"]
    assert (await shop.visit(shop.site(), days=1.01)).problems == ()


async def test_requests_are_apart(shop: Web) -> None:
    await shop.visit(shop.site())
    assert shop.waits == [0.5] * 3


async def test_only_pages_of_the_same_site_are_visited(shop: Web) -> None:
    other = shop.server.url("/help/other", host="localhost")
    shop.pages["/sitemap.xml"] += f"<url><loc>{other}</loc></url><url><loc>file:///etc/passwd</loc></url>"
    shop.pages["/help/away"] = lambda _: (302, b"", {"Location": other})
    shop.pages["/sitemap.xml"] += shop.map("/help/away", "/logo.png")
    done = await shop.visit(shop.site())
    assert done.documents == 2
    assert [(problem.file, problem.code) for problem in done.problems] == [(shop.server.url("/help/away"), "K121")]
    assert "/logo.png" not in shop.asked


async def test_a_private_address_is_not_called_unless_it_is_allowed(shop: Web) -> None:
    done = await shop.visit(Site(url=shop.server.url("/sitemap.xml")))
    assert [problem.code for problem in done.problems] == ["K120"]
    assert shop.asked == []


async def test_links_are_followed_within_the_folder_only_where_that_is_wanted(shop: Web) -> None:
    links = "".join(f'<a href="{to}">x</a> ' for to in ("/help/delivery#top", "returns", "/shop/cart", "mailto:x@y.z"))
    shop.pages |= {"/help/": page("Help", f"Welcome. {links}"), "/shop/cart": page("Cart", "Empty.")}
    assert (await shop.visit(shop.site("/help/"))).documents == 1
    done = await shop.visit(shop.site("/help/", follow=True), days=1)
    assert done.documents == 3
    assert "/shop/cart" not in shop.asked
    assert shop.found("welcome")[0].document == shop.server.url("/help/")


async def test_a_ring_of_links_ends_and_so_does_an_endless_site(shop: Web) -> None:
    def endless(number: int) -> Callable[[Asked], Any]:
        return lambda asked: page("More", f'Page {number}. <a href="{number + 1}">on</a> <a href="0">back</a>')

    shop.pages |= {f"/more/{number}": endless(number) for number in range(60)}
    done = await shop.visit(shop.site("/more/0", follow=True, pages=20))
    assert done.documents == 20
    assert [(problem.code, problem.severity) for problem in done.problems] == [("K123", "warning")]


async def test_a_visit_goes_on_where_it_was_stopped(shop: Web) -> None:
    class Stopped(BaseException):
        pass

    def stop(done: int, _: int) -> None:
        if done == 1:
            raise Stopped

    async def wait(_: float) -> None:
        return

    def work() -> None:
        visit_sites([shop.site()], shop.shelf.library, now=START, sleep=wait, on_progress=stop)

    with pytest.raises(Stopped):
        await asyncio.to_thread(work)
    assert shop.asked.count("/help/delivery") == 1
    done = await shop.visit(shop.site(), days=0.01)
    assert shop.asked.count("/help/delivery") == 1
    assert done.documents == 2


async def test_a_site_that_is_no_longer_named_ends(shop: Web) -> None:
    await shop.visit(shop.site())
    done = await shop.visit()
    assert (done.documents, done.removed) == (0, 2)
    assert shop.found("parcels") == []
    assert (await shop.visit(shop.site())).documents == 2


async def test_files_and_pages_do_not_end_each_other(shop: Web) -> None:
    shop.shelf.write("parcels.md", "Parcels are brown.")
    await shop.visit(shop.site())
    assert shop.shelf.ingest().documents == 3
    assert (await shop.visit(shop.site(), days=5)).documents == 3


async def test_an_index_of_packed_sitemaps_is_read(shop: Web) -> None:
    packed = gzip.compress(shop.map("/help/delivery").encode())
    shop.pages |= {
        "/sitemap.xml": f"<sitemapindex><sitemap><loc>{shop.server.url('/a.xml.gz')}</loc></sitemap></sitemapindex>",
        "/a.xml.gz": lambda _: (200, packed, {"Content_Type": "application/gzip"}),
    }
    assert (await shop.visit(shop.site())).documents == 1


async def test_other_alphabets_are_decoded_as_the_server_or_the_page_says(shop: Web) -> None:
    text = page("Café", "Crème brûlée.")
    shop.pages |= {
        "/sitemap.xml": shop.map("/a", "/b", "/c"),
        "/a": lambda _: (200, text.encode("latin-1"), {"Content_Type": "text/html; charset=ISO-8859-1"}),
        "/b": lambda _: (200, text.replace("<head>", '<head><meta charset="cp1252">').encode("cp1252"), {}),
        "/c": lambda _: (200, text.encode("latin-1"), {}),
    }
    done = await shop.visit(shop.site())
    assert [problem.code for problem in done.problems] == ["K104"]
    assert {hit.text for hit in shop.found("brulee")} == {"Crème brûlée."}
    assert done.documents == 2


def test_a_sitemap_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(Refused, match="unpacks"):
        sitemap.listed(gzip.compress(bytes(sitemap.LARGEST + 1)))
    with pytest.raises(Refused, match="unpacked"):
        sitemap.listed(b"\x1f\x8b\x08 nothing")

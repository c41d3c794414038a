"""Sites are URLs or tables, each mistake with its place and a hint."""

from __future__ import annotations

from datetime import timedelta

import pytest

from segue.errors import Finding
from segue.knowledge.sources.site import Site
from segue.settings import parse


def read(text: str) -> tuple[tuple[Site, ...], list[Finding]]:
    settings, findings = parse(f"[knowledge]\nsites = {text}\n", {})
    return settings.knowledge.sites, findings


def test_a_url_alone_is_a_site() -> None:
    assert read('["https://help.example.com/sitemap.xml"]') == ((Site(url="https://help.example.com/sitemap.xml"),), [])
    ((root,), _) = read('["https://example.com"]')
    assert root.url == "https://example.com/"


def test_a_table_says_more_of_it() -> None:
    more = 'interval = "2 h", follow = true, pages = 5, audience = "internal", private = true'
    ((site,), findings) = read(f'[{{url = "https://a.example/b/c", {more}}}]')
    assert findings == []
    assert (site.interval, site.follow, site.pages, site.audience, site.private) == (
        timedelta(hours=2),
        True,
        5,
        "internal",
        True,
    )
    assert (site.is_sitemap, site.folder) == (False, "https://a.example/b/")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('"https://a.example"', "expected a list", ""),
        ("[3]", "entry 1: expected a URL or a table", ""),
        ('["ftp://a.example"]', "entry 1: url: expected an address", ""),
        ('["https://user:word@a.example"]', "entry 1: url: expected an address", ""),
        ('["https://a.example/#top"]', "not a place in it", "leave out"),
        ('["https://a.example", {follow = true}]', "entry 2 has no url", ""),
        ('[{url = "https://a.example", intervall = "1 d"}]', 'unknown key "intervall"', 'did you mean "interval"?'),
        ('[{url = "https://a.example", interval = 5}]', "expected a duration", "no unit"),
        ('[{url = "https://a.example", pages = 0}]', "pages: expected a number", ""),
        ('[{url = "https://a.example", follow = "yes"}]', "expected true or false", ""),
        ('[{url = "https://a.example", audience = "all"}]', "public", ""),
        ('["https://a.example/", "https://a.example"]', "stands there twice", ""),
    ],
)
def test_a_mistake_is_said_with_its_place(text: str, message: str, hint: str) -> None:
    sites, (finding,) = read(text)
    assert sites == ()
    assert (finding.code, finding.line) == ("S105", 2)
    assert message in finding.message
    assert hint in finding.hint


def test_past_tickets_are_read_only_where_that_is_wanted() -> None:
    assert parse("", {})[0].knowledge.tickets is False
    assert parse("[knowledge]\ntickets = true\n", {})[0].knowledge.tickets is True
    assert [finding.code for finding in parse('[knowledge]\ntickets = "yes"\n', {})[1]] == ["S105"]

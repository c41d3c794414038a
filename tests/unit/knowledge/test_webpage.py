"""A web page as its reader sees it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.knowledge import tags, webpage


def seen(source: str) -> list[str]:
    return [block.text for block in webpage.read(source).blocks]


def test_only_the_content_is_read() -> None:
    source = """<!doctype html><html lang="en-GB"><head><title>Returns | Shop</title><style>p { }</style></head>
    <body><nav><ul><li>Home</ul></nav><header><h1>Returns &amp; refunds</h1><p>Menu</p></header>
    <main><p>Send it <b>back</b>.</p><aside>Advertisement</aside></main>
    <footer>Imprint</footer><script>if (a < b) { "<p>no</p>" }</script></body></html>"""
    found = webpage.read(source)
    assert [block.text for block in found.blocks] == ["Send it back."]
    assert (found.title, found.language) == ("Returns & refunds", "en-GB")


def test_the_title_of_the_page_serves_where_there_is_no_heading() -> None:
    assert webpage.read("<title> Our\n shop </title><p>x").title == "Our shop"


def test_a_heading_that_never_ends_is_not_the_whole_page() -> None:
    assert webpage.read("<h1>Returns<p>Send it back.").title == "Returns"
    assert webpage.read("<h1><div>Returns</div></h1><p>Send it back.").title == "Returns"


def test_space_is_seen_once_and_entities_as_what_they_stand_for() -> None:
    assert seen("<p>Two \n  words&nbsp;&lt;here&gt;  <i> and</i> there &copy; A&B</p>") == [
        "Two words <here> and there © A&B"
    ]


def test_space_in_code_is_kept() -> None:
    assert seen("<pre>a  b\n  c &gt; d</pre>") == ["a  b\n  c > d"]


def test_headings_have_their_level() -> None:
    blocks = webpage.read("<h2>How <i>to</i></h2>text<h5>Deep").blocks
    assert [(block.kind, block.level, block.text) for block in blocks] == [
        ("heading", 2, "How to"),
        ("text", 0, "text"),
        ("heading", 5, "Deep"),
    ]


def test_lists_are_marked_and_numbered_even_when_tags_are_left_open() -> None:
    source = (
        "<ol><li>Open <img src=x alt='Orders'> now<li><p>Click <code>Return</code></p><ul><li>twice</ul><li></li></ol>"
    )
    assert seen(source) == ["1. Open Orders now", "2. Click Return", "  - twice"]


def test_rows_of_a_table_are_lines_with_bars() -> None:
    source = (
        "<table><tr><th>Country</th>\n <th>Days</th></tr><tr><td>Norway<td>3<br>or 4</tr><tr><td><p>Italy</p></td></tr>"
    )
    assert seen(source) == ["| Country | Days |", "| Norway | 3 or 4 |", "| Italy |"]


def test_a_region_reaches_over_the_tags_inside_but_not_around() -> None:
    source = "<div><p>\n See <a href='x'>this</a> page. </p></div>"
    (block,) = webpage.read(source).blocks
    assert source[block.start : block.end] == "See <a href='x'>this</a> page."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>5 < 6 and a<b", "5 < 6 and a<b"),
        ("<p title='a > b'>x</p>", "x"),
        ('<p title="open>x</p>', "x"),
        ("<p>x<!-- never closed <p>y</p>", "x"),
        ("x</p", "x</p"),
        ("<p>a</nosuch>b</p>", "ab"),
        ("<P>a<BR/>b</P>", "a\nb"),
    ],
)
def test_what_is_malformed_is_read_as_a_browser_reads_it(source: str, text: str) -> None:
    assert seen(source) == [text]


@given(st.text(alphabet="<>/!-?pab \"'=&;\n", max_size=60))
def test_the_events_of_a_page_cover_it_without_a_gap(source: str) -> None:
    events = list(tags.events(source))
    assert "".join(source[event.start : event.end] for event in events) == source
    assert all(first.end == second.start for first, second in pairwise(events))


def test_what_belongs_to_the_site_is_left_out() -> None:
    source = """<body><div class="site-nav"><div>Home</div></div><div id="cookie-banner">We use cookies</div>
    <div class="content"><p>The text.</p><div role="complementary">Buy more</div><p hidden>Secret</p>
    <p style="display: none">Hidden</p><ul class="breadcrumb"><li>Help</li></ul><section id="cookies"><p>On cookies.</p>
    </section></div><div class="page-footer">Imprint</div></body>"""
    assert [block.text for block in webpage.read(source).blocks] == ["The text.", "On cookies."]


def test_the_one_main_element_is_the_page() -> None:
    source = "<p>Before</p><main><h1>T</h1><p>Text.</p></main><p>After</p>"
    assert [block.text for block in webpage.read(source).blocks] == ["T", "Text."]
    assert [block.text for block in webpage.read("<p>A</p><main></main><p>B</p>").blocks] == ["A", "B"]


def test_an_element_of_the_site_that_never_ends_takes_nothing_with_it() -> None:
    assert [block.text for block in webpage.read('<div class="nav"><p>All of it.</p>').blocks] == ["All of it."]


def test_links_are_told() -> None:
    assert webpage.read('<a href="/a?b=1&amp;c=2">x</a> <a name="y">z</a>').links == ("/a?b=1&c=2",)

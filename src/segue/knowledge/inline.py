"""Markdown inside a paragraph: which characters are marks that no reader sees."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from segue.knowledge.blocks import Edit

SPECIAL = re.compile(r"[\\`*_!\[\]<&~]")
"""Every mark begins with one of these."""

# The lengths are bounded so that no text, however broken, takes more than linear time.
TOKEN = re.compile(
    r"""
      (?P<escape> \\ [!-/:-@\[-`{-~\n] )
    | (?P<code> (?<!`) (?P<ticks>`{1,20}) (?!`) (?P<inner>.{1,2000}?) (?<!`) (?P=ticks) (?!`) )
    | (?P<hidden> <!--.{0,500}?--> )
    | <(?P<autolink> (?:https?://|mailto:)[^<>\s]{1,2000} | [\w.+-]{1,64}@[\w.-]{1,250} )>
    | (?P<tag> </?(?P<name>[A-Za-z][A-Za-z0-9.-]{0,60}) (?:\s[^<>]{0,2000})? /?> )
    | (?P<entity> &(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30}); )
    | (?P<opens> !?\[ )
    | (?P<closes> \] (?: \( \s* (?:<[^<>\n]{0,2000}>|[^\s()]{0,2000}(?:\([^\s()]{0,500}\)[^\s()]{0,500})*)
                           (?:\s+(?:"[^"]{0,500}"|'[^']{0,500}'))? \s* \)
                       | \[(?P<label>[^\[\]]{0,200})\] )? )
    | (?P<run> \*{1,20} | _{1,20} | ~~ )
    """,
    re.VERBOSE | re.DOTALL,
)

COMPONENT = re.compile(
    r"""
    </?[A-Z][\w.]*+
    (?P<properties> (?: \s++ (?:
        [\w:-]++ = (?: "[^"]*+" | '[^']*+' | \{ (?: [^{}]++ | \{ (?: [^{}]++ | \{[^{}]*+\} )*+ \} )*+ \} )
      | (?:required|deprecated|optional|open|defaultOpen|disabled|horizontal|arrow|noAnchor)\b
    ) )*+ )
    \s*+ /?+ >
    """,
    re.VERBOSE,
)
"""A tag of a component of MDX. Words in it that are no properties make it a placeholder: `<Your domain>`."""
MARKUP = re.compile(
    "a|abbr|address|article|aside|audio|b|bdi|bdo|blockquote|br|button|canvas|caption|center|cite|code|col"
    "|colgroup|dd|del|details|dfn|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|header|hr|i|iframe|img"
    "|input|ins|kbd|label|legend|li|link|main|map|mark|meta|nav|noscript|object|ol|optgroup|option|p|param|picture|pre"
    "|progress|q|rp|rt|ruby|s|samp|section|select|small|source|span|strike|strong|sub|summary|sup|svg|table|tbody|td"
    "|template|textarea|tfoot|th|thead|time|tr|track|tt|u|ul|var|video|wbr"
)
"""Names of HTML's tags; `<order number>` in a sentence is none."""
APART = re.compile("br|dd|div|dt|h[1-6]|li|p|td|th|tr", re.IGNORECASE)
"""What stands on the two sides of these tags are two words."""


class _Run(NamedTuple):
    mark: str
    start: int
    end: int
    opens: bool
    closes: bool


def marks(source: str, start: int, end: int, *, labels: frozenset[str] = frozenset()) -> list[Edit]:
    """Return the edits, in no order, that turn `source[start:end]` into what a reader sees.

    Gone are emphasis, links' targets, code's back-ticks, tags, comments and backslashes; entities are decoded,
    and an image leaves its description.

    Args:
        source: The whole text.
        start: Where the paragraph begins.
        end: Where it ends.
        labels: Reference links that the document defines, in lower case.
    """
    edits: list[Edit] = []
    brackets: list[re.Match[str]] = []
    runs: list[_Run] = []
    for token in _tokens(source, start, end):
        if token.lastgroup == "opens":
            brackets.append(token)
        elif token.lastgroup == "closes":
            opened = brackets.pop() if brackets else None
            if opened is not None and _is_link(token, labels):
                edits += Edit(*opened.span()), Edit(*token.span())
        elif token.lastgroup == "run":
            runs.append(_run(source, start, end, token))
        else:
            edits += _edits(token)
    return edits + _emphasis(runs)


def _tokens(source: str, start: int, end: int) -> Iterator[re.Match[str]]:
    special = SPECIAL.search(source, start, end)
    while special is not None:
        token = TOKEN.match(source, special.start(), end)
        if token is not None:
            yield token
        special = SPECIAL.search(source, (token or special).end(), end)


def _edits(token: re.Match[str]) -> list[Edit]:
    """Return the edits for a mark that needs no partner."""
    start, end = token.span()
    match token.lastgroup:
        case "code":
            width = len(token["ticks"])
            return [Edit(start, start + width), Edit(end - width, end)]
        case "autolink":
            return [Edit(start, start + 1), Edit(end - 1, end)]
        case "entity":
            return [Edit(start, end, html.unescape(token[0]))]
        case "tag" if _is_markup(token):
            return [Edit(start, end, " " if APART.fullmatch(token["name"]) else "")]
        case "escape":
            return [Edit(start, start + 1)]
        case "hidden":
            return [Edit(start, end)]
    return []


def _is_markup(token: re.Match[str]) -> bool:
    """Say whether this is a tag of HTML or of a component, and not a placeholder: `<Your domain>`, `<ID>`."""
    name = token["name"]
    is_component = name[0].isupper() and not name.isupper() and COMPONENT.fullmatch(token[0]) is not None
    return is_component or MARKUP.fullmatch(name.lower()) is not None


def _is_link(token: re.Match[str], labels: frozenset[str]) -> bool:
    if len(token[0]) == 1:
        return False
    label = token["label"]
    return label is None or label.lower() in labels


def _run(source: str, start: int, end: int, token: re.Match[str]) -> _Run:
    where, stop = token.span()
    before = source[where - 1] if where > start else " "
    after = source[stop] if stop < end else " "
    left = not after.isspace() and (after.isalnum() or not before.isalnum())
    right = not before.isspace() and (before.isalnum() or not after.isalnum())
    if source[where] == "_":
        left, right = left and not before.isalnum(), right and not after.isalnum()
    return _Run(source[where], where, stop, left, right)


def _emphasis(runs: list[_Run]) -> list[Edit]:
    """Pair the runs that open with those that close; what finds no partner is an ordinary character."""
    edits: list[Edit] = []
    waiting: dict[str, list[_Run]] = {"*": [], "_": [], "~": []}
    for run in runs:
        openers, start = waiting[run.mark], run.start
        while run.closes and openers and start < run.end:
            opener = openers.pop()
            width = min(opener.end - opener.start, run.end - start)
            edits += Edit(opener.end - width, opener.end), Edit(start, start + width)
            start += width
            if opener.end - opener.start > width:
                openers.append(opener._replace(end=opener.end - width))
        if run.opens and start < run.end:
            openers.append(run._replace(start=start))
    return edits

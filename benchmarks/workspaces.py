"""Builds workspaces from real data: `python benchmarks/workspaces.py wixqa DIR`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it also runs as a script

from benchmarks import data

_SETTINGS = """\
[helpdesk]
kind = "local"

[autonomy]
default = "auto"
"""


def wixqa(target: Path) -> None:
    """Build a help center of 173 articles, with 83 customers' questions as its inbox.

    `expected.json` names the right documents of each question; the agent never reads it.
    """
    source = data.folder("wixqa_sample")
    articles = list(data.lines(source / "articles.jsonl"))
    names = _file_names(articles)
    for article in articles:
        title = json.dumps(article["title"], ensure_ascii=False)
        _write(target / "knowledge" / names[article["id"]], f"---\ntitle: {title}\n---\n{_body(article)}\n")
    questions = list(data.lines(source / "questions.jsonl"))
    tickets = [
        {
            "id": question["id"].lower(),
            "created_at": "2026-05-20T09:00:00Z",
            "channel": "email",
            "customer": {"id": f"customer-{number}"},
            "messages": [{"role": "customer", "text": question["question"]}],
        }
        for number, question in enumerate(questions, start=1)
    ]
    _write(target / "inbox" / "questions.jsonl", "".join(json.dumps(ticket) + "\n" for ticket in tickets))
    right = {question["id"].lower(): [names[i] for i in question["article_ids"]] for question in questions}
    _write(target / "expected.json", json.dumps(right, indent=1))
    _write(target / "segue.toml", _SETTINGS)


def _file_names(articles: list[dict[str, Any]]) -> dict[str, str]:
    """Return a readable file name for each article, by its id."""
    names: dict[str, str] = {}
    for article in articles:
        name = re.sub(r"[^a-z0-9-]+", "-", article["url"].rstrip("/").rpartition("/")[2].lower()).strip("-")
        unique = name if f"{name}.md" not in names.values() else f"{name}-{article['id'][:6]}"
        names[article["id"]] = f"{unique}.md"
    return names


def _body(article: dict[str, Any]) -> str:
    """Return an article's text, without the title that it repeats as its first line."""
    text: str = article["text"]
    return text.removeprefix(article["title"]).strip()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


BUILDERS: dict[str, Callable[[Path], None]] = {"wixqa": wixqa}


def main(arguments: list[str]) -> int:
    """Build the workspace that the arguments name; gives the exit status."""
    if len(arguments) != 2 or arguments[0] not in BUILDERS:
        print(f"usage: benchmarks/workspaces.py {{{','.join(BUILDERS)}}} DIR", file=sys.stderr)
        return 2
    target = Path(arguments[1])
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        print(f"{target}: not an empty folder; nothing was written", file=sys.stderr)
        return 2
    try:
        BUILDERS[arguments[0]](target)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 3
    print(f"{target}: a workspace of {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

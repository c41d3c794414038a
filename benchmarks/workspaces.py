"""Builds workspaces from real data: `python -m benchmarks.workspaces wixqa|star|clinc150|banking77|tau2_… DIR`.

`wixqa` has articles and questions. `tau2_retail` and `tau2_banking` have tools and procedures too. The others have a
history of tickets that are scored on their topic alone, and a procedure for each topic: `history/learned.jsonl` is what
was there before, `history/replayed.jsonl` what came later.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it also runs as a script

from benchmarks import data, tau2

SEED = 20260520
LEARNED = 0.8
"""Share of a history that is learned from, where the data names no parts of its own."""
TURNS = 3
"""So many of the customer's messages make a ticket of `star`."""
EXAMPLES = 5
"""Of each topic, in its procedure."""
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_APART = timedelta(minutes=1)
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


def star(target: Path) -> None:
    """Build a history of chats in the order of their time; the topic is the first of a chat's tasks."""
    chats = sorted(data.lines(data.folder("star") / "tickets.jsonl"), key=lambda chat: chat["created_at"])
    tickets = [_chat(chat) for chat in chats if chat["tasks"]]
    cut = int(len(tickets) * LEARNED)
    _company(target, tickets[:cut], tickets[cut:])


def clinc150(target: Path) -> None:
    """Build a history of one-sentence requests on 150 topics and on none; what is replayed is the validation set."""
    source = data.folder("clinc150")
    parts = [
        [line for name in names for line in data.lines(source / f"{name}.jsonl")]
        for names in (("train", "oos_train"), ("val", "oos_val"))
    ]
    tickets = _requests(_shuffled(parts[0]) + _shuffled(parts[1]), "clinc")
    _company(target, tickets[: len(parts[0])], tickets[len(parts[0]) :])


def banking77(target: Path) -> None:
    """Build a history of one-message requests to a bank on 77 topics."""
    tickets = _requests(_shuffled(list(data.lines(data.folder("banking77") / "train.jsonl"))), "banking")
    cut = int(len(tickets) * LEARNED)
    _company(target, tickets[:cut], tickets[cut:])


def _chat(chat: dict[str, Any]) -> dict[str, Any]:
    said = islice((message for message in chat["messages"] if message["role"] == "customer"), TURNS)
    return {
        "id": chat["id"],
        "created_at": chat["created_at"],
        "channel": "chat",
        "customer": {"id": chat["customer_id"]},
        "messages": [{"role": "customer", "text": message["text"], "at": message["ts"]} for message in said],
        "topic": chat["tasks"][0],
        "outcome": "resolved" if chat["resolved"] else "unresolved",
    }


def _requests(lines: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return tickets of one message each, a minute apart; what is out of scope has no topic."""
    return [
        {
            "id": f"{name}-{number}",
            "created_at": (_EPOCH + number * _APART).isoformat().replace("+00:00", "Z"),
            "channel": "chat",
            "customer": {"id": f"customer-{number}"},
            "messages": [{"role": "customer", "text": line["text"]}],
            "topic": None if line["intent"] == "oos" else line["intent"],
            "outcome": "escalated" if line["intent"] == "oos" else "resolved",
        }
        for number, line in enumerate(lines)
    ]


def _shuffled(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return random.Random(SEED).sample(lines, len(lines))  # noqa: S311 (nothing is secret)


def _company(target: Path, learned: Sequence[dict[str, Any]], replayed: Sequence[dict[str, Any]]) -> None:
    """Write a workspace whose procedures know nothing but a few examples of what was learned."""
    for name, tickets in (("learned", learned), ("replayed", replayed)):
        _write(target / "history" / f"{name}.jsonl", "".join(_line(ticket) for ticket in tickets))
    for topic in sorted({ticket["topic"] for ticket in learned if ticket["topic"] is not None}):
        own = (ticket for ticket in learned if ticket["topic"] == topic)
        name = re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-")
        _write(target / "procedures" / f"{name}.yaml", _procedure(topic, islice(own, EXAMPLES)))
    _write(target / "segue.toml", _SETTINGS)


def _procedure(topic: str, tickets: Iterable[dict[str, Any]]) -> str:
    texts = [" ".join(message["text"] for message in ticket["messages"]) for ticket in tickets]
    words = re.sub(r"[^A-Za-z0-9]+", " ", topic).strip()
    lines = [
        f"topic: {json.dumps(topic)}",
        "examples:",
        *(f"  - {json.dumps(text, ensure_ascii=False)}" for text in texts),
        "steps:",
        f'  - {{id: answer, reply: "Thank you, we take care of it: {words}."}}',
    ]
    return "\n".join(lines) + "\n"


def _line(ticket: dict[str, Any]) -> str:
    return json.dumps(ticket, ensure_ascii=False) + "\n"


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


BUILDERS: dict[str, Callable[[Path], None]] = {
    "wixqa": wixqa,
    "star": star,
    "clinc150": clinc150,
    "banking77": banking77,
    "tau2_retail": tau2.retail,
    "tau2_banking": tau2.banking,
}


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

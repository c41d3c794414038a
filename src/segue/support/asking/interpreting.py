"""Interpretation by a model: it cuts a ticket into requests, and what was learned says how sure anybody can be.

A model's own confidence is no probability: nothing was calibrated on it. So the local classifier looks at each request
as the model has cut it, and its calibrated probability of the model's topic is the confidence; where the two do not
agree, that is low, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from segue.models.model import Part
from segue.plan.plan import Input, Plan
from segue.redaction import Personal
from segue.support import entities
from segue.support.asking.questions import Question
from segue.support.interpret import QUESTION, Classifier, Request, Understanding
from segue.support.outcome import Urgency
from segue.support.requests import SURE, line
from segue.support.ticket import Ticket

JSON = Any
NONE = "none"
"""How a model names that it is none of the topics."""
UNLEARNED = 0.5
"""Confidence in a model's word where nothing was learned that could speak for or against it: enough for a draft."""
MOST_REQUESTS = 8
MOST_EXAMPLES = 3
"""That a model is shown of a topic."""
LONGEST_VALUE = 2000
"""Characters of free text."""
SYSTEM = """\
You read what a customer wrote to a company and say what they want. You do not answer them.

Give every request that they make, in the order of their text; most tickets hold one. For each one:
- topic: the one topic of the list that it is about. Take "none" where it is about none of them.
- words: the sentences in which they ask for it, copied exactly.
- inputs: what the topic needs to know, as far as they wrote it, copied exactly. Leave out what they did not write.

language is the ISO 639-1 code of the language in which they write. urgency is high where waiting harms them."""
_SPACES = re.compile(r"\s+")
_LANGUAGE = re.compile(r"[a-z]{2}")


def question(ticket: Ticket, plans: Mapping[str, Plan], topics: Sequence[str], personal: Personal) -> Question:
    """Return what a model is asked about a ticket.

    Args:
        ticket: Data.
        plans: The company's words on what each topic is.
        topics: All there are.
        personal: Of the customer.
    """
    return Question(
        task="interpret",
        system=SYSTEM,
        parts=(
            Part(text="\n".join(["Topics:", *_topics(plans, topics)]), is_trusted=True),
            Part(text="\n\n".join(part for part in (ticket.subject, ticket.text) if part.strip()), label="ticket"),
        ),
        schema=_schema(topics),
        personal=personal,
    )


def topics_of(plans: Mapping[str, Plan], rejected: Iterable[str], seen: Iterable[str | None]) -> list[str]:
    """Return every topic that a ticket can be about: of the procedures, and of what was learned."""
    return list(dict.fromkeys([*plans, *rejected, *(topic for topic in seen if topic is not None), QUESTION]))


def _topics(plans: Mapping[str, Plan], topics: Sequence[str]) -> Iterable[str]:
    for topic in topics:
        plan = plans.get(topic)
        about = plan.description if plan else "They ask something that an article may answer." * (topic == QUESTION)
        examples = ", ".join(f"“{example}”" for example in (plan.examples if plan else ())[:MOST_EXAMPLES])
        yield f"- {topic}: {about} {f'For example: {examples}' if examples else ''}".rstrip(" :")
        for entry in plan.inputs if plan else ():
            yield f"  - input {entry.name} ({entry.type}): {entry.description or entry.ask}".rstrip(" :")
    yield f"- {NONE}: anything else."


def _schema(topics: Sequence[str]) -> dict[str, JSON]:
    value = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
        "required": ["name", "value"],
        "additionalProperties": False,
    }
    request = {
        "type": "object",
        "properties": {
            "topic": {"enum": [*topics, NONE]},
            "words": {"type": "string"},
            "inputs": {"type": "array", "items": value},
        },
        "required": ["topic", "words", "inputs"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "requests": {"type": "array", "items": request, "minItems": 1, "maxItems": MOST_REQUESTS},
            "language": {"type": "string"},
            "urgency": {"enum": list(get_args(Urgency))},
        },
        "required": ["requests", "language", "urgency"],
        "additionalProperties": False,
    }


def agreed(
    ticket: Ticket,
    local: Understanding,
    read: Mapping[str, JSON],
    classifier: Classifier | None,
    plans: Mapping[str, Plan],
) -> Understanding:
    """Return what a ticket says by both readings.

    The requests are the model's, with the confidence that was learned; one that only the classifier saw, and surely,
    stays, with little confidence: a model that leaves a request out does not get rid of it. What a model takes from
    the ticket must stand in it.

    Args:
        ticket: What was read.
        local: By what was learned, and by rules; commands and the wish for a person are its alone.
        read: By the model, of the schema of `question`.
        classifier: `None` where nothing was learned.
        plans: By topic.
    """
    found: dict[str | None, Request] = {}
    for each in read["requests"]:
        request = _request(ticket, local, each, classifier, is_only=len(read["requests"]) == 1)
        plan = plans.get(request.topic or "")
        request = replace(request, guesses=_guesses(each["inputs"], plan.inputs if plan else (), _whole(ticket)))
        found[request.topic] = _joined(found.get(request.topic), request)
    is_one_for_one = len(local.requests) == len(read["requests"]) == 1
    for request in () if is_one_for_one else local.requests:
        if request.topic is not None and request.confidence >= SURE:
            found.setdefault(request.topic, replace(request, confidence=1 - request.confidence))
    order = get_args(Urgency)
    return replace(
        local,
        requests=tuple(found.values()),
        urgency=max(local.urgency, read["urgency"], key=order.index),
        language=local.language or (read["language"] if _LANGUAGE.fullmatch(read["language"]) else ""),
    )


def _request(
    ticket: Ticket, local: Understanding, each: Mapping[str, JSON], classifier: Classifier | None, *, is_only: bool
) -> Request:
    """Return a request of the model's, with the probability that was learned for its topic."""
    topic = None if each["topic"] == NONE else each["topic"]
    for request in local.requests:
        if request.topic == topic:
            return request
    whole = _whole(ticket)
    words = whole if is_only or not _stands_in(each["words"], whole) else each["words"].strip()
    confidence = UNLEARNED
    if classifier is not None:
        shares = dict(classifier.classify([words])[0])
        best, share = next(iter(shares.items()))
        is_ours = topic is None and best is not None  # then it stays what was learned, as far as that is wrong
        topic, confidence = (best, 1 - share) if is_ours else (topic, shares.get(topic, 0.0))
    return Request(text=words, ask=line(words), topic=topic, confidence=confidence)


def _joined(one: Request | None, other: Request) -> Request:
    """Return two requests of one topic as one."""
    if one is None:
        return other
    text = one.text if other.text in one.text else f"{one.text} {other.text}"
    sure = min(one.confidence, other.confidence)
    return replace(one, text=text, confidence=sure, guesses={**other.guesses, **one.guesses})


def _guesses(given: Sequence[Mapping[str, str]], inputs: Sequence[Input], whole: str) -> dict[str, JSON]:
    """Return the values that stand in the customer's words and are of their inputs' types."""
    known = {entry.name: entry for entry in inputs if entry.type != "boolean"}
    found: dict[str, JSON] = {}
    for each in given:
        entry, written = known.get(each["name"]), each["value"].strip()
        if entry is None or not written or len(written) > LONGEST_VALUE or not _stands_in(written, whole):
            continue
        value = entities.read_answer(entry, written)
        if value is not None:
            found.setdefault(entry.name, value)
    return found


def _whole(ticket: Ticket) -> str:
    return f"{ticket.subject}. {ticket.text}" if ticket.subject else ticket.text


def _stands_in(words: str, text: str) -> bool:
    """Say whether words stand in a text, whatever the space between them and their case."""
    bare = _SPACES.sub(" ", words).strip().casefold()
    return bool(bare) and re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", _SPACES.sub(" ", text).casefold()) is not None

"""A reply in a model's words, each sentence of it resting on passages that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segue.knowledge.document import Hit
from segue.models.model import Answer, Part
from segue.redaction import Personal
from segue.support import answer, gate
from segue.support.asking.questions import Question

JSON = Any
PASSAGES = 6
"""That a model is shown, the best first."""
SENTENCES = 20
SYSTEM = """\
You write the reply to a customer's question for a company's support. Everything in it comes from the numbered articles:
add nothing that they do not say, promise nothing, and leave out what was not asked. Write in the language of the
customer's question, to them, in a few plain sentences. With each sentence name the numbers of the articles on which it
rests. Where the articles do not answer the question, give no sentences at all."""


def question(asked: str, hits: Sequence[Hit], guidance: str, personal: Personal) -> Question:
    """Return what a model is asked to write."""
    told = (Part(text=f"How this company wants it written: {guidance}", is_trusted=True),) if guidance else ()
    articles = [
        Part(text=f"Article {number}: {hit.title}\n{hit.text}", label="article", is_public=True)
        for number, hit in enumerate(hits[:PASSAGES], 1)
    ]
    sentence = {
        "type": "object",
        "properties": {
            "text": {"type": "string", "minLength": 1},
            "articles": {
                "type": "array",
                "items": {"type": "integer", "minimum": 1, "maximum": len(articles)},
                "minItems": 1,
            },
        },
        "required": ["text", "articles"],
        "additionalProperties": False,
    }
    return Question(
        task="compose",
        system=SYSTEM,
        parts=(*told, *articles, Part(text=asked, label="question")),
        schema={
            "type": "object",
            "properties": {"sentences": {"type": "array", "items": sentence, "maxItems": SENTENCES}},
            "required": ["sentences"],
            "additionalProperties": False,
        },
        personal=personal,
    )


def composed(given: Answer, hits: Sequence[Hit]) -> tuple[answer.Answer, str]:
    """Return what a model wrote as an answer, and why it may not be sent, empty where it may.

    An answer without text is the model's word that the passages hold none.
    """
    sentences: Sequence[Mapping[str, JSON]] = given.value["sentences"]
    if not sentences:
        return answer.NOTHING, ""
    if given.invented:
        return answer.NOTHING, f"it speaks of {', '.join(given.invented)}, which nobody said"
    quoted: dict[Hit, None] = {}
    for sentence in sentences:
        cited = [hits[number - 1] for number in sentence["articles"]]
        quoted.update(dict.fromkeys(cited))
        if objection := gate.objection(sentence["text"], [f"{hit.title}, {hit.heading}\n{hit.text}" for hit in cited]):
            return answer.NOTHING, objection
    text = "\n\n".join([" ".join(sentence["text"].strip() for sentence in sentences), answer.sources(quoted)])
    return answer.Answer(text=text, citations=tuple(map(answer.citation, quoted)), by="model"), ""

"""Past tickets: what people asked and what people answered, without personal data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from segue.knowledge import reading
from segue.knowledge.document import Document
from segue.knowledge.extract.part import Part
from segue.redaction import NOBODY, Personal, redact

PREFIX = "ticket:"
LONGEST_TITLE = 120
JUST_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message of a conversation."""

    by_customer: bool
    text: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PastConversation:
    """A ticket that a person answered."""

    id: str
    created_at: datetime
    subject: str = ""
    said: Sequence[Said]
    """In order; only what customers and people said."""
    personal: Personal = NOBODY
    """What is known of the customer, to be hidden."""

    @property
    def answered_at(self) -> datetime:
        """The moment of the last answer; just after the ticket was opened where nobody says when that was.

        Never the moment of the opening itself: whoever asks what was known then must not find this answer.
        """
        times = [said.at for said in self.said if not said.by_customer and said.at is not None]
        return max([*times, self.created_at + JUST_AFTER])


def document(past: PastConversation) -> Document | None:
    """Return what is to be known of a ticket; `None` where nobody answered it.

    Personal data is replaced by placeholders, those of the whole ticket by the same ones.

    Raises:
        Refused: Nothing is left to read.
    """
    if not any(said.text.strip() for said in past.said if not said.by_customer):
        return None
    texts = redact([(text, past.personal) for text in (past.subject, *(said.text for said in past.said))]).texts
    subject, said = " ".join(texts[0].split()), texts[1:]
    asked = next((text for text, each in zip(said, past.said, strict=True) if each.by_customer), "")
    title = subject or " ".join(asked.split())
    short = title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rpartition(' ')[0]}…"
    return reading.read_ticket(
        f"{PREFIX}{past.id}", _parts(past.said, said), title=short or past.id, answered_at=past.answered_at
    )


def documents(past: Iterable[PastConversation]) -> Iterator[Document]:
    """Yield the documents of those that were answered."""
    for each in past:
        found = document(each)
        if found is not None:
            yield found


def _parts(said: Sequence[Said], texts: Sequence[str]) -> Iterator[Part]:
    for each, text in zip(said, texts, strict=True):
        yield Part("text", f"{'Customer' if each.by_customer else 'Answer'}: {text.strip()}" if text.strip() else "")

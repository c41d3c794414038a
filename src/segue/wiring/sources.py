"""What a workspace's knowledge is read from: its files, its past tickets, and the sites that are due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from segue.errors import UsageError
from segue.knowledge import ingest as ingesting
from segue.knowledge import reading
from segue.knowledge.ingest import Ingested
from segue.knowledge.problems import Refused
from segue.knowledge.sources import files
from segue.knowledge.sources.tickets import PREFIX, PastConversation, Said
from segue.knowledge.vectors import Progress
from segue.redaction import Personal
from segue.support.ticket import PastTicket

if TYPE_CHECKING:
    from segue.wiring.house import House


def ingest(house: House, *, offline: bool, on_progress: Progress | None = None) -> Ingested:
    """Read the articles, the past tickets where they are wanted, and the sites that are due.

    Args:
        house: Of the workspace.
        offline: Leave the sites as they are.
        on_progress: As for `ingest.ingest`.
    """
    now, library, wanted = datetime.now(UTC), house.library, house.settings.knowledge
    done = ingesting.ingest(house.workspace.knowledge, library, now=now, on_progress=on_progress)
    if wanted.tickets or library.documents.current("tickets"):
        past = map(_conversation, house.experience.history) if wanted.tickets else ()
        done += ingesting.ingest_tickets(past, library, now=now, on_progress=on_progress)
    if not offline and (wanted.sites or library.pages.sites()):
        from segue.knowledge.visiting import visit_sites  # noqa: PLC0415 (the HTTP client is seldom needed)

        done += visit_sites(wanted.sites, library, now=now, on_progress=on_progress)
    return done


def text(house: House, document: str) -> str:
    """Return the text that the offsets of a document count in.

    Raises:
        UsageError: There is no such document.
    """
    documents = house.library.documents
    stored = documents.source_text(document)
    if stored is not None:
        return stored
    try:
        if document in documents.current():
            return reading.decoded(files.content(files.at(house.workspace.knowledge, document)))
    except Refused as refused:
        raise UsageError(f"{document}: {refused}") from refused
    raise UsageError(f"{document}: the library has no such document; `segue search` names those that it has")


def forget(house: House, tickets: Iterable[str]) -> None:
    """Delete what is known from past tickets, with every version."""
    known = house.library.documents.current("tickets")
    paths = [path for ticket in tickets if (path := f"{PREFIX}{ticket}") in known]
    if paths:
        house.library.documents.delete(paths)
        house.library.index.drop()


def _conversation(past: PastTicket) -> PastConversation:
    """Return what people said in a past ticket; nothing of one that they did not resolve."""
    ticket, customer = past.ticket, past.ticket.customer
    is_good = past.outcome in (None, "resolved") and not past.reopened
    said = [
        Said(by_customer=each.role == "customer", text=each.text, at=each.at)
        for each in ticket.messages
        if each.role != "system"
    ]
    personal = Personal(
        names=(customer.name,) if customer.name else (),
        emails=(customer.email,) if customer.email else (),
        ids=(str(customer.id),) if customer.id else (),
    )
    return PastConversation(
        id=str(past.id),
        created_at=ticket.created_at,
        subject=ticket.subject,
        said=said if is_good else (),
        personal=personal,
    )

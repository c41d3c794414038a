"""What people answered in past tickets is known to colleagues, from the moment of the answer on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from segue.knowledge.ingest import Ingested, ingest_tickets
from segue.knowledge.sources.tickets import PastConversation, Said, document
from segue.redaction import Personal
from tests.unit.knowledge.conftest import DAY, START, Shelf

HOUR = timedelta(hours=1)
ASKED = "My kettle leaks, I am Ada Byron and my mail is ada@example.com."
ANSWERED = "Dear Ada, turn the valve of the kettle to the left. We wrote to ada@example.com."


def past(id_: str = "t-1", *said: Said, **more: Any) -> PastConversation:
    spoken = said or (
        Said(by_customer=True, text=ASKED, at=START),
        Said(by_customer=False, text=ANSWERED, at=START + HOUR),
    )
    personal = Personal(names=("Ada Byron",), emails=("ada@example.com",))
    return PastConversation(id=id_, created_at=START, said=spoken, personal=personal, **more)


def read(shelf: Shelf, *tickets: PastConversation, days: float = 0) -> Ingested:
    return ingest_tickets(tickets, shelf.library, now=START + days * DAY)


def test_question_and_answer_are_found_with_their_ticket(shelf: Shelf) -> None:
    assert read(shelf, past(subject="Leaking kettle")).added == 1
    (hit,) = shelf.library.search("valve of the kettle")
    assert (hit.document, hit.title) == ("ticket:t-1", "Leaking kettle")
    assert shelf.library.documents.source_text("ticket:t-1") == hit.text
    assert hit.text.startswith("Customer: My kettle leaks")
    assert "\n\nAnswer: Dear" in hit.text


def test_personal_data_is_replaced_the_same_one_by_the_same(shelf: Shelf) -> None:
    read(shelf, past())
    (hit,) = shelf.library.search("kettle")
    assert "ada" not in f"{hit.title} {hit.text}".lower()
    assert "byron" not in f"{hit.title} {hit.text}".lower()
    assert hit.text.count("[EMAIL_1]") == 2


def test_no_customer_ever_sees_them(shelf: Shelf) -> None:
    read(shelf, past())
    assert shelf.found("kettle", audience="public") == []
    assert shelf.found("kettle", audience="internal") == ["ticket:t-1"]
    assert shelf.library.explore("What do I do with a leaking kettle?", audience="public") == []


def test_a_search_of_the_past_finds_no_answer_that_was_not_given_yet(shelf: Shelf) -> None:
    read(shelf, past(), days=100)
    assert shelf.found("kettle", as_of=START) == []
    assert shelf.found("kettle", as_of=START + HOUR - timedelta(seconds=1)) == []
    assert shelf.found("kettle", as_of=START + HOUR) == ["ticket:t-1"]


@pytest.mark.parametrize("at", [None, START, START - DAY])
def test_an_answer_whose_time_is_not_known_is_never_there_when_its_ticket_is_opened(shelf: Shelf, at: Any) -> None:
    read(shelf, past("t-1", Said(by_customer=True, text=ASKED), Said(by_customer=False, text=ANSWERED, at=at)))
    assert shelf.found("kettle", as_of=START) == []
    assert shelf.found("kettle", as_of=START + timedelta(seconds=1)) == ["ticket:t-1"]


def test_a_ticket_that_nobody_answered_says_nothing() -> None:
    assert document(past("t-1", Said(by_customer=True, text=ASKED))) is None
    assert document(past("t-1", Said(by_customer=True, text=ASKED), Said(by_customer=False, text="  "))) is None


def test_what_has_not_changed_costs_nothing_and_what_has_is_a_new_version(shelf: Shelf) -> None:
    read(shelf, past())
    done = read(shelf, past(), days=1)
    assert (done.added, done.changed, done.removed) == (0, 0, 0)
    later = Said(by_customer=False, text="The valve is on the right, sorry.", at=START + DAY)
    assert read(shelf, past("t-1", Said(by_customer=True, text=ASKED, at=START), later), days=2).changed == 1
    assert "right" in shelf.library.search("kettle")[0].text


def test_a_ticket_that_is_gone_is_deleted_with_all_that_was_said(shelf: Shelf) -> None:
    shelf.write("kettles.md", "A kettle boils water.")
    shelf.ingest()
    read(shelf, past(), past("t-2"))
    done = read(shelf, past("t-2"), days=1)
    assert done.removed == 1
    assert set(shelf.found("kettle", as_of=START + 50 * DAY)) == {"kettles.md", "ticket:t-2"}
    assert shelf.library.documents.source_text("ticket:t-1") is None
    assert read(shelf, days=2).documents == 1


def test_files_and_tickets_do_not_end_each_other(shelf: Shelf) -> None:
    shelf.write("kettles.md", "A kettle boils water.")
    read(shelf, past())
    assert shelf.ingest().documents == 2
    assert read(shelf, past(), days=3).documents == 2


def test_a_file_that_is_named_like_a_ticket_is_refused(shelf: Shelf) -> None:
    shelf.write("ticket:t-1.md", "Not one.")
    assert [problem.code for problem in shelf.ingest().problems] == ["K112"]

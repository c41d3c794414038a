"""A whole past ticket: what the customer wrote, what a person did and answered, and how it ended."""

import calendar
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import shop

from year import asks, foreign, picking, replies, writing
from year.deeds import Call, Deed, Memory, Request, deed
from year.phrasing import Phrasing, asked, lines, mended, phrasings, say
from year.slots import new_address, other_size, slots
from year.writing import Manner

_LINES = {
    name.strip(): [each.strip() for each in rest]
    for name, *rest in (line.split(" | ") for line in lines(replies.LINES))
}
_CONFUSED = {
    "refund": "exchange", "exchange": "refund", "damaged_item": "repair", "repair": "damaged_item",
    "lost_parcel": "order_status", "order_status": "lost_parcel", "missing_item": "damaged_item",
    "cancel_order": "refund", "price_adjustment": "refund", "membership": "question", "gift_card": "question",
    "question": "order_status", "invoice": "question", "change_address": "order_status", "account_access": "question",
}  # fmt: skip
"""The label that a tired person gives instead."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be written: a topic on a day."""

    topic: str
    day: date


class Conversation:
    """One ticket in the making: its messages and calls, in the order of time."""

    def __init__(self, start: datetime, how: Manner, chance: random.Random) -> None:
        self.at, self.how, self.chance = start, how, chance
        self.messages: list[dict[str, str]] = []
        self.actions: list[dict[str, Any]] = []
        self.voice = chance.choice((*replies.VOICES,))
        self.greeting = chance.choice(replies.VOICES[self.voice][0])

    def customer(self, text: str) -> None:
        """Add a message of the customer, somewhat later unless it is the first."""
        if self.messages:
            quick = self.how.channel == "chat"
            self.at += timedelta(seconds=self.chance.randint(40, 900) if quick else self.chance.randint(900, 60_000))
        self._add("customer", text)

    def agent(self, text: str, values: dict[str, str]) -> None:
        """Add a message of the agent, in their voice and within the hours in which they work."""
        self._wait()
        _, name, lasts = replies.VOICES[self.voice]
        name = self.voice if self.how.channel == "chat" else name
        greeting = self.greeting.format_map(values) if self.how.channel != "chat" else ""
        last = self.chance.choice(lasts)
        body = " ".join(filter(None, (greeting, _lower(text) if greeting.endswith(",") else text, last)))
        self._add("agent", f"{body}\n{name}" if self.how.channel != "chat" or self.chance.random() < 0.6 else body)

    def note(self, text: str) -> None:
        """Add what the helpdesk itself writes down."""
        self._wait()
        self._add("system", text)

    def act(self, calls: Sequence[Call]) -> None:
        """Add the calls that the agent makes before answering."""
        self._wait()
        for call in calls:
            self.at += timedelta(seconds=self.chance.randint(8, 50))
            self.actions.append(
                {
                    "tool": call.tool, "args": call.args, "result": call.result,
                    "after_message": len(self.messages) - 1, "at": stamp(self.at),
                }
            )  # fmt: skip

    def _wait(self) -> None:
        self.at += timedelta(
            minutes=self.chance.randint(1, 9) if self.how.channel == "chat" else self.chance.randint(15, 260)
        )
        if not 8 <= self.at.hour < 18:
            morning = self.at.date() + timedelta(days=self.at.hour >= 18)
            self.at = datetime.combine(morning, time(8, self.chance.randint(2, 58), self.chance.randint(0, 59)), UTC)

    def _add(self, role: str, text: str) -> None:
        self.at += timedelta(seconds=self.chance.randint(5, 55))
        self.messages.append({"role": role, "text": text, "at": stamp(self.at)})


def stamp(at: datetime) -> str:
    """Write a time as the history has it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _lower(text: str) -> str:
    keep = text[:2] in ("I ", "I'") or text[1:2].isupper() or text.split(" ", maxsplit=1)[0] in _NAMES
    return text if keep else text[0].lower() + text[1:]


_NAMES = frozenset(("Northmoor", "Visa,", "Corrie", "Plover", "Students,", "Raven", *calendar.day_name))
"""With which an answer may begin and which keep their capital."""


class Writer:
    """Writes tickets, one after another; it remembers what was done, and what was said before."""

    def __init__(self, chance: random.Random, *, is_held_out: bool = False) -> None:
        self.chance, self.is_held_out = chance, is_held_out
        self.memory = Memory()
        self.said: set[str] = set()

    def ticket(self, topic: str, day: date) -> dict[str, Any]:
        """Return a ticket of that topic and day; where nobody could have a reason, somebody asks a question."""
        for _ in range(12):
            phrasing = self.phrasing(topic, day)
            request = self._request(phrasing, day)
            if request is not None:
                return self._written(phrasing, request)
        return self.ticket("question", day)

    def phrasing(self, topic: str, day: date) -> Phrasing:
        """Return a phrasing that fits the season; what the season brings is said more often while it lasts."""
        book = [each for each in phrasings(topic) if each.is_held_out == self.is_held_out and each.language == "en"]
        book = [each for each in book if picking.holds(each.needs, day)]
        now = [4.0 if each.needs in ("strike", "xmas", "presents", "recall", "old") else 1.0 for each in book]
        return self.chance.choices(book, now)[0]

    def _request(self, phrasing: Phrasing, day: date) -> Request | None:
        topic, needs, chance = phrasing.topic, phrasing.needs, self.chance
        order, goods = None, picking.goods_meant(needs, phrasing.text)
        if topic in picking.WITH_ORDER:
            order = picking.pick_order(
                picking.Wanted(topic=topic, needs=needs, day=day, goods=goods), self.memory, chance
            )
            if order is None:
                return None
        customer = _owner(order) if order else picking.pick_customer(topic, needs, day, self.memory, chance)
        line = _line_meant(order, goods, topic, chance) if order else None
        card = (
            chance.choice([each for each in shop.gift_cards() if each.bought_on < day])
            if topic == "gift_card"
            else None
        )
        code = card.code if card else ""
        if card and chance.random() < 0.05:
            code = code[:-1] + ("7" if code[-1] != "7" else "K")
        return Request(
            day=day,
            customer=customer,
            placed=order,
            item=line,
            address=new_address(chance) if topic == "change_address" else "",
            size=other_size(line, chance) if line and topic == "exchange" else "",
            card=card,
            code=code,
            needs=needs,
        )

    def _written(self, phrasing: Phrasing, request: Request) -> dict[str, Any]:
        draft = _Draft(self, phrasing, request)
        for _ in range(3):
            if draft.first in self.said:
                draft = _Draft(self, phrasing, request)
        self.said.add(draft.first)
        return draft.ticket()


def _owner(order: shop.PastOrder) -> shop.Customer:
    return _customers()[order.customer_id]


_KNOWN: dict[str, shop.Customer] = {}


def _customers() -> dict[str, shop.Customer]:
    if not _KNOWN:
        _KNOWN.update({each.id: each for each in shop.customers()})
    return _KNOWN


def _line_meant(order: shop.PastOrder, goods: frozenset[str], topic: str, chance: random.Random) -> shop.Line:
    """Return the item of an order that is written about: the first one, where the others do not fit better."""
    meant = [line for line in order.lines if line.product.id in goods]
    if topic in ("damaged_item", "missing_item") and not meant:
        return chance.choice(order.lines)
    return (meant or order.lines)[0]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w/]+", text.lower()))


class _Draft:
    """A ticket, from the customer's first words to its end."""

    def __init__(self, writer: Writer, phrasing: Phrasing, request: Request) -> None:
        self.writer, self.request, self.chance = writer, request, writer.chance
        self.phrasing = self._in_own_language(phrasing)
        chance = self.chance
        self.how = writing.manner(chance, self.phrasing.language)
        self.values = slots(request, chance)
        self.values |= {"about": "yes" if request.placed else "", "is_nothing": "" if phrasing.topic else "yes"}
        self.number = request.placed.id if request.placed else ""
        self.shape = self._shape()
        self.other = self._other_request()
        self.subject = writing.subject(
            self.phrasing.topic, self.number if self.shape in ("subject", "text") else "", self.how, self.values, chance
        )
        if self.shape == "subject":
            self.subject = chance.choice(("Order {no}", "{no}", "Re: Your order {no}", "order nr {no}")).format(
                no=self.number
            )
        self.first = self._first()

    def _in_own_language(self, phrasing: Phrasing) -> Phrasing:
        language = foreign.COUNTRIES.get(self.request.customer.country, "")
        if not language or self.chance.random() > 0.8:
            return phrasing
        found = [
            each for each in phrasings(phrasing.topic)
            if each.language == language and each.is_held_out == self.writer.is_held_out
        ]  # fmt: skip
        return self.chance.choice(found) if found and not phrasing.needs else phrasing

    def _shape(self) -> str:
        """Return where the order's number stands."""
        if not self.number or self.phrasing.topic not in picking.WITH_ORDER:
            return "none"
        shapes = ("text", "subject", "asked", "second", "wrong", "short")
        if self.how.channel == "chat":
            return self.chance.choices(shapes, (62, 0, 26, 5, 4, 3))[0]
        return self.chance.choices(shapes, (60, 12, 17, 4, 4, 3))[0]

    def _shown(self) -> str:
        """Return the number that the first message holds."""
        if self.shape == "wrong":
            at = self.chance.randint(1, 5)
            return self.number[:at] + str((int(self.number[at]) + 3) % 10) + self.number[at + 1 :]
        if self.shape == "short":
            return self.number[:-1]
        return self.number if self.shape == "text" else ""

    def _first(self) -> str:
        shown = self.shown = self._shown()
        text, chance = self.phrasing.text, self.chance
        values = {**self.values, "no": shown or "…", "order": writing.reference(shown, self.values, chance)}
        if text.endswith(" {code}") and chance.random() < 0.12:
            values["code"] = ""
        core = mended(say(text, values, chance)).strip()
        core = self._with_ask(core, values)
        core = core[0].upper() + core[1:] if chance.random() < 0.9 and text[0] == "{" else core
        if shown and shown not in core:
            core = writing.with_number(core, shown, chance)
        self.has_code = bool(self.request.code and self.request.code in core)
        if self.other:
            core = writing.joined(core, say(self.other.text, values, chance), chance)
        return writing.letter(core.replace(" …", "").replace("…", ""), self.how, values, chance)

    def _with_ask(self, core: str, values: dict[str, str]) -> str:
        """Return the request now and then with a plain wish behind it, or with another topic's story before."""
        topic, chance = self.phrasing.topic, self.chance
        wishes = [each for each in asked(topic) if each.is_held_out == self.writer.is_held_out]
        if self.phrasing.language != "en" or self.phrasing.needs in ("renew", "erase") or not wishes:
            return core
        wish = mended(say(chance.choice(wishes).text, values, chance))
        if topic in asks.BLENDS and self.phrasing.needs == "" and chance.random() < 0.09:
            story = self.writer.phrasing(chance.choice(asks.BLENDS[topic]), self.request.day)
            if story.needs == "" and not {"{address}", "{newsize}"} & set(re.findall(r"{\w+}", story.text)):
                return f"{writing.ended(mended(say(story.text, values, chance)))} {wish}"
        return f"{writing.ended(core)} {wish}" if chance.random() < 0.38 else core

    def _other_request(self) -> Phrasing | None:
        if self.chance.random() > 0.135 or self.phrasing.language != "en" or self.phrasing.topic in ("", "question"):
            return None
        topic = self.chance.choices(("question", "invoice", "membership"), (62, 22, 16))[0]
        if topic == self.phrasing.topic or (topic == "invoice" and not self.number):
            return None
        other = self.writer.phrasing(topic, self.request.day)
        return other if other.needs == "" and (other.answer or topic != "question") else None

    # What happens then

    def ticket(self) -> dict[str, Any]:
        """Return the finished ticket."""
        self.talk = Conversation(self._start(), self.how, self.chance)
        created = stamp(self.talk.at)
        self.talk.customer(self.first)
        is_known = self.chance.random() > 0.06
        topic = self.phrasing.topic
        outcome = self._answered(topic, is_known)
        end = self._end(topic, outcome)
        customer = self.request.customer
        ticket = {
            "id": "", "created_at": created, "channel": self.how.channel, "subject": self.subject,
            "customer": {"id": customer.id, "name": customer.name, "email": customer.email, "authenticated": is_known},
            "messages": self.talk.messages, "topic": self._label(topic) or None,
        }  # fmt: skip
        if self.talk.actions:
            ticket["actions"] = self.talk.actions
        return ticket | end

    def _start(self) -> datetime:
        hours = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 6, 23)
        weights = (5, 8, 9, 9, 8, 8, 7, 7, 7, 7, 7, 7, 8, 9, 7, 4, 3, 2)
        hour = self.chance.randint(9, 16) if self.how.channel == "chat" else self.chance.choices(hours, weights)[0]
        minute, second = self.chance.randint(0, 59), self.chance.randint(0, 59)
        return datetime.combine(self.request.day, time(hour, minute, second), UTC)

    def _answered(self, topic: str, is_known: bool) -> str:
        if topic == "":
            return self._handed_over("nothing")
        if topic == "question":
            return self._question()
        if topic == "repair":
            self._reply("repair_wait" if "how long" in self.first.lower() or "W2" in self.first else "repair_price", {})
            return "resolved"
        if not is_known and topic != "account_access":
            return self._handed_over("prove")
        if self.number and self.chance.random() < 0.012:
            self.request = replace(self.request, customer=self.chance.choice(shop.customers()))
            return self._handed_over("not_yours")
        if self._never_answered():
            return "unresolved"
        return self._done(topic)

    def _handed_over(self, line: str) -> str:
        if line != "nothing" or self.chance.random() < 0.6:
            self._reply(line, {})
        return "escalated"

    def _question(self) -> str:
        if not self.phrasing.answer:
            self._reply("unknown", {})
            return "escalated"
        self.talk.agent(self._answer(self.phrasing), self.values)
        return "resolved"

    def _answer(self, phrasing: Phrasing) -> str:
        days = (
            "14 days" if self.request.day < shop.LONGER_RETURNS_SINCE else "30 days (60 as a member of the Cairn Club)"
        )
        opening = self.chance.choice(("", "", "", "", "Good question. ", "Happy to help. ", "Thanks for asking. "))
        answer = phrasing.answer.replace("{return_days}", days)
        sentences = answer.split("; ")
        if len(sentences) > 1 and self.chance.random() < 0.3:
            answer = f"{sentences[0]}." if not sentences[0].endswith(".") else sentences[0]
        return opening + answer

    def _never_answered(self) -> bool:
        """Ask for what is missing, and say whether the customer never told it."""
        if self.shape == "second":
            self.talk.customer(self._second_message())
        asks = {"asked": "ask_order", "wrong": "ask_again", "short": "ask_again"}.get(self.shape)
        if asks and not self._told(asks, self._number_told()):
            return True
        topic = self.phrasing.topic
        if topic == "gift_card" and not self.has_code:
            return not self._told("ask_code", self.request.code)
        if topic == "change_address" and self.request.address not in self._said_so_far():
            return not self._told("ask_address", self.request.address)
        if topic == "exchange" and self.request.size.lower() not in _words(self._said_so_far()):
            return self.request.size == "" or not self._told("ask_size", f"{self.request.size} please")
        if (
            topic == "missing_item"
            and len(self.request.order.lines) > 1
            and "{item}" not in self.phrasing.text
            and "{name}" not in self.phrasing.text
        ):
            line = self.request.item
            return not self._told("ask_item", f"The {line.product.name}" if line else "", 0.55)
        return False

    def _said_so_far(self) -> str:
        return " ".join(each["text"] for each in self.talk.messages if each["role"] == "customer")

    def _second_message(self) -> str:
        shapes = (
            "Sorry, forgot the number: {no}",
            "order {no}, sorry",
            "{no}",
            "PS it is order {no}",
            "The order number is {no}.",
        )
        return self.chance.choice(shapes).format(no=self.number)

    def _number_told(self) -> str:
        shapes = (
            "{no}", "It's {no}", "Sure, {no}.", "Here it is: {no}", "Sorry! {no}", "I think it is {no}", "{no}, thanks",
            "Order {no}\n{first}", "The email says {no}.", "#{no}", "Found it. {no}",
        )  # fmt: skip
        return self.chance.choice(shapes).format(no=self.number, first=self.values["first"])

    def _told(self, line: str, reply: str, share: float = 1.0) -> bool:
        """Ask something and say whether it was told; some never write again."""
        if self.chance.random() > share:
            return True
        contents = ", ".join(each.words for each in self.request.order.lines) if self.request.placed else ""
        self._reply(line, {"wrong": self.shown, "contents": contents})
        if self.chance.random() < 0.07:
            return False
        self.talk.customer(writing.slipped(reply, replace(self.how, typos=0.0), self.chance))
        return True

    def _done(self, topic: str) -> str:
        request = self._perhaps_mistaken()
        result = deed(topic, request, self.writer.memory, is_generous=self.chance.random() < 0.02)
        calls = [*result.calls]
        other_line = self._other_done(calls, request)
        if calls:
            self.talk.act(calls)
        if result.approval:
            colleague = self.chance.choice([each for each in replies.VOICES if each != self.talk.voice])
            self.talk.note(f"Approved by {colleague}: {result.approval}.")
        self._reply(result.line, result.values, other_line)
        return "escalated" if result.is_handed_over else "resolved"

    def _perhaps_mistaken(self) -> Request:
        """Return the request, or, once in a while, the request with another of the customer's orders."""
        request = self.request
        if request.placed and self.chance.random() < 0.006:
            others = [
                order for order in shop.orders()
                if order.customer_id == request.customer.id
                and order.id != request.order.id
                and order.placed_on <= request.day
            ]  # fmt: skip
            if others:
                return replace(request, placed=others[-1], item=others[-1].lines[0])
        return request

    def _other_done(self, calls: list[Call], request: Request) -> str:
        """Do what was asked besides, and return the sentence about it; now and then it is forgotten."""
        self.is_forgotten = bool(self.other) and self.chance.random() < 0.1
        if self.other is None or self.is_forgotten:
            return ""
        if self.other.topic == "question":
            return self._answer(self.other)
        besides = deed(self.other.topic, replace(request, needs=""), self.writer.memory)
        calls += [call for call in besides.calls if call.tool != "orders.lookup"]
        return self._line(besides)

    def _line(self, done: Deed) -> str:
        return self.chance.choice(_LINES[done.line]).format_map({**self.values, **done.values})

    def _reply(self, line: str, values: dict[str, str], more: str = "") -> None:
        text = self.chance.choice(_LINES[line]).format_map({**self.values, **values})
        if self.how.is_angry and self.chance.random() < 0.5:
            text = f"{self.chance.choice(_LINES['angry'])} {text}"
        self.talk.agent(" ".join(filter(None, (text, more))), self.values)

    def _end(self, topic: str, outcome: str) -> dict[str, Any]:
        """Return how it ended: thanks, a complaint that opens it again, a mark."""
        chance, is_bad = self.chance, getattr(self, "is_forgotten", False) or outcome != "resolved"
        is_reopened = outcome == "resolved" and topic != "" and chance.random() < (0.4 if is_bad else 0.035)
        if is_reopened:
            self.talk.customer(chance.choice(_LINES["again"]))
            self._reply("follow_up", {})
        elif outcome == "resolved" and chance.random() < 0.12:
            self.talk.customer(chance.choice(_LINES["thanks"]))
        end: dict[str, Any] = {"outcome": outcome, "reopened": is_reopened}
        if chance.random() < 0.33:
            marks = (18, 20, 24, 22, 16) if is_bad or is_reopened else (3, 5, 14, 36, 42)
            end["csat"] = chance.choices((1, 2, 3, 4, 5), marks)[0]
        return end

    def _label(self, topic: str) -> str:
        return _CONFUSED[topic] if topic in _CONFUSED and self.chance.random() < 0.035 else topic

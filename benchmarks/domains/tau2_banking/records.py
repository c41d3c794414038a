"""What the bank's tools return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import bank


@dataclass(frozen=True, kw_only=True)
class User:
    """A customer."""

    user_id: str
    name: str
    address: str
    email: str
    phone_number: str
    date_of_birth: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Read it from its record."""
        return cls(**{key: record[key] for key in cls.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class CreditCard:
    """A card account."""

    account_id: str
    user_id: str
    card_type: str
    status: str
    owed: Decimal
    reward_points: str
    replacement_under_way: bool
    why_not_closed: str
    """Empty where it can be closed."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A checking or savings account."""

    account_id: str
    user_id: str
    kind: str
    level: str
    status: str
    holds: Decimal

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Read it from its record."""
        known = {key: record[key] for key in ("account_id", "user_id", "level", "status")}
        return cls(**known, kind=record["class"], holds=bank.amount(record["current_holdings"]))


@dataclass(frozen=True, kw_only=True)
class DebitCard:
    """A debit card; its numbers are nobody's business here."""

    card_id: str
    account_id: str
    user_id: str
    last_4_digits: str
    status: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Read it from its record."""
        return cls(**{key: record[key] for key in cls.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """Everything that a customer has at the bank."""

    user_id: str
    accounts: list[Account]
    credit_cards: list[CreditCard]
    in_words: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Records of a customer, each field as a text."""

    user_id: str
    records: list[dict[str, str]]

    @classmethod
    def of(cls, user_id: str, records: Iterable[Mapping[str, Any]]) -> Self:
        """Read it from records."""
        return cls(user_id=user_id, records=[{key: str(value) for key, value in each.items()} for each in records])


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What was done."""

    user_id: str
    about: str
    """The id of the record that was made or changed."""
    status: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """Read it from the record."""
        keys = ("order_id", "dispute_id", "record_id", "request_id", "referral_id", "card_id", "account_id", "user_id")
        about = next(str(record[key]) for key in keys if key in record)
        return cls(user_id=record["user_id"], about=about, status=str(record.get("status", "done")))

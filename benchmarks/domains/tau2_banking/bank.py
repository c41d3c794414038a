"""What the bank's systems do to their records. Each change looks first, then acts: a refusal leaves all as it was."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ledger import Data, Touched

from segue.errors import PermanentError

Record = dict[str, Any]
Change = tuple[Record, Touched]

NOW = "2025-11-14 03:40:00 EST"
"""It is always this moment here."""
TODAY = date(2025, 11, 14)


def find(data: Data, table: str, name: str) -> Record:
    """Return a record."""
    if name not in data[table]:
        raise PermanentError(f"{table.replace('_', ' ')}: there is no {name}")
    return data[table][name]


def own(data: Data, table: str, name: str, user_id: str) -> Record:
    """Return a record that is this customer's."""
    found = find(data, table, name)
    if found["user_id"] != user_id:
        raise PermanentError(f"{table.replace('_', ' ')}: {name} is another customer's")
    return found


def of_user(data: Data, table: str, user_id: str, key: str = "user_id") -> list[Record]:
    """Return every record of a customer."""
    return [record for record in data[table].values() if record.get(key) == user_id]


def user_by(data: Data, key: str, value: str) -> Record:
    """Return the customer with a name or an email address."""
    found = [user for user in data["users"].values() if user[key] == value]
    if len(found) != 1:
        raise PermanentError(f"no customer, or more than one, has this {key}")
    return found[0]


def amount(written: Any) -> Decimal:
    """Return an amount of the records: `$1,389.98`, `129.02` or a number."""
    return Decimal(re.sub(r"[$,\s]", "", str(written)))


def in_dollars(sum_: Decimal) -> str:
    """Return an amount as cards write it."""
    return f"${sum_:,.2f}"


def day(written: str) -> date:
    """Return a date of the records, `MM/DD/YYYY`."""
    return datetime.strptime(written, "%m/%d/%Y").date()  # noqa: DTZ007 (a day has no zone)


def status_of(card: Record) -> str:
    """Return the status of a card account; most records leave it out while it is open."""
    return str(card.get("status", card.get("account_status", "ACTIVE")))


def added(data: Data, table: str, key: str, fields: Record) -> Change:
    """Add a record; its id follows from what it says, so that the same one twice is one."""
    text = repr(sorted(fields.items()))
    name = f"{table[:4]}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    data[table][name] = {key: name, **fields}
    return data[table][name], [(table, name)]


# Who it is


def log_verification(data: Data, *given: str) -> Change:
    """Write down that a customer was verified, once a day."""
    keys = ("name", "user_id", "address", "email", "phone_number", "date_of_birth", "time_verified")
    record: Record = dict(zip(keys, given, strict=True))
    user = find(data, "users", record["user_id"])
    if sum(user[key] == record[key] for key in ("address", "email", "phone_number", "date_of_birth")) < 2:
        raise PermanentError("two of address, email, phone number and date of birth must be right")
    name = f"{record['user_id']}_{record['time_verified'][:10].replace('-', '')}"
    data["verification_history"][name] = record
    return record, [("verification_history", name)]


def change_user_email(data: Data, user_id: str, new_email: str) -> Change:
    """Give a customer another email address."""
    user = find(data, "users", user_id)
    user["email"] = new_email
    return user, [("users", user_id)]


# Credit cards


def order_replacement_credit_card(
    data: Data, card_id: str, user_id: str, shipping_address: str, reason: str, expedited_shipping: bool
) -> Change:
    """Send a new card, and cancel the old one."""
    own(data, "credit_card_accounts", card_id, user_id)
    if any(order["status"] not in ("DELIVERED", "CANCELLED") for order in replacements(data, card_id)):
        raise PermanentError(f"a new card for {card_id} is under way already")
    fields = {"credit_card_account_id": card_id, "user_id": user_id, "shipping_address": shipping_address}
    more = {"reason": reason, "expedited_shipping": expedited_shipping, "order_date": f"{TODAY:%m/%d/%Y}"}
    return added(data, "credit_card_orders", "order_id", {**fields, **more, "status": "PENDING"})


def replacements(data: Data, card_id: str) -> list[Record]:
    """Return the new cards that were ordered for a card account."""
    return of_user(data, "credit_card_orders", card_id, "credit_card_account_id")


def log_closure_reason(data: Data, card_id: str, user_id: str, reason: str) -> Change:
    """Write down why a customer wants to close a card account."""
    own(data, "credit_card_accounts", card_id, user_id)
    fields = {"credit_card_account_id": card_id, "user_id": user_id, "closure_reason": reason}
    return added(
        data,
        "credit_card_closure_reasons",
        "record_id",
        {**fields, "logged_at": f"{TODAY:%m/%d/%Y}", "status": "LOGGED"},
    )


def why_not_closed(data: Data, card: Record) -> str:
    """Return why a card account cannot be closed; empty where it can."""
    if status_of(card) == "CLOSED":
        return "it is closed already"
    if amount(card["current_balance"]) != 0:
        return f"{card['current_balance']} is still owed on it"
    if any(
        each["status"] not in ("RESOLVED", "CLOSED") for each in of_user(data, "transaction_disputes", card["user_id"])
    ):
        return "a dispute is under way"
    if (TODAY - day(card["date_of_account_open"])).days < 60:
        return "it is younger than 60 days"
    if any(order["status"] not in ("DELIVERED", "CANCELLED") for order in replacements(data, card["account_id"])):
        return "a new card is under way"
    return ""


def close_credit_card_account(data: Data, card_id: str, user_id: str) -> Change:
    """Close a card account for good."""
    card = own(data, "credit_card_accounts", card_id, user_id)
    why = why_not_closed(data, card)
    if why:
        raise PermanentError(f"{card_id} cannot be closed: {why}")
    card["status"] = "CLOSED"
    return card, [("credit_card_accounts", card_id)]


def apply_statement_credit(data: Data, user_id: str, card_id: str, credit: float, reason: str) -> Change:
    """Let a customer owe less on a card; `reason` is for the statement."""
    card = own(data, "credit_card_accounts", card_id, user_id)
    if credit <= 0 or not reason:
        raise PermanentError("a credit is more than nothing, and has a reason")
    card["current_balance"] = in_dollars(amount(card["current_balance"]) - amount(credit))
    return card, [("credit_card_accounts", card_id)]


def dispute_credit_card(data: Data, transaction_id: str, fields: Record) -> Change:
    """File a dispute of a card payment, once."""
    own(data, "credit_card_transaction_history", transaction_id, fields["user_id"])
    if any(each["transaction_id"] == transaction_id for each in data["transaction_disputes"].values()):
        raise PermanentError(f"{transaction_id} is disputed already")
    more = {"transaction_id": transaction_id, "submitted_at": f"{TODAY:%m/%d/%Y}", "status": "SUBMITTED"}
    return added(data, "transaction_disputes", "dispute_id", {**fields, **more})


def dispute_debit_card(data: Data, transaction_id: str, fields: Record) -> Change:
    """File a dispute of a payment from an account."""
    moved = find(data, "bank_account_transaction_history", transaction_id)
    if moved["account_id"] != fields["account_id"]:
        raise PermanentError(f"{transaction_id} is not of {fields['account_id']}")
    own(data, "accounts", fields["account_id"], fields["user_id"])
    own(data, "debit_cards", fields["card_id"], fields["user_id"])
    more = {"transaction_id": transaction_id, "submitted_at": f"{TODAY:%m/%d/%Y}", "status": "SUBMITTED"}
    return added(data, "transaction_disputes", "dispute_id", {**fields, **more})


def dispute_cash_back(data: Data, user_id: str, transaction_id: str) -> Change:
    """Ask that the cash back of a payment is looked at."""
    own(data, "credit_card_transaction_history", transaction_id, user_id)
    fields = {"user_id": user_id, "transaction_id": transaction_id, "status": "SUBMITTED"}
    return added(data, "cash_back_disputes", "dispute_id", fields)


def update_rewards(data: Data, transaction_id: str, rewards: str) -> Change:
    """Correct what a payment has earned."""
    paid = find(data, "credit_card_transaction_history", transaction_id)
    paid["rewards_earned"] = rewards
    return paid, [("credit_card_transaction_history", transaction_id)]


def request_limit(data: Data, card_id: str, user_id: str, increase: int) -> Change:
    """Ask for a higher limit."""
    own(data, "credit_card_accounts", card_id, user_id)
    fields = {"credit_card_account_id": card_id, "user_id": user_id, "requested_increase_amount": increase}
    return added(data, "credit_limit_increase_requests", "request_id", {**fields, "status": "PENDING"})


def answer_limit(data: Data, card_id: str, user_id: str, new_limit: int | None, reason: str) -> Change:
    """Say yes to a higher limit, or no with a reason."""
    card = own(data, "credit_card_accounts", card_id, user_id)
    asked = of_user(data, "credit_limit_increase_requests", card_id, "credit_card_account_id")
    touched = [("credit_limit_increase_requests", each["request_id"]) for each in asked if each["status"] == "PENDING"]
    for _, name in touched:
        answer = {"status": "DENIED", "denial_reason": reason} if new_limit is None else {"status": "APPROVED"}
        data["credit_limit_increase_requests"][name] |= answer
    if new_limit is not None:
        card["credit_limit"] = in_dollars(Decimal(new_limit))
    return card, [("credit_card_accounts", card_id), *touched]


# Accounts


def transfer(data: Data, source_id: str, target_id: str, sum_: float) -> Change:
    """Move money between two open accounts of one customer."""
    source, target = find(data, "accounts", source_id), find(data, "accounts", target_id)
    moved = amount(sum_)
    if source_id == target_id or source["user_id"] != target["user_id"]:
        raise PermanentError("money moves between two accounts of one customer")
    if {source["status"], target["status"]} - {"OPEN", "ACTIVE"}:
        raise PermanentError("both accounts must be open")
    if not 0 < moved <= amount(source["current_holdings"]):
        raise PermanentError(f"{source_id} does not hold {moved}")
    source["current_holdings"] = f"{amount(source['current_holdings']) - moved:.2f}"
    target["current_holdings"] = f"{amount(target['current_holdings']) + moved:.2f}"
    return source, [("accounts", source_id), ("accounts", target_id)]


def credit_account(data: Data, account_id: str, sum_: float, kind: str) -> Change:
    """Give money to an account; `kind` is for its statement."""
    account = find(data, "accounts", account_id)
    if sum_ <= 0 or not kind:
        raise PermanentError("a credit is more than nothing, and of some kind")
    account["current_holdings"] = f"{amount(account['current_holdings']) + amount(sum_):.2f}"
    return account, [("accounts", account_id)]


def open_account(data: Data, user_id: str, kind: str, level: str) -> Change:
    """Open an account."""
    find(data, "users", user_id)
    opened = {"date_opened": f"{TODAY:%m/%d/%Y}", "status": "OPEN", "current_holdings": "0"}
    return added(data, "accounts", "account_id", {"user_id": user_id, "class": kind, "level": level, **opened})


def close_account(data: Data, account_id: str) -> Change:
    """Close an account that holds nothing."""
    account = find(data, "accounts", account_id)
    if account["status"] == "CLOSED" or amount(account["current_holdings"]) != 0:
        raise PermanentError(f"{account_id} cannot be closed: it is {account['status']} and holds money or is closed")
    account["status"] = "CLOSED"
    return account, [("accounts", account_id)]


def set_card_status(data: Data, card_id: str, status: str, *before: str) -> Change:
    """Freeze, unfreeze or close a debit card that is in the right state for it."""
    card = find(data, "debit_cards", card_id)
    if card["status"] not in before:
        raise PermanentError(f"{card_id} is {card['status']}, not {' or '.join(before)}")
    card["status"] = status
    return card, [("debit_cards", card_id)]


def order_debit_card(data: Data, account_id: str, user_id: str, fields: Record) -> Change:
    """Send a debit card for an open account."""
    if own(data, "accounts", account_id, user_id)["status"] != "OPEN":
        raise PermanentError(f"{account_id} is not open")
    more = {"account_id": account_id, "user_id": user_id, "order_date": f"{TODAY:%m/%d/%Y}", "status": "PENDING"}
    return added(data, "debit_card_orders", "order_id", {**more, **fields})


def submit_referral(data: Data, user_id: str, account_type: str) -> Change:
    """Write down that a customer recommends an account."""
    find(data, "users", user_id)
    more = {"referral_status": "NOT_STARTED", "date": f"{TODAY:%m/%d/%Y}"}
    record, touched = added(
        data, "referrals", "referral_id", {"referrer_id": user_id, "referred_account_type": account_type, **more}
    )
    return {**record, "user_id": user_id}, touched

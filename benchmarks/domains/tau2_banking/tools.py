"""What the agent may look up and do at the bank. The numbers at the end of names are the bank's own.

Nothing of a customer is looked up for anybody who was not verified, with the verification written down
(`verification_logged`); a change is made after the customer's yes to exactly this (`customer_confirmed`). Amounts that
the bank gives away, and limits, need a person's yes.
"""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import bank
from ledger import Ledger
from records import Account, CreditCard, DebitCard, Holdings, Listing, Receipt, User

from segue import Done, Free, FromCustomer, NotDone, Trusted, tool
from segue.errors import PermanentError

LEDGER = Ledger(Path(__file__).parent)
VERIFIED = ["identity_verified", "verification_logged"]
RULES = [*VERIFIED, "customer_confirmed"]

ReplacementReason = Literal["fraud_suspected", "lost", "stolen", "damaged", "expired", "other"]
ClosureReason = Literal["annual_fee", "not_using_card", "found_better_card", "unhappy_with_rewards",
                        "simplifying_finances", "negative_experience", "other"]  # fmt: skip
DebitCardReason = Literal["lost", "stolen", "fraud_suspected", "damaged", "no_longer_needed", "account_closing"]


def find_change(key: str, *args: object) -> Done[Receipt] | NotDone:
    """Say whether the change asked for under this key was made."""
    is_made, record = LEDGER.found(key)
    return Done(Receipt.of(record)) if is_made else NotDone()


def _made(do: Any, *args: Any) -> Receipt:
    return Receipt.of(LEDGER.change(do, *args))


# Who it is


@tool("get_current_time", effect="read")
def get_current_time() -> str:
    """Return the time."""
    return bank.NOW


@tool("get_user_information_by_id", effect="read", owner="user_id", requires=["identity_verified"])
def get_user_information_by_id(user_id: Free[str]) -> User:
    """Return what is known of a customer."""
    return User.of(bank.find(LEDGER.data, "users", user_id))


@tool("get_user_information_by_email", effect="read", owner="user_id", requires=["identity_verified"])
def get_user_information_by_email(email: Free[str]) -> User:
    """Return what is known of the customer with an email address."""
    return User.of(bank.user_by(LEDGER.data, "email", email))


@tool("get_user_information_by_name", effect="read", owner="user_id", requires=["identity_verified"])
def get_user_information_by_name(customer_name: Free[str]) -> User:
    """Return what is known of the customer with a name."""
    return User.of(bank.user_by(LEDGER.data, "name", customer_name))


@tool("log_verification", effect="write", requires=["identity_verified"], provides=["verification_logged"])
def log_verification(
    name: Trusted[str],
    user_id: Trusted[str],
    address: Trusted[str],
    email: Trusted[str],
    phone_number: Trusted[str],
    date_of_birth: Trusted[str],
    time_verified: Trusted[str],
) -> Receipt:
    """Write down that a customer was verified."""
    return _made(bank.log_verification, name, user_id, address, email, phone_number, date_of_birth, time_verified)


@tool("confirm", effect="read", provides=["customer_confirmed"])
def confirm(answer: FromCustomer[bool]) -> bool:
    """Take the customer's yes to what was just described to them; a no goes no further."""
    if not answer:
        raise PermanentError("the customer said no")
    return answer


@tool("change_user_email", effect="write", requires=RULES)
def change_user_email(user_id: Trusted[str], new_email: FromCustomer[str]) -> Receipt:
    """Give a customer another email address."""
    return _made(bank.change_user_email, user_id, new_email)


# What a customer has


def _cards(user_id: str) -> list[CreditCard]:
    return [
        CreditCard(
            account_id=each["account_id"],
            user_id=user_id,
            card_type=each["card_type"],
            status=bank.status_of(each),
            owed=bank.amount(each["current_balance"]),
            reward_points=each["reward_points"],
            replacement_under_way=any(
                order["status"] not in ("DELIVERED", "CANCELLED")
                for order in bank.replacements(LEDGER.data, each["account_id"])
            ),
            why_not_closed=bank.why_not_closed(LEDGER.data, each),
        )
        for each in bank.of_user(LEDGER.data, "credit_card_accounts", user_id)
    ]


def _accounts(user_id: str) -> list[Account]:
    return [Account.of(each) for each in bank.of_user(LEDGER.data, "accounts", user_id)]


@tool("get_all_user_accounts_by_user_id_3847", effect="read", owner="user_id", requires=VERIFIED)
def get_all_user_accounts(user_id: Trusted[str]) -> Holdings:
    """Return every account and credit card of a customer."""
    accounts, cards = _accounts(user_id), _cards(user_id)
    told = [f"{each.level} {each.account_id} ({each.kind}, {each.status}): ${each.holds}" for each in accounts]
    told += [f"{each.card_type} {each.account_id} ({each.status}): ${each.owed} owed" for each in cards]
    return Holdings(user_id=user_id, accounts=accounts, credit_cards=cards, in_words="; ".join(told) or "nothing")


@tool("get_credit_card_accounts_by_user", effect="read", owner="user_id", requires=VERIFIED)
def get_credit_card_accounts_by_user(user_id: Trusted[str]) -> Listing:
    """Return the credit cards of a customer."""
    return Listing.of(user_id, bank.of_user(LEDGER.data, "credit_card_accounts", user_id))


@tool("get_credit_card_transactions_by_user", effect="read", owner="user_id", requires=VERIFIED)
def get_credit_card_transactions_by_user(user_id: Trusted[str]) -> Listing:
    """Return what a customer paid by credit card."""
    return Listing.of(user_id, bank.of_user(LEDGER.data, "credit_card_transaction_history", user_id))


@tool("get_user_dispute_history_7291", effect="read", owner="user_id", requires=VERIFIED)
def get_user_dispute_history(user_id: Trusted[str]) -> Listing:
    """Return the disputes of a customer."""
    return Listing.of(user_id, bank.of_user(LEDGER.data, "transaction_disputes", user_id))


@tool("get_debit_dispute_status_7483", effect="read", owner="user_id", requires=VERIFIED)
def get_debit_dispute_status(user_id: Trusted[str]) -> Listing:
    """Return the disputes of a customer about debit cards."""
    records = bank.of_user(LEDGER.data, "transaction_disputes", user_id)
    return Listing.of(user_id, [each for each in records if "card_id" in each])


@tool("get_referrals_by_user", effect="read", owner="user_id", requires=VERIFIED)
def get_referrals_by_user(user_id: Trusted[str]) -> Listing:
    """Return whom a customer has recommended the bank to."""
    return Listing.of(user_id, bank.of_user(LEDGER.data, "referrals", user_id, "referrer_id"))


def _of_card(table: str, card_id: str) -> Listing:
    card = bank.find(LEDGER.data, "credit_card_accounts", card_id)
    return Listing.of(card["user_id"], bank.of_user(LEDGER.data, table, card_id, "credit_card_account_id"))


@tool("get_pending_replacement_orders_5765", effect="read", owner="user_id", requires=VERIFIED)
def get_pending_replacement_orders(credit_card_account_id: Free[str]) -> Listing:
    """Return the new cards that are under way for a card account."""
    return _of_card("credit_card_orders", credit_card_account_id)


@tool("get_closure_reason_history_8293", effect="read", owner="user_id", requires=VERIFIED)
def get_closure_reason_history(credit_card_account_id: Free[str]) -> Listing:
    """Return why a customer wanted to close a card account before."""
    return _of_card("credit_card_closure_reasons", credit_card_account_id)


@tool("get_credit_limit_increase_history_4829", effect="read", owner="user_id", requires=VERIFIED)
def get_credit_limit_increase_history(credit_card_account_id: Free[str]) -> Listing:
    """Return which limits were asked for before."""
    return _of_card("credit_limit_increase_requests", credit_card_account_id)


@tool("get_payment_history_6183", effect="read", owner="user_id", requires=VERIFIED)
def get_payment_history(credit_card_account_id: Free[str], months: Free[int]) -> Listing:
    """Return how a card was paid off in the last months."""
    found = _of_card("payment_history", credit_card_account_id)
    newest = sorted(found.records, key=lambda each: bank.day(each["payment_date"]), reverse=True)
    return Listing(user_id=found.user_id, records=newest[: max(0, months)])


@tool("get_bank_account_transactions_9173", effect="read", owner="user_id", requires=VERIFIED)
def get_bank_account_transactions(account_id: Free[str]) -> Listing:
    """Return what went in and out of an account."""
    account = bank.find(LEDGER.data, "accounts", account_id)
    moves = bank.of_user(LEDGER.data, "bank_account_transaction_history", account_id, "account_id")
    return Listing.of(account["user_id"], moves)


@tool("get_debit_cards_by_account_id_7823", effect="read", owner="user_id", requires=VERIFIED)
def get_debit_cards_by_account_id(account_id: Free[str]) -> Listing:
    """Return the debit cards of an account."""
    account = bank.find(LEDGER.data, "accounts", account_id)
    cards = bank.of_user(LEDGER.data, "debit_cards", account_id, "account_id")
    return Listing.of(account["user_id"], [vars(DebitCard.of(each)) for each in cards])


# Which one a customer means


def _one(found: list[Any], what: str) -> Any:
    if len(found) != 1:
        raise PermanentError(f"unclear which {what} is meant")
    return found[0]


def _named(words: str, *names: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words, re.IGNORECASE) for name in names)


@tool("credit_card_meant", effect="read", owner="user_id", requires=VERIFIED)
def credit_card_meant(user_id: Trusted[str], words: FromCustomer[str]) -> CreditCard:
    """Say which of a customer's credit cards they mean; their only one needs no words."""
    cards = _cards(user_id)
    named = [
        card
        for card in cards
        if _named(words, card.account_id, card.card_type, card.card_type.removesuffix(" Card").removesuffix(" Rewards"))
    ]
    found: CreditCard = _one(named or cards, "credit card")
    return found


@tool("account_meant", effect="read", owner="user_id", requires=VERIFIED)
def account_meant(user_id: Trusted[str], words: FromCustomer[str]) -> Account:
    """Say which of a customer's accounts they mean."""
    accounts = _accounts(user_id)
    named = [each for each in accounts if _named(words, each.account_id, each.level)]
    named = named or [each for each in accounts if _named(words, each.kind, f"{each.kind}s")]
    found: Account = _one(named or accounts, "account")
    return found


@tool("debit_card_meant", effect="read", owner="user_id", requires=VERIFIED)
def debit_card_meant(user_id: Trusted[str], words: FromCustomer[str]) -> DebitCard:
    """Say which of a customer's debit cards they mean; their only one needs no words."""
    cards = [DebitCard.of(each) for each in bank.of_user(LEDGER.data, "debit_cards", user_id)]
    named = [card for card in cards if _named(words, card.card_id, card.last_4_digits)]
    found: DebitCard = _one(named or cards, "debit card")
    return found


@tool("transaction_meant", effect="read", owner="user_id", requires=VERIFIED)
def transaction_meant(user_id: Trusted[str], transaction_id: FromCustomer[str]) -> Receipt:
    """Say that a payment is a customer's own."""
    paid = bank.own(LEDGER.data, "credit_card_transaction_history", transaction_id, user_id)
    return Receipt(user_id=user_id, about=transaction_id, status=paid["status"])


# Changes to credit cards


@tool("order_replacement_credit_card_7291", effect="once", requires=RULES, reconcile=find_change)
def order_replacement_credit_card(
    credit_card_account_id: Trusted[str],
    user_id: Trusted[str],
    shipping_address: Trusted[str],
    reason: FromCustomer[ReplacementReason],
    expedited_shipping: FromCustomer[bool] = False,
) -> Receipt:
    """Send a new card and cancel the old one."""
    given = (credit_card_account_id, user_id, shipping_address, reason, expedited_shipping)
    return _made(bank.order_replacement_credit_card, *given)


@tool("log_credit_card_closure_reason_4521", effect="write", requires=VERIFIED)
def log_closure_reason(
    credit_card_account_id: Trusted[str], user_id: Trusted[str], closure_reason: FromCustomer[ClosureReason]
) -> Receipt:
    """Write down why a customer wants to close a card account."""
    return _made(bank.log_closure_reason, credit_card_account_id, user_id, closure_reason)


@tool("close_credit_card_account_7834", effect="once", requires=RULES, reconcile=find_change)
def close_credit_card_account(credit_card_account_id: Trusted[str], user_id: Trusted[str]) -> Receipt:
    """Close a card account for good."""
    return _made(bank.close_credit_card_account, credit_card_account_id, user_id)


@tool("apply_statement_credit_8472", effect="once", requires=VERIFIED, approve=True, reconcile=find_change)
def apply_statement_credit(
    user_id: Trusted[str], credit_card_account_id: Trusted[str], amount: Trusted[Decimal], reason: Trusted[str]
) -> Receipt:
    """Let a customer owe less."""
    return _made(bank.apply_statement_credit, user_id, credit_card_account_id, float(amount), reason)


@tool("file_credit_card_transaction_dispute_4829", effect="once", requires=RULES, reconcile=find_change)
def file_credit_card_dispute(
    transaction_id: Trusted[str],
    card_action: FromCustomer[Literal["keep_active", "cancel_and_reissue"]],
    card_last_4_digits: FromCustomer[str],
    full_name: Trusted[str],
    user_id: Trusted[str],
    phone: Trusted[str],
    email: Trusted[str],
    address: Trusted[str],
    contacted_merchant: FromCustomer[bool],
    purchase_date: FromCustomer[str],
    issue_noticed_date: FromCustomer[str],
    dispute_reason: FromCustomer[str],
    resolution_requested: FromCustomer[str],
    eligible_for_provisional_credit: Trusted[bool],
    partial_refund_amount: FromCustomer[Decimal | None] = None,
) -> Receipt:
    """File a dispute of a card payment."""
    given = {key: value for key, value in locals().items() if key != "transaction_id"}
    if partial_refund_amount is not None:
        given["partial_refund_amount"] = float(partial_refund_amount)
    return _made(bank.dispute_credit_card, transaction_id, given)


@tool("file_debit_card_transaction_dispute_6281", effect="once", requires=RULES, reconcile=find_change)
def file_debit_card_dispute(
    transaction_id: Trusted[str],
    account_id: Trusted[str],
    card_id: Trusted[str],
    user_id: Trusted[str],
    dispute_category: FromCustomer[str],
    transaction_date: FromCustomer[str],
    discovery_date: FromCustomer[str],
    disputed_amount: FromCustomer[Decimal],
    transaction_type: FromCustomer[str],
    card_in_possession: FromCustomer[bool],
    pin_compromised: FromCustomer[str],
    contacted_merchant: FromCustomer[bool],
    police_report_filed: FromCustomer[bool],
    written_statement_provided: FromCustomer[bool],
    provisional_credit_eligible: Trusted[bool],
    customer_max_liability_amount: Trusted[Decimal],
    card_action: FromCustomer[str],
) -> Receipt:
    """File a dispute of a payment from an account."""
    given = {key: value for key, value in locals().items() if key != "transaction_id"}
    given["disputed_amount"] = float(disputed_amount)
    given["customer_max_liability_amount"] = float(customer_max_liability_amount)
    return _made(bank.dispute_debit_card, transaction_id, given)


@tool("submit_cash_back_dispute_0589", effect="once", requires=RULES, reconcile=find_change)
def dispute_cash_back(user_id: Trusted[str], transaction_id: Trusted[str]) -> Receipt:
    """Ask that the cash back of a payment is looked at."""
    return _made(bank.dispute_cash_back, user_id, transaction_id)


@tool("update_transaction_rewards_3847", effect="write", requires=VERIFIED, approve=True)
def update_rewards(transaction_id: Trusted[str], new_rewards_earned: Trusted[str]) -> Receipt:
    """Correct what a payment has earned."""
    return _made(bank.update_rewards, transaction_id, new_rewards_earned)


@tool("submit_credit_limit_increase_request_7392", effect="once", requires=RULES, reconcile=find_change)
def request_limit(
    credit_card_account_id: Trusted[str], user_id: Trusted[str], requested_increase_amount: FromCustomer[int]
) -> Receipt:
    """Ask for a higher limit."""
    return _made(bank.request_limit, credit_card_account_id, user_id, requested_increase_amount)


@tool("approve_credit_limit_increase_5847", effect="once", requires=VERIFIED, approve=True, reconcile=find_change)
def approve_limit(
    credit_card_account_id: Trusted[str], user_id: Trusted[str], new_credit_limit: Trusted[int]
) -> Receipt:
    """Say yes to a higher limit."""
    return _made(bank.answer_limit, credit_card_account_id, user_id, new_credit_limit, "")


@tool("deny_credit_limit_increase_5848", effect="once", requires=VERIFIED, reconcile=find_change)
def deny_limit(credit_card_account_id: Trusted[str], user_id: Trusted[str], denial_reason: Trusted[str]) -> Receipt:
    """Say no to a higher limit."""
    return _made(bank.answer_limit, credit_card_account_id, user_id, None, denial_reason)


# Changes to accounts and debit cards


@tool("transfer_funds_between_bank_accounts_7291", effect="once", requires=RULES, reconcile=find_change)
def transfer(
    source_account_id: Trusted[str], destination_account_id: Trusted[str], amount: FromCustomer[Decimal]
) -> Receipt:
    """Move money between two accounts of one customer."""
    return _made(bank.transfer, source_account_id, destination_account_id, float(amount))


@tool("apply_checking_account_credit_5829", effect="once", requires=VERIFIED, approve=True, reconcile=find_change)
def credit_checking(account_id: Trusted[str], amount: Trusted[Decimal], credit_type: Trusted[str]) -> Receipt:
    """Give money to a checking account."""
    return _made(bank.credit_account, account_id, float(amount), credit_type)


@tool("apply_savings_account_credit_6831", effect="once", requires=VERIFIED, approve=True, reconcile=find_change)
def credit_savings(account_id: Trusted[str], amount: Trusted[Decimal], credit_type: Trusted[str]) -> Receipt:
    """Give money to a savings account."""
    return _made(bank.credit_account, account_id, float(amount), credit_type)


@tool("open_bank_account_4821", effect="once", requires=RULES, reconcile=find_change)
def open_account(
    user_id: Trusted[str],
    account_type: FromCustomer[Literal["checking", "savings", "business_checking", "business_savings"]],
    account_class: FromCustomer[str],
) -> Receipt:
    """Open an account."""
    return _made(bank.open_account, user_id, account_type, account_class)


@tool("close_bank_account_7392", effect="once", requires=RULES, reconcile=find_change)
def close_account(account_id: Trusted[str]) -> Receipt:
    """Close an account that holds nothing."""
    return _made(bank.close_account, account_id)


@tool("freeze_debit_card_3892", effect="write", requires=RULES)
def freeze(card_id: Trusted[str]) -> Receipt:
    """Let a debit card rest."""
    return _made(bank.set_card_status, card_id, "FROZEN", "ACTIVE")


@tool("unfreeze_debit_card_3893", effect="write", requires=RULES)
def unfreeze(card_id: Trusted[str]) -> Receipt:
    """Let a debit card work again."""
    return _made(bank.set_card_status, card_id, "ACTIVE", "FROZEN")


@tool("close_debit_card_4721", effect="once", requires=RULES, reconcile=find_change)
def close_debit_card(card_id: Trusted[str], reason: FromCustomer[DebitCardReason]) -> Receipt:
    """Close a debit card for good; the reason is kept in the journal."""
    return _made(bank.set_card_status, card_id, "CLOSED", "ACTIVE", "FROZEN", "PENDING")


@tool("order_debit_card_5739", effect="once", requires=RULES, reconcile=find_change)
def order_debit_card(
    account_id: Trusted[str],
    user_id: Trusted[str],
    delivery_option: FromCustomer[Literal["STANDARD", "EXPEDITED", "RUSH"]],
    delivery_fee: Trusted[Decimal],
    card_design: FromCustomer[Literal["CLASSIC", "PREMIUM", "CUSTOM"]],
    design_fee: Trusted[Decimal],
    shipping_address: Trusted[str],
) -> Receipt:
    """Send a debit card."""
    fees = {"delivery_fee": float(delivery_fee), "design_fee": float(design_fee)}
    fields = {"delivery_option": delivery_option, "card_design": card_design, "shipping_address": shipping_address}
    return _made(bank.order_debit_card, account_id, user_id, {**fields, **fees})


@tool("submit_referral", effect="once", requires=RULES, reconcile=find_change)
def submit_referral(user_id: Trusted[str], account_type: FromCustomer[str]) -> Receipt:
    """Write down that a customer recommends an account."""
    return _made(bank.submit_referral, user_id, account_type)


@tool("transfer_to_human_agents", effect="read")
def transfer_to_human_agents(summary: Free[str], reason: Free[str] = "other") -> str:
    """Say that a person takes over; a procedure ends with `escalate` instead, which does it."""
    return "Transfer successful"

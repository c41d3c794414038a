-- The shop's own database, made from the CSV files beside this one and from shop.py when a tool first needs it.
-- Money is text, so that no pound is ever a float, and days are ISO text, empty where there is none.

CREATE TABLE products (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, price TEXT NOT NULL, returnable TEXT NOT NULL,
    sizes TEXT NOT NULL
) STRICT;

CREATE TABLE customers (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, address TEXT NOT NULL, member TEXT NOT NULL
) STRICT;

CREATE TABLE members (
    number TEXT PRIMARY KEY, customer_id TEXT NOT NULL UNIQUE REFERENCES customers, kind TEXT NOT NULL,
    since TEXT NOT NULL, ends_on TEXT NOT NULL, renews TEXT NOT NULL, credit TEXT NOT NULL
) STRICT;

CREATE TABLE orders (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers, status TEXT NOT NULL, placed_on TEXT NOT NULL,
    delivered_on TEXT NOT NULL, delivery_charge TEXT NOT NULL, address TEXT NOT NULL, tracking_number TEXT NOT NULL,
    member TEXT NOT NULL, shipped_on TEXT NOT NULL, due_on TEXT NOT NULL, lost_on TEXT NOT NULL
) STRICT;

CREATE TABLE lines (
    order_id TEXT NOT NULL REFERENCES orders, product_id TEXT NOT NULL REFERENCES products, variant TEXT NOT NULL,
    quantity TEXT NOT NULL, unit_price TEXT NOT NULL
) STRICT;
CREATE INDEX lines_of_order ON lines (order_id);
CREATE INDEX orders_by_parcel ON orders (tracking_number);

-- What the carrier said last of a parcel. Of one that is not here, the order's own days tell.
CREATE TABLE parcels (
    tracking_number TEXT PRIMARY KEY, status TEXT NOT NULL, place TEXT NOT NULL, expected TEXT NOT NULL,
    scanned_on TEXT NOT NULL
) STRICT;

CREATE TABLE stock (
    product_id TEXT NOT NULL REFERENCES products, size TEXT NOT NULL, in_stock TEXT NOT NULL,
    PRIMARY KEY (product_id, size)
) STRICT;

CREATE TABLE gift_cards (
    code TEXT PRIMARY KEY, bought_on TEXT NOT NULL, value TEXT NOT NULL, spent_on TEXT NOT NULL, amount_left TEXT NOT NULL,
    blocked_on TEXT NOT NULL
) STRICT;

-- What was done about an order and must not be done twice, under the idempotency key of the call that did it.
CREATE TABLE actions (
    idempotency_key TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders, action TEXT NOT NULL, amount TEXT NOT NULL,
    UNIQUE (order_id, action)
) STRICT;

-- The same of the year before, when people did it.
CREATE TABLE past_actions (
    idempotency_key TEXT PRIMARY KEY, order_id TEXT NOT NULL, action TEXT NOT NULL, amount TEXT NOT NULL
) STRICT;
CREATE INDEX past_actions_of_order ON past_actions (order_id);

CREATE TABLE renewals (
    idempotency_key TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES members, ends_on TEXT NOT NULL,
    amount TEXT NOT NULL
) STRICT;

-- Once asked for, a search or an export is under way: asking again changes nothing.
CREATE TABLE searches (order_id TEXT PRIMARY KEY REFERENCES orders, opened_on TEXT NOT NULL) STRICT;
CREATE TABLE exports (customer_id TEXT PRIMARY KEY REFERENCES customers, asked_on TEXT NOT NULL) STRICT;

-- Emails that a tool sent.
CREATE TABLE mails (idempotency_key TEXT PRIMARY KEY, sent_to TEXT NOT NULL, subject TEXT NOT NULL) STRICT;

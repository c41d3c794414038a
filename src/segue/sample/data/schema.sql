-- The shop's own database, made from the CSV files beside this one when a tool first needs it.
-- Money is text, so that no pound is ever a float, and days are ISO text.

CREATE TABLE products (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, price TEXT NOT NULL, returnable TEXT NOT NULL
) STRICT;

CREATE TABLE customers (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, address TEXT NOT NULL, member TEXT NOT NULL
) STRICT;

CREATE TABLE orders (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL REFERENCES customers, status TEXT NOT NULL, placed_on TEXT NOT NULL,
    delivered_on TEXT NOT NULL, delivery_charge TEXT NOT NULL, address TEXT NOT NULL, tracking_number TEXT NOT NULL
) STRICT;

CREATE TABLE lines (
    order_id TEXT NOT NULL REFERENCES orders, product_id TEXT NOT NULL REFERENCES products, variant TEXT NOT NULL,
    quantity TEXT NOT NULL, unit_price TEXT NOT NULL
) STRICT;

CREATE TABLE parcels (
    tracking_number TEXT PRIMARY KEY, status TEXT NOT NULL, place TEXT NOT NULL, expected TEXT NOT NULL
) STRICT;

-- What was done about an order and must not be done twice, under the idempotency key of the call that did it.
CREATE TABLE actions (
    idempotency_key TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders, action TEXT NOT NULL, amount TEXT NOT NULL,
    UNIQUE (order_id, action)
) STRICT;

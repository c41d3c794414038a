"""Tools."""

import acme_orders_client

from segue import tool


@tool("orders.lookup", effect="read")
def lookup(order_id) -> str:
    """Find an order."""
    return order_id

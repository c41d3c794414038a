from segue import tool


@tool("orders.lookup", effect="read")
def lookup(order_id: str) -> str
    return order_id

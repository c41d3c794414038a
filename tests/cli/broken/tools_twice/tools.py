from segue import tool


@tool("orders.lookup", effect="read")
def one(order_id: str) -> str:
    return order_id


@tool("orders.lookup", effect="read")
def two(order_id: str) -> str:
    return order_id

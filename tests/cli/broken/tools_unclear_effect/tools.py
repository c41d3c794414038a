from segue import tool


@tool("orders.delete", effect="delete")
def delete(order_id: str) -> None:
    """Delete an order."""

"""The one place that chooses adapters and joins them."""

from segue.wiring.house import Checked, House, check

__all__ = ["Checked", "House", "check"]

"""The one place that chooses adapters and joins them."""

from segue.wiring.check import check
from segue.wiring.house import House
from segue.wiring.procedures import Checked

__all__ = ["Checked", "House", "check"]

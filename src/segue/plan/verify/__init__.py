"""Every finding about a plan that can be made without running it."""

from segue.plan.verify.policy import Policy
from segue.plan.verify.verification import verify

__all__ = ["Policy", "verify"]

"""Every finding about a plan that can be made without running it."""

from segue.plan.verify.begun import Begun
from segue.plan.verify.policy import Policy
from segue.plan.verify.verification import verify

__all__ = ["Begun", "Policy", "verify"]

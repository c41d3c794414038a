"""Language models as a brain: each stage asks one where it is named, and what only thinks locally stands behind it."""

from segue.support.asking.brain import ModelBrain
from segue.support.asking.questions import Models

__all__ = ["ModelBrain", "Models"]

"""Personal data in texts: found where it can be proven, and replaced by placeholders that can be put back."""

from segue.redaction.personal import NOBODY, Found, Kind, Personal, find
from segue.redaction.placeholders import Redacted, redact, untouched

__all__ = ["NOBODY", "Found", "Kind", "Personal", "Redacted", "find", "redact", "untouched"]

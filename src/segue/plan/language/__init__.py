"""The language of conditions: its grammar, its types, and its text for the CEL runtime."""

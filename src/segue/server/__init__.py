"""How others reach the agent over a protocol; no business rule."""

"""How good, on data that nobody here wrote."""

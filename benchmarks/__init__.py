"""How fast and how good, measured side by side on fixed seeds and on data that nobody here wrote."""

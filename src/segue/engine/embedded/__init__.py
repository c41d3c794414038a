"""The engine in one process, on one SQLite file."""

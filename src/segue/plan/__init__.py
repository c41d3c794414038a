"""Plans as data: read, verified, executed."""

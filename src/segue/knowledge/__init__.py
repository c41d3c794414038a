"""Documents in, passages with their place in the source out."""

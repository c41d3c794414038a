"""The agent as an MCP server: what it offers, and the two ways on which it is reached."""

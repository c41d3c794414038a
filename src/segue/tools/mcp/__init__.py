"""Tools of MCP servers: each server is started or reached when it is first needed, and kept at a distance."""

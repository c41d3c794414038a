"""Helpdesks that the agent can work in."""

"""Durable execution: workflows, steps, signals, timers and their journal."""

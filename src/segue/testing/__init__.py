"""Test kit for those who write workflows: time that is skipped, scripted steps, crashes, and replay of old journals."""

from segue.testing.crash import Crash, assert_survives, crash_points
from segue.testing.driver import Ran
from segue.testing.recording import record
from segue.testing.replay import Divergence, assert_replays, replay
from segue.testing.script import Script, Unscripted, scripted
from segue.testing.world import World

__all__ = [
    "Crash",
    "Divergence",
    "Ran",
    "Script",
    "Unscripted",
    "World",
    "assert_replays",
    "assert_survives",
    "crash_points",
    "record",
    "replay",
    "scripted",
]

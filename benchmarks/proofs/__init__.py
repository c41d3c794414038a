"""Proofs by trying: plans with faults in them, and attackers at work."""

"""The engine beside its peers and beside the floor: the same work, in the same run."""

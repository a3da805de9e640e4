"""The catalogue: what somebody may run, found by words and tags."""

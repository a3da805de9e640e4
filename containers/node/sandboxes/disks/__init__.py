"""A sandbox's disk, and filling it."""

"""Commits on the build node: a process of its own makes the image, and notes how far it is."""

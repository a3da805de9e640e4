"""The whole life of an app, for its author."""

MODULES: tuple[str, ...] = ()
"""Each has a blueprint named ``pages``."""

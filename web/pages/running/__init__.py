"""The form that runs an app."""

MODULES: tuple[str, ...] = ()
"""Each has a blueprint named ``pages``."""

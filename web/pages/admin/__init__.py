"""The portal, for its administrators."""

MODULES: tuple[str, ...] = ()
"""Each has a blueprint named ``pages``."""

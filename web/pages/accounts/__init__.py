"""Pages of one's own account; signing in and up is Flask-Security's (templates/security)."""

MODULES: tuple[str, ...] = ()
"""Each has a blueprint named ``pages``."""

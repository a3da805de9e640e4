"""The form that runs an app."""

MODULES: tuple[str, ...] = ("web.pages.running.run", "web.pages.running.code", "web.pages.running.advice")
"""Each has a blueprint named ``pages``."""

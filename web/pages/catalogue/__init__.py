"""What can be run here: the catalogue and each app's page."""

MODULES: tuple[str, ...] = ("web.pages.catalogue.front",)
"""Each has a blueprint named ``pages``."""

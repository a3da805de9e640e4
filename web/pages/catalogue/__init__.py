"""What can be run here: the catalogue and each app's page."""

MODULES: tuple[str, ...] = (
    "web.pages.catalogue.front",
    "web.pages.catalogue.app",
    "web.pages.catalogue.versions",
)
"""Each has a blueprint named ``pages``."""

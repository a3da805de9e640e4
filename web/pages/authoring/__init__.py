"""The whole life of an app, for its author."""

MODULES: tuple[str, ...] = (
    "web.pages.authoring.overview",
    "web.pages.authoring.new",
    "web.pages.authoring.sandbox",
    "web.pages.authoring.commits",
    "web.pages.authoring.versions",
    "web.pages.authoring.parameters",
    "web.pages.authoring.boutiques",
    "web.pages.authoring.sample",
    "web.pages.authoring.properties",
    "web.pages.authoring.sharing",
    "web.pages.authoring.statistics",
)
"""Each has a blueprint named ``pages``."""

"""What a job left: the list of files, previews, sharing by link."""

MODULES: tuple[str, ...] = (
    "web.pages.results.listing",
    "web.pages.results.preview",
    "web.pages.results.raw",
    "web.pages.results.sharing",
    "web.pages.results.shared",
)
"""Each has a blueprint named ``pages``."""

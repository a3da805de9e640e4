"""One's own jobs: the list, and the page of each."""

MODULES: tuple[str, ...] = (
    "web.pages.jobs.list",
    "web.pages.jobs.bulk",
)
"""Each has a blueprint named ``pages``."""

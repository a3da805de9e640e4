"""One's own jobs: the list, and the page of each."""

MODULES: tuple[str, ...] = (
    "web.pages.jobs.list",
    "web.pages.jobs.bulk",
    "web.pages.jobs.page",
    "web.pages.jobs.actions",
    "web.pages.jobs.log",
    "web.pages.jobs.compare",
)
"""Each has a blueprint named ``pages``."""

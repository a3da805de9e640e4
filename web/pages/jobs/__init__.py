"""One's own jobs: the list, and the page of each."""

MODULES: tuple[str, ...] = ()
"""Each has a blueprint named ``pages``."""

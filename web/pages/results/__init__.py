"""What a job left: the list of files, previews, sharing by link."""

MODULES: tuple[str, ...] = ()
"""Each has a blueprint named ``pages``."""

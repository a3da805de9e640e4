"""Where a form's answer leads."""

from urllib.parse import urlsplit

from flask import request


def way_back(default: str = "/") -> str:
    """Return the page of this portal that the form's ``back`` names: a path and nothing else."""
    wanted = request.form.get("back", "")
    parts = urlsplit(wanted)
    inside = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if inside and not parts.scheme and not parts.netloc else default

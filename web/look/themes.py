"""Light, dark, or as the reader's system is."""

from flask import request

THEMES = ("system", "light", "dark")
COOKIE = "allgo_theme"


def theme() -> str:
    """Return the theme that this reader chose."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in THEMES else "system"

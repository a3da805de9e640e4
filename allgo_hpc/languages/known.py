"""Which languages there are, and which of them a reader has; pure."""

ENGLISH = "en"
"""The language of the sources: what is not translated is in it."""
LANGUAGES = {ENGLISH: "English", "fr": "Français"}


def language_of(chosen: str | None, otherwise: str) -> str:
    """Return the language that a reader chose; where they chose none, or one that the portal does not speak, another.

    Args:
        chosen: as their account has it.
        otherwise: of the page that they look at, or the site's.
    """
    return chosen if chosen in LANGUAGES else otherwise

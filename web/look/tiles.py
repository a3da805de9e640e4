"""What stands where an app has no icon: the first letter of its title on one of a few grounds."""

from hashlib import sha256

_GROUNDS = 8


def letter(title: str, name: str) -> str:
    """Return the letter or digit that stands for an app."""
    return next((each for each in title if each.isalnum()), name[0]).upper()[:1]


def ground(name: str) -> int:
    """Return the number of an app's ground, always the same for the same name."""
    return sha256(name.encode()).digest()[0] % _GROUNDS

"""User names on forms: the same rule as everywhere else."""

from flask import Flask
from flask_babel import gettext as _
from flask_security import UsernameUtil

from allgo_hpc.accounts import is_user_name


class Names(UsernameUtil):
    """Checks a user name for Flask-Security's forms."""

    def __init__(self, app: Flask) -> None:
        """Needs nothing of the application."""

    def normalize(self, username: str | None) -> str | None:
        """Return the name as it is kept."""
        return (username or "").strip().lower() or None

    def validate(self, username: str | None) -> tuple[str | None, str | None]:
        """Return what is wrong with it, or None; and the name as it is kept."""
        name = self.normalize(username)
        if name is None:
            return _("Choose a user name."), None
        if not is_user_name(name):
            return _("1 to 32 of a-z, 0-9, '.', '_' and '-', the first a letter."), None
        return None, name

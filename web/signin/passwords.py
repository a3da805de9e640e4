"""Passwords on forms: the same rule as everywhere else."""

from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_security import PasswordUtil

from allgo_hpc.accounts import PASSWORD_LEAST, PASSWORD_MOST


class Passwords(PasswordUtil):
    """Checks a new password for Flask-Security's forms."""

    def __init__(self, app: Flask) -> None:
        """Needs nothing of the application."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:  # noqa: ANN401, ARG002  # as the library calls it
        """Return what is wrong with it, or None; and the password."""
        if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
            return [_("%(least)s to %(most)s characters.", least=PASSWORD_LEAST, most=PASSWORD_MOST)], password
        return None, password

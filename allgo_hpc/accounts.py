"""Users: making them, and checking who signs in."""

import re
import secrets

import argon2
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, Conflict, NotFound, NotSignedIn
from allgo_hpc.models import User

ROLES = ("user", "author", "admin")
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,31}")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}")
PASSWORD_LEAST, PASSWORD_MOST = 10, 200
_HASHER = argon2.PasswordHasher()
_NO_SUCH_USER = _HASHER.hash(secrets.token_hex(16))
"""Checked when there is no such user, so that the answer takes as long and does not tell."""


def is_user_name(name: str) -> bool:
    """True for what a user may be named."""
    return _NAME.fullmatch(name) is not None


def add_user(session: Session, *, name: str, email: str, role: str = "user", password: str | None = None) -> User:
    """Store a new user.

    Raises:
        BadInput: a name, address, role or password that may not be.
        Conflict: name or address is taken.
    """
    if not _NAME.fullmatch(name):
        raise BadInput("name: 1 to 32 of a-z, 0-9, '.', '_' and '-', the first a letter", field="name")
    if not _EMAIL.fullmatch(email):
        raise BadInput("email: must be an address like name@example.org", field="email")
    if role not in ROLES:
        raise BadInput(f"role: one of {', '.join(ROLES)}", field="role")
    user = User(name=name, email=email, role=role, password_hash=_hash_password(password))
    session.add(user)
    try:
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise Conflict(f"a user with the name '{name}' or the address '{email}' is there already") from error
    return user


def set_password(session: Session, user: User, password: str) -> None:
    """Give a user a new password.

    Raises:
        BadInput: too short or too long.
    """
    user.password_hash = _hash_password(password)
    session.commit()


def find_user(session: Session, name: str) -> User:
    """Return the user of that name.

    Raises:
        NotFound: there is none.
    """
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise NotFound(f"there is no user '{name}'", field="user")
    return user


def check_password(session: Session, name: str, password: str) -> User:
    """Return the user whose name and password these are.

    Raises:
        NotSignedIn: they are not; the sentence does not tell which of them is wrong.
    """
    # What is no user name is not looked for: PostgreSQL takes no NUL in a text.
    user = session.scalar(select(User).where(User.name == name, User.active)) if _NAME.fullmatch(name) else None
    stored = user.password_hash if user is not None and user.password_hash else _NO_SUCH_USER
    try:
        _HASHER.verify(stored, password[: PASSWORD_MOST + 1])
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        user = None
    if user is None or not user.password_hash:
        raise NotSignedIn("wrong user name or password", code="wrong_password")
    return user


def _hash_password(password: str | None) -> str | None:
    if password is None:
        return None
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise BadInput(f"password: {PASSWORD_LEAST} to {PASSWORD_MOST} characters", field="password")
    return _HASHER.hash(password)

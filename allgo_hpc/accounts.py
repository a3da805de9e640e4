"""Users: making them, changing them, and checking who signs in."""

import re
import secrets
import unicodedata
from functools import cache

import argon2
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.audit import record
from allgo_hpc.errors import BadInput, Conflict, NotFound, NotSignedIn
from allgo_hpc.models import User, utc_now

ROLES = ("user", "author", "admin")
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,31}")
# What would mean something in a mail's header stands in no address. Before the @ it is ASCII: for anything else both
# mail servers on the way must be of a kind that hardly any is.
_EMAIL = re.compile(r"[!#$%&'*+/=?^_`{|}~.0-9A-Za-z-]{1,64}@[^@\s()<>\[\],;:\\\"]{1,189}")
CLOSED_DOMAIN = "closed.invalid"
"""Where the addresses of closed accounts are: no mail can be sent there, and nobody can sign up with one."""
PASSWORD_LEAST, PASSWORD_MOST = 10, 200
_HASHER = argon2.PasswordHasher()


@cache
def _no_such_user() -> str:
    """Return what is checked when there is no such user, so that the answer takes as long and does not tell."""
    return _HASHER.hash(secrets.token_hex(16))


def is_user_name(name: str) -> bool:
    """True for what a user may be named."""
    return _NAME.fullmatch(name) is not None


def plain_email(text: str) -> str:
    """Return an address as it is kept and compared: without spaces around it, in lower case.

    What is before the @ may be told apart by case in theory; no mail server that people use does, and two accounts
    whose addresses differ by case only would be one person's, or a trick.
    """
    return unicodedata.normalize("NFC", text.strip()).lower()


def is_email(text: str) -> bool:
    """True for what may be an account's address."""
    return _EMAIL.fullmatch(text) is not None and text.isprintable() and not text.endswith(f"@{CLOSED_DOMAIN}")


def add_user(
    session: Session,
    *,
    name: str,
    email: str,
    role: str = "user",
    password: str | None = None,
    by: User | None = None,
    address: str = "",
) -> User:
    """Store a new user; ``by`` and ``address`` are for the audit.

    Raises:
        BadInput: a name, address, role or password that may not be.
        Conflict: name or address is taken.
    """
    if not _NAME.fullmatch(name):
        raise BadInput("name: 1 to 32 of a-z, 0-9, '.', '_' and '-', the first a letter", field="name")
    email = plain_email(email)
    if not is_email(email):
        raise BadInput("email: must be an address like name@example.org", field="email")
    if role not in ROLES:
        raise BadInput(f"role: one of {', '.join(ROLES)}", field="role")
    # An administrator knows whose address it is.
    user = User(name=name, email=email, role=role, password_hash=_hash_password(password), confirmed_at=utc_now())
    session.add(user)
    try:
        session.flush()
        record(session, by, "account.made", name, {"role": role}, address)
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise Conflict(f"a user with the name '{name}' or the address '{email}' is there already") from error
    return user


def set_password(session: Session, user: User, password: str, *, by: User | None = None) -> None:
    """Give a user a new password; whoever is signed in on pages as this user is signed out.

    Raises:
        BadInput: too short or too long.
    """
    user.password_hash = _hash_password(password)
    user.session_key = new_session_key()
    record(session, by, "account.password", user.name)
    session.commit()


def refuse_without_admin(session: Session, user: User) -> None:
    """Refuse what would leave the portal without an administrator.

    Raises:
        Conflict: this user is the only one.
    """
    others = select(User.id).where(User.role == "admin", User.active, User.id != user.id)
    if session.scalar(others.limit(1)) is None:
        raise Conflict(f"'{user.name}' is the only administrator: make somebody else one first", field="role")


def new_session_key() -> str:
    """Return what sessions will name an account by; giving it to an account ends those that there are."""
    return secrets.token_hex(16)


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
    stored = user.password_hash if user is not None and user.password_hash else _no_such_user()
    try:
        _HASHER.verify(stored, password[: PASSWORD_MOST + 1])
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        user = None
    if user is None or not user.password_hash:
        raise NotSignedIn("wrong user name or password", code="wrong_password")
    need_confirmed(user)
    return user


def need_confirmed(user: User) -> None:
    """Refuse an account whose address was not shown to be its owner's yet.

    Raises:
        NotSignedIn: it was not.
    """
    if user.confirmed_at is None:
        raise NotSignedIn(
            "the address of this account is not confirmed: open the link in the mail that was sent to it",
            code="not_confirmed",
        )


def has_password(user: User, password: str) -> bool:
    """True where this is the account's password."""
    if not user.password_hash:
        return False
    try:
        return _HASHER.verify(user.password_hash, password[: PASSWORD_MOST + 1])
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def _hash_password(password: str | None) -> str | None:
    if password is None:
        return None
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise BadInput(f"password: {PASSWORD_LEAST} to {PASSWORD_MOST} characters", field="password")
    return _HASHER.hash(password)

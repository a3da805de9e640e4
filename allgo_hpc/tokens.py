"""Tokens: secrets that act for a user, each within its scopes and until its time."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.accounts import need_confirmed
from allgo_hpc.audit import record
from allgo_hpc.errors import BadInput, NotAllowed, NotFound, NotSignedIn
from allgo_hpc.models import Token, User, utc_now
from allgo_hpc.near import did_you_mean

SCOPES = {
    "jobs:read": "see one's own jobs and fetch their files",
    "jobs:write": "submit, cancel, run again and delete one's own jobs; manage one's own webhooks",
    "apps:write": "make and change one's own apps, manage one's own SSH keys",
}
ALL_SCOPES = frozenset(SCOPES)
_LONGEST_NAME = 64
_USE_NOTED_EVERY = timedelta(minutes=1)
# Made once, here and elsewhere on the way of each submission: making a statement takes as long as asking it.
_BY_SECRET = select(Token).where(Token.sha256 == bindparam("sha256")).options(joinedload(Token.user))


@dataclass(frozen=True)
class Access:
    """Who acts, and what they may do.

    Attributes:
        user: the account.
        scopes: words of ``SCOPES``.
        token: by which token; None for a user name and password.
    """

    user: User
    scopes: frozenset[str] = ALL_SCOPES
    token: Token | None = None

    def need(self, scope: str) -> User:
        """Return the user, if this access has the scope.

        Raises:
            NotAllowed: it has not.
        """
        if scope not in self.scopes:
            has = ", ".join(sorted(self.scopes)) or "none"
            raise NotAllowed(
                f"this token lacks the scope '{scope}' (it has: {has})", field="Authorization", code="scope_missing"
            )
        return self.user


def new_token(
    session: Session, user: User, *, name: str, scopes: Iterable[str] = ALL_SCOPES, expires_at: datetime | None = None
) -> str:
    """Store a new token and return it; it cannot be read again, for only its hash is kept."""
    return make_token(session, Access(user), name=name, scopes=scopes, expires_at=expires_at)[1]


def make_token(
    session: Session,
    by: Access,
    *,
    name: str,
    scopes: Iterable[str] = ALL_SCOPES,
    expires_at: datetime | None = None,
    address: str = "",
) -> tuple[Token, str]:
    """Store a new token; returns its row and the secret itself, which is kept nowhere.

    A token that makes another one hands on no more than it has: the new one ends with it at the latest.

    Raises:
        BadInput: the name is empty or longer than 64 characters, an unknown scope or none, an end in the past.
        NotSignedIn: the account's address is not confirmed.
    """
    need_confirmed(by.user)
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInput(f"name: 1 to {_LONGEST_NAME} printable characters", field="name")
    wanted = set(scopes)
    for scope in sorted(wanted - ALL_SCOPES):
        shown = scope[:32] if scope.isprintable() else "(what was sent)"
        raise BadInput(f"scopes: there is no scope '{shown}'{did_you_mean(scope[:32], SCOPES)}", field="scopes")
    if not wanted:
        raise BadInput(f"scopes: at least one of {', '.join(SCOPES)}", field="scopes")
    if expires_at is not None and expires_at <= utc_now():
        raise BadInput("expires_at: must lie in the future", field="expires_at")
    latest = by.token.expires_at if by.token is not None else None
    if latest is not None and (expires_at is None or expires_at > latest):
        expires_at = latest
    secret = secrets.token_hex(20)
    words = " ".join(scope for scope in SCOPES if scope in wanted)
    token = Token(user_id=by.user.id, name=name, sha256=_token_hash(secret), scopes=words, expires_at=expires_at)
    session.add(token)
    record(session, by.user, "token.made", by.user.name, {"token": name, "scopes": words}, address)
    session.commit()
    return token, secret


def access_of_token(session: Session, secret: str) -> Access:
    """Return who a token acts for and what it may do; notes, to the minute, that it was used.

    Raises:
        NotSignedIn: no such token, its time is over, or its user was closed or has not confirmed their address.
    """
    token = session.scalar(_BY_SECRET, {"sha256": _token_hash(secret)})
    if token is None or not token.user.active:
        raise NotSignedIn(
            "this token is not valid; look it up on your profile, or make a new one",
            field="Authorization",
            code="wrong_token",
        )
    now = utc_now()
    if token.expires_at is not None and token.expires_at <= now:
        raise NotSignedIn(
            f"this token was valid until {token.expires_at:%Y-%m-%d %H:%M} UTC; make a new one",
            field="Authorization",
            code="token_expired",
        )
    need_confirmed(token.user)
    _note_use(session, token, now)
    return Access(token.user, frozenset(token.scopes.split()), token)


def list_tokens(session: Session, user: User) -> list[Token]:
    """Return a user's tokens, oldest first."""
    return list(session.scalars(select(Token).where(Token.user_id == user.id).order_by(Token.id)))


def revoke_token(session: Session, user: User, token_id: int, *, address: str = "") -> None:
    """Revoke a user's token: from the next request on it is not valid.

    Raises:
        NotFound: there is no such token of this user.
    """
    gone = delete(Token).where(Token.id == token_id, Token.user_id == user.id).returning(Token.name)
    name = session.scalar(gone)
    if name is None:
        session.rollback()
        raise NotFound("there is no such token of yours", field="token_id", code="unknown_token")
    record(session, user, "token.revoked", user.name, {"token": name}, address)
    session.commit()


def _note_use(session: Session, token: Token, now: datetime) -> None:
    before = now - _USE_NOTED_EVERY
    if token.last_used_at is not None and token.last_used_at >= before:
        return
    try:
        session.execute(
            update(Token)
            .where(Token.id == token.id, or_(Token.last_used_at.is_(None), Token.last_used_at < before))
            .values(last_used_at=now),
            execution_options={"synchronize_session": False},
        )
        session.commit()
    except OperationalError:  # a database that is locked for long: a note of use is not worth failing a request
        session.rollback()


def _token_hash(secret: str) -> str:
    # A token has 160 bits of chance in it: a plain hash cannot be reversed, and costs nothing on each request.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

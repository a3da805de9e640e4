"""Accounts of people for whom somebody else vouches: an OpenID Connect provider, or the cluster's login portal.

Who vouches names a person by ``external_id``. When an account without that name might be theirs:

* From a provider, an account with the same address is theirs if the provider says that it checked the address. Nobody
  needs more than that mailbox to get a new password here either. An account that never confirmed the address was made
  by nobody knows whom: it is theirs too, and its password is forgotten. An administrator's is never linked by itself.
* From the login portal's header, which tells a name only, no account is: an administrator links it (``user link``).
"""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.accounts import is_email, is_user_name, new_session_key, plain_email
from allgo_hpc.audit import record
from allgo_hpc.errors import BadInput, Conflict, NotAllowed
from allgo_hpc.languages import ENGLISH, language_of
from allgo_hpc.mail.outbox import queue_mail
from allgo_hpc.mail.texts import linked_text
from allgo_hpc.models import User, utc_now

_LONGEST_ID, _LONGEST_ACCOUNT = 500, 64
_LONGEST_NAME = 32
_TRIES = 100


@dataclass(frozen=True)
class Vouched:
    """What somebody else says of a person.

    Attributes:
        external_id: ``<issuer> <subject>`` or ``header <name>``.
        name: what they are called there; the account's name is made from it.
        email: their address.
        email_checked: whoever vouches has seen that it is theirs.
        account: theirs on the cluster; empty: not told.
        may_link: the address may lead to an account that is there; False: the name as well must be free.
    """

    external_id: str
    name: str
    email: str
    email_checked: bool
    account: str = ""
    may_link: bool = False


def account_of(session: Session, who: Vouched, *, address: str = "", language: str = ENGLISH) -> User:
    """Return the account of a person; a new one where they have none. Commits.

    Args:
        session: of the caller.
        who: the person.
        address: where the request came from.
        language: that they read here, for a mail to somebody who chose none.

    Raises:
        NotAllowed: their account was closed.
        Conflict: there is an account that may be another person's; an administrator can link it.
        BadInput: what is told of them cannot be an account.
    """
    if not who.external_id.isprintable() or len(who.external_id) > _LONGEST_ID:
        raise BadInput("what your institution tells of you cannot be an account here: ask an administrator")
    found = session.scalar(select(User).where(User.external_id == who.external_id))
    if found is None:
        found = _linked(session, who, address, language) if who.may_link else None
    if found is None:
        found = _made(session, who, address)
    if not found.active:
        raise NotAllowed("this account was closed")
    account = who.account[:_LONGEST_ACCOUNT] if who.account.isprintable() else ""
    if account and found.cluster_account != account:
        _set_account(session, None, found, account, address)
        session.commit()
    return found


def link_account(
    session: Session, user: User, external_id: str | None, *, by: User | None = None, account: str | None = None
) -> None:
    """Link an account to a sign-in from outside, or cut the link; an administrator's doing.

    Args:
        session: of the caller.
        user: whose.
        external_id: ``<issuer> <subject>`` or ``header <name>``; None: cut it.
        by: who does it; None: the command line.
        account: the person's own on the cluster; None: leave it.

    Raises:
        BadInput: it is none.
        Conflict: another account has it.
    """
    if external_id is not None and (not re.fullmatch(r"\S+ \S.*", external_id) or not external_id.isprintable()):
        raise BadInput("external_id: '<issuer> <subject>' or 'header <name>'", field="external_id")
    if external_id is not None and len(external_id) > _LONGEST_ID:
        raise BadInput(f"external_id: at most {_LONGEST_ID} characters", field="external_id")
    record(session, by, "account.linked", user.name, {"old": user.external_id, "new": external_id})
    user.external_id = external_id
    user.session_key = new_session_key()
    if account is not None and (account or None) != user.cluster_account:
        _set_account(session, by, user, account or None)
    try:
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise Conflict("another account is linked to that", field="external_id") from error


def _set_account(session: Session, by: User | None, user: User, account: str | None, address: str = "") -> None:
    record(session, by, "account.cluster", user.name, {"old": user.cluster_account, "new": account}, address)
    user.cluster_account = account


def _linked(session: Session, who: Vouched, address: str, language: str) -> User | None:
    email = plain_email(who.email)
    user = session.scalar(select(User).where(User.email == email))
    if user is None:
        return None
    if not who.email_checked or user.role == "admin" or user.external_id is not None or not user.active:
        raise _taken(f"the address {email}")
    if user.confirmed_at is None:
        user.password_hash = None
        user.confirmed_at = utc_now()
    user.external_id = who.external_id
    user.session_key = new_session_key()
    record(session, user, "account.linked", user.name, {"old": None, "new": who.external_id}, address)
    told = linked_text(user.name, who.external_id.split(" ")[0], language_of(user.language, language))
    queue_mail(session, user.email, *told)
    session.commit()
    return user


def _made(session: Session, who: Vouched, address: str) -> User:
    name = _free_name(session, who)
    email = plain_email(who.email)
    if not is_email(email):
        raise BadInput("your institution tells no e-mail address of you, without which there is no account")
    user = User(
        name=name, email=email, external_id=who.external_id, confirmed_at=utc_now() if who.email_checked else None
    )
    session.add(user)
    try:
        session.flush()
        record(session, user, "account.made", name, {"role": "user", "external_id": who.external_id}, address)
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise _taken(f"the name {name} or the address {email}") from error
    return user


def _free_name(session: Session, who: Vouched) -> str:
    base = re.sub(r"[^a-z0-9._-]", "", who.name.partition("@")[0].lower()).lstrip("0123456789._-")[:_LONGEST_NAME]
    if not who.may_link:
        if not is_user_name(who.name):
            raise BadInput("the login portal's name of you cannot be an account here: ask an administrator")
        return who.name  # a conflict is told where it is stored
    base = base if is_user_name(base) else "user"
    taken = set(session.scalars(select(User.name).where(User.name.startswith(base, autoescape=True))))
    for number in range(1, _TRIES):
        suffix = "" if number == 1 else f"-{number}"
        name = base[: _LONGEST_NAME - len(suffix)] + suffix
        if name not in taken and session.scalar(select(User.id).where(User.name == name)) is None:
            return name
    raise _taken(f"the name {base}")


def _taken(what: str) -> Conflict:
    return Conflict(
        f"there is an account with {what} already: sign in with its password, or ask an administrator to link it"
    )

"""The record of what changed who may do what: who did it, when, to whom."""

from typing import Any

from sqlalchemy.orm import Session

from allgo_hpc.models import Audit, User

WHAT = {
    "account.made": "an account was made",
    "account.confirmed": "an account's address was shown to be its owner's, or an administrator said so",
    "account.password": "a password was changed",
    "account.address": "an address was changed",
    "account.linked": "an account was linked to a sign-in from outside, or that link was cut",
    "account.closed": "an account was closed",
    "user.role": "an account got another role",
    "app.owner": "an app was handed over to another author",
    "token.made": "a token was made",
    "token.revoked": "a token was revoked",
    "key.added": "an SSH key was added",
    "key.revoked": "an SSH key was revoked",
    "account.suspended": "an account was suspended: nobody is let in by it",
    "account.reopened": "a suspended account was let in again",
    "account.reset_link": "a link for a new password was sent",
    "account.cluster": "an account was said to belong to an account on the cluster",
    "user.quota": "somebody got limits of their own, or those of everybody again",
    "group.made": "a group of users was made",
    "group.renamed": "a group got another name",
    "group.deleted": "a group was deleted",
    "group.member_added": "somebody was put into a group",
    "group.member_removed": "somebody was taken out of a group",
    "jobs.cancel": "jobs of other people were cancelled",
    "sandbox.stop": "somebody else's sandbox was stopped",
    "announcement.made": "an announcement was made",
    "announcement.changed": "an announcement was changed",
    "announcement.ended": "an announcement was ended",
}
"""Every word that stands in ``Audit.what``, with what it means; areas add theirs here.

Sign-ins, good or bad, are not in it: they change nothing, and anybody could fill it with bad ones.
"""
_LONGEST_ABOUT, _LONGEST_ADDRESS = 200, 64


def record(  # noqa: PLR0917  # who, what, to whom: a sentence
    session: Session,
    by: User | None,
    what: str,
    about: str = "",
    detail: dict[str, Any] | None = None,
    address: str = "",
) -> Audit:
    """Add a row, with whatever else this transaction stores; the caller commits.

    Args:
        session: of the caller.
        by: who did it; None: an administrator at the command line, or the portal itself.
        what: a word of ``WHAT``.
        about: whom or what it was done to, by name.
        detail: what else there is to know; no secrets.
        address: where the request came from.

    Raises:
        KeyError: a word that is in no table; a mistake of the program.
    """
    WHAT[what]
    row = Audit(
        user_id=by.id if by is not None else None,
        what=what,
        about=about[:_LONGEST_ABOUT],
        detail=detail or {},
        address=address[:_LONGEST_ADDRESS],
    )
    session.add(row)
    return row

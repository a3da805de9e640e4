"""Closing an account for good: it can do nothing any more, and nobody can take its name; its jobs end and go."""

import logging
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from allgo_hpc.accounts import CLOSED_DOMAIN, has_password, new_session_key, refuse_without_admin
from allgo_hpc.audit import record
from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.languages import language_of
from allgo_hpc.mail.outbox import queue_mail
from allgo_hpc.mail.texts import closed_text
from allgo_hpc.models import (
    App,
    AppShare,
    GroupMember,
    Job,
    JobShare,
    SshKey,
    Token,
    Upload,
    User,
    Webhook,
    utc_now,
)
from allgo_hpc.sandboxes.keys import tell_build_node
from allgo_hpc.services import Services
from allgo_hpc.states import FINAL
from allgo_hpc.uploading.stale import remove_all

_log = logging.getLogger(__name__)
_ENDED = [state.value for state in FINAL]
_CLOSED = f"%@{CLOSED_DOMAIN}"
_AT_ONCE = 1000


def apps_of(session: Session, user: User) -> list[str]:
    """Return the names of the apps that a user owns: while there are some, the account cannot be closed."""
    return list(session.scalars(select(App.name).where(App.owner_id == user.id).order_by(App.name)))


def check_proof(user: User, typed: str) -> None:
    """Make sure that it is the user who wants their account closed: by the password, without one by the name.

    Raises:
        BadInput: it is not right.
    """
    if user.password_hash:
        if not has_password(user, typed):
            raise BadInput("proof: this is not your password", field="proof", code="wrong_password")
    elif typed.strip() != user.name:
        raise BadInput(f"proof: type your user name, {user.name}", field="proof")


def close_account(session: Session, services: Services, user: User, *, by: User | None, address: str = "") -> None:
    """Close an account.

    Its tokens, keys, webhooks, links to jobs, shares and sessions end at once. Its name stays taken, its address is
    forgotten. Its uploads are removed, its jobs cancelled, their files given up within the hour, and none of them is an
    app's example any more; what happened stays in the records.

    Args:
        session: of the caller.
        services: of the portal.
        user: whose.
        by: who does it; None: the command line.
        address: where the request came from.

    Raises:
        Conflict: it owns apps, or is the only administrator.
    """
    apps = apps_of(session, user)
    if apps:
        raise Conflict(f"'{user.name}' has apps ({', '.join(apps)}): hand them over first", code="has_apps")
    if user.role == "admin":
        refuse_without_admin(session, user)
    if user.active or not user.email.endswith(f"@{CLOSED_DOMAIN}"):
        _revoke(session, user)
        language = language_of(user.language, services.settings.language)
        queue_mail(session, user.email, *closed_text(user.name, language))
        record(session, by, "account.closed", user.name, {}, address)
        _blank(user)
        session.commit()
    finish_closing(session, services, utc_now())


def finish_closing(session: Session, services: Services, now: datetime) -> None:
    """Cancel the jobs of closed accounts, end the keeping of those that have ended, remove uploads.

    Can be done again: what does not work now is done the next time.
    """
    closed = select(User.id).where(User.active.is_(False), User.email.like(_CLOSED))
    session.execute(
        update(Job)
        .where(Job.user_id.in_(closed), Job.state.in_(_ENDED), Job.deleted_at.is_(None), Job.expires_at > now)
        .values(expires_at=now),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    unended = session.scalars(
        select(Job)
        .where(
            Job.user_id.in_(closed), Job.state.not_in(_ENDED), Job.parent_id.is_(None), Job.cancel_at.is_(None)
        )
        .limit(_AT_ONCE)
    ).all()  # fmt: skip
    for job in unended:
        try:
            cancel_job(session, services, job)
        except Conflict:  # it ended meanwhile
            session.rollback()
    senders = select(Upload.user_id)
    for user in session.scalars(select(User).where(User.id.in_(closed), User.id.in_(senders))).all():
        try:
            remove_all(session, services, user)
        except OSError as error:
            session.rollback()
            _log.warning("uploads of the closed account %s stay for now: %s", user.name, error)


def _revoke(session: Session, user: User) -> None:
    own = select(Job.id).where(Job.user_id == user.id)
    for row in (
        delete(Token).where(Token.user_id == user.id),
        delete(SshKey).where(SshKey.user_id == user.id),
        delete(Webhook).where(Webhook.user_id == user.id),
        delete(GroupMember).where(GroupMember.user_id == user.id),
        delete(AppShare).where(AppShare.user_id == user.id),
        delete(JobShare).where(JobShare.job_id.in_(own)),
        update(App).where(App.example_job_id.in_(own)).values(example_job_id=None),
    ):
        session.execute(row, execution_options={"synchronize_session": False})
    tell_build_node(session, user)


def _blank(user: User) -> None:
    user.active = False
    user.email = f"closed-{user.id}@{CLOSED_DOMAIN}"
    user.password_hash = None
    user.session_key = new_session_key()
    user.external_id = None
    user.cluster_account = None
    user.role = "user"

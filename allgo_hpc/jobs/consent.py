"""A user lets the author of an app look at one of their jobs, and takes that back."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.errors import NotAllowed
from allgo_hpc.models import App, Job, User

_MOST = 200


def set_consent(session: Session, user: User, job: Job, *, allowed: bool) -> None:
    """Let the app's author look at a job, of a batch at all its tasks; or not any more.

    Raises:
        NotAllowed: it is another user's job; nobody consents for somebody else.
    """
    if job.user_id != user.id:
        raise NotAllowed("only its own user can show a job to the app's author")
    job.author_may_see = allowed
    session.commit()


def jobs_shown_to(session: Session, author: User, app: App, *, most: int = _MOST) -> list[Job]:
    """Return the jobs of an app that their users show to its author, newest first; for anybody else none.

    Jobs whose files were deleted, and the author's own, are left out.
    """
    if app.owner_id != author.id:
        return []
    shown = select(Job).where(
        Job.app_id == app.id, Job.author_may_see, Job.deleted_at.is_(None), Job.user_id != author.id
    )
    return list(
        session.scalars(
            shown.order_by(Job.id.desc()).options(joinedload(Job.user), joinedload(Job.version)).limit(most)
        )
    )

"""An app's commits, some at a time."""

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from allgo_hpc.models import App, Commit, Job, Version


def page_of_commits(
    session: Session, app: App, *, limit: int, before: int | None = None
) -> tuple[list[Commit], int | None]:
    """Return commits, newest first, without their logs, and the number below which the next page begins."""
    statement = (
        select(Commit)
        .where(Commit.app_id == app.id)
        .order_by(Commit.id.desc())
        .limit(limit + 1)
        .options(
            defer(Commit.log),
            defer(Commit.recipe),
            joinedload(Commit.user),
            joinedload(Commit.version).options(defer(Version.packages), defer(Version.recipe)),
        )
    )
    if before is not None:
        statement = statement.where(Commit.id < before)
    found = list(session.scalars(statement))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def sample_runs(session: Session, app: App, *, most: int = 20) -> list[tuple[Commit, Job]]:
    """Return the latest commits whose sample was run, each with the job that ran it, newest first."""
    statement = (
        select(Commit, Job)
        .join(Job, Job.id == Commit.job_id)
        .where(Commit.app_id == app.id)
        .order_by(Commit.id.desc())
        .limit(most)
        .options(
            defer(Commit.log),
            defer(Commit.recipe),
            joinedload(Commit.version).options(defer(Version.packages), defer(Version.recipe)),
        )
    )
    return [(commit, job) for commit, job in session.execute(statement)]

"""An app's versions as its author looks at them: some at a time, deleted ones too, with how often each was run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from allgo_hpc.models import App, Job, Version


@dataclass(frozen=True)
class Use:
    """How often a version was run: jobs (of a batch its tasks), by how many people, and when last."""

    jobs: int = 0
    users: int = 0
    last: datetime | None = None


def page_of_versions(
    session: Session, app: App, *, limit: int, before: int | None = None
) -> tuple[list[Version], int | None]:
    """Return versions, newest first, also deleted ones, and the number below which the next page begins."""
    statement = (
        select(Version)
        .where(Version.app_id == app.id, Version.ready)
        .order_by(Version.number.desc())
        .limit(limit + 1)
        # Lists of a thousand packages each, which nobody looks at here.
        .options(defer(Version.packages), defer(Version.recipe))
    )
    if before is not None:
        statement = statement.where(Version.number < before)
    found = list(session.scalars(statement))
    return found[:limit], found[limit - 1].number if len(found) > limit else None


def published_versions(session: Session, app: App) -> list[Version]:
    """Return those that users may run, without what is heavy of them."""
    statement = select(Version).where(
        Version.app_id == app.id, Version.ready, Version.published, Version.deleted_at.is_(None)
    )
    return list(session.scalars(statement.options(defer(Version.packages), defer(Version.recipe))))


def use_of_versions(session: Session, app: App, versions: Sequence[Version]) -> dict[int, Use]:
    """Return how often each of these versions was run, by its number."""
    numbers = {one.id: one.number for one in versions}
    statement = (
        select(Job.version_id, func.count(), func.count(Job.user_id.distinct()), func.max(Job.created_at))
        .where(Job.app_id == app.id, Job.version_id.in_(numbers), Job.tasks == 0)
        .group_by(Job.version_id)
    )
    used = {numbers[row[0]]: Use(row[1], row[2], row[3]) for row in session.execute(statement)}
    return {number: used.get(number, Use()) for number in numbers.values()}

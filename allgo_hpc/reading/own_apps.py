"""An author's apps with what they want to know of each at a glance, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from allgo_hpc.apps import default_of
from allgo_hpc.models import App, Commit, Job, Sandbox, User, Version
from allgo_hpc.states import FINAL, JobState

RECENT_DAYS = 30
PAGE = 50
_FAILED = frozenset({JobState.ERROR, JobState.TIMEOUT, JobState.OUT_OF_MEMORY, JobState.NODE_FAILURE, JobState.LOST})
"""Ends that are not good; what its user cancelled is neither."""


@dataclass(frozen=True)
class OwnApp:
    """One app of an author's.

    Attributes:
        app: the app.
        version: the one that runs where none is named; None: nothing is published.
        sandbox: its sandbox, if it has one.
        commit: the commit that is under way, if any.
        jobs: how many were submitted within the last 30 days, of a batch its tasks.
        failed: share of those of them that ended, and not well; None where none has.
    """

    app: App
    version: Version | None
    sandbox: Sandbox | None
    commit: Commit | None
    jobs: int
    failed: float | None


def own_apps_at_a_glance(
    session: Session, user: User, now: datetime, *, after: str = "", most: int = PAGE
) -> tuple[list[OwnApp], str | None]:
    """Return a user's own apps by name, with how each stands: a page of them, and the name after which the next begins.

    Args:
        session: of the caller.
        user: whose.
        now: the time.
        after: where the page before ended.
        most: apps of a page.
    """
    if "\0" in after:
        return [], None
    own = select(App).where(App.owner_id == user.id, App.name > after).order_by(App.name)
    apps = session.scalars(own.limit(most + 1)).all()
    following = apps[most - 1].name if len(apps) > most else None
    apps = apps[:most]
    ids = [app.id for app in apps]
    sandboxes = {one.app_id: one for one in session.scalars(select(Sandbox).where(Sandbox.app_id.in_(ids)))}
    under_way = select(Commit).where(Commit.app_id.in_(ids), Commit.finished_at.is_(None)).options(defer(Commit.log))
    commits = {one.app_id: one for one in session.scalars(under_way)}
    versions = _versions(session, ids)
    counts = _count_by_state(session, ids, now - timedelta(days=RECENT_DAYS))
    return [
        OwnApp(
            app=app,
            version=default_of(app, versions.get(app.id, ())),
            sandbox=sandboxes.get(app.id),
            commit=commits.get(app.id),
            jobs=sum(counts.get(app.id, {}).values()),
            failed=failed_share(counts.get(app.id, {})),
        )
        for app in apps
    ], following


def failed_share(counts: dict[JobState, int]) -> float | None:
    """Return which share of ended jobs did not end well; what was cancelled is not counted. Pure."""
    ended = sum(n for state, n in counts.items() if state in FINAL and state is not JobState.CANCELLED)
    return sum(n for state, n in counts.items() if state in _FAILED) / ended if ended else None


def _versions(session: Session, ids: Sequence[int]) -> dict[int, list[Version]]:
    found: dict[int, list[Version]] = {}
    published = select(Version).where(
        Version.app_id.in_(ids), Version.ready, Version.published, Version.deleted_at.is_(None)
    )
    for one in session.scalars(published.options(defer(Version.packages), defer(Version.recipe))):
        found.setdefault(one.app_id, []).append(one)
    return found


def _count_by_state(session: Session, ids: Sequence[int], since: datetime) -> dict[int, dict[JobState, int]]:
    found: dict[int, dict[JobState, int]] = {}
    statement = (
        select(Job.app_id, Job.state, func.count())
        .where(Job.app_id.in_(ids), Job.tasks == 0, Job.created_at >= since)
        .group_by(Job.app_id, Job.state)
    )
    for app_id, state, count in session.execute(statement):
        found.setdefault(app_id, {})[JobState(state)] = count
    return found

"""The versions of an app as its page lists them: without what fills a page of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from allgo_hpc.apps import owns
from allgo_hpc.models import App, User, Version

PER_PAGE = 20


@dataclass(frozen=True)
class VersionPage:
    """A page of an app's versions, newest first; ``packages`` has how many are known of each, None: nobody looked."""

    versions: Sequence[Version]
    packages: dict[int, int | None]
    total: int
    page: int
    pages: int


def default_version(session: Session, app: App) -> Version | None:
    """Return the version that runs where none is named, as ``allgo_hpc.apps.default_of`` does."""
    usable = select(Version).where(
        Version.app_id == app.id, Version.published, Version.ready, Version.deleted_at.is_(None)
    )
    light = usable.options(defer(Version.packages), defer(Version.recipe))
    chosen = session.scalar(light.where(Version.number == app.default_version))
    return chosen or session.scalar(light.order_by(Version.number.desc()).limit(1))


def page_of_versions(session: Session, user: User | None, app: App, page: int) -> VersionPage:
    """Return a page of the versions that a user may see; an owner sees those that are not published too."""
    seen = [Version.app_id == app.id, Version.ready, Version.deleted_at.is_(None)]
    if not owns(app, user):
        seen.append(Version.published)
    total = session.scalar(select(func.count()).select_from(Version).where(*seen)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    found = session.scalars(
        select(Version)
        .where(*seen)
        .order_by(Version.number.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
        .options(defer(Version.recipe))
    ).all()
    counts = {one.number: len(one.packages) if one.packages is not None else None for one in found}
    return VersionPage(found, counts, total, page, pages)


def numbers_of(session: Session, user: User | None, app: App) -> Sequence[int]:
    """Return the numbers of the versions that a user may see, newest first."""
    seen = select(Version.number).where(Version.app_id == app.id, Version.ready, Version.deleted_at.is_(None))
    if not owns(app, user):
        seen = seen.where(Version.published)
    return session.scalars(seen.order_by(Version.number.desc())).all()

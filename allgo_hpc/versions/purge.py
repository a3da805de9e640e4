"""Removes the images of versions that were deleted long ago; never one that an unfinished job names."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.authoring.change import lock_app
from allgo_hpc.layout import Layout
from allgo_hpc.models import Job, Version
from allgo_hpc.services import Services
from allgo_hpc.states import FINAL

_log = logging.getLogger(__name__)
_ENDED = [state.value for state in FINAL]
_AT_ONCE = 100


def purge_versions(session: Session, services: Services, now: datetime) -> int:
    """Give up the images of versions whose time is over; returns how many versions."""
    before = now - timedelta(days=services.settings.version_keep_days)
    due = session.scalars(
        select(Version.id)
        .where(Version.deleted_at < before, Version.purged_at.is_(None))
        .order_by(Version.deleted_at.desc())  # what stays again and again must not keep others from their turn
        .limit(_AT_ONCE)
    ).all()
    return sum(_purge(session, services.layout, number, before, now) for number in due)


def _purge(session: Session, layout: Layout, number: int, before: datetime, now: datetime) -> bool:
    version = session.get_one(Version, number)
    # A version of the same image could otherwise be stored between looking and moving.
    lock_app(session, version.app)
    session.refresh(version)
    restored = version.deleted_at is None or version.deleted_at >= before or version.purged_at is not None
    if restored or _is_needed(session, version):
        session.rollback()
        return False
    try:
        if not _has_twin(session, version):
            _throw_away(layout, version)
    except OSError as error:
        session.rollback()
        _log.warning("the image of version %s of %s stays for now: %s", version.number, version.app.name, error)
        return False
    version.purged_at = now
    session.commit()
    return True


def _is_needed(session: Session, version: Version) -> bool:
    """True while a job that has not ended is to run this image."""
    jobs = select(Job.id).where(Job.app_id == version.app_id, Job.sha256 == version.sha256, Job.state.not_in(_ENDED))
    return session.scalar(jobs.limit(1)) is not None


def _has_twin(session: Session, version: Version) -> bool:
    """True when another version, deleted or not, has the same image."""
    same = (Version.app_id == version.app_id, Version.sha256 == version.sha256, Version.id != version.id)
    return session.scalar(select(Version.id).where(*same, Version.purged_at.is_(None)).limit(1)) is not None


def _throw_away(layout: Layout, version: Version) -> None:
    image = layout.image(version.app.name, version.sha256)
    holder = layout.trash / f"version-{version.id}"
    holder.mkdir(mode=0o750, exist_ok=True)
    try:
        image.rename(holder / image.name)
    except FileNotFoundError:  # moved before the process was killed, unless the storage is away
        if not layout.images.is_dir():
            raise

"""Room on the portal's file systems, and what lies there as the records say; no folder is walked through."""

import os
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.layout import Layout
from allgo_hpc.models import Job, Upload, Version


@dataclass(frozen=True)
class Disk:
    """One file system; ``total`` is None where it does not answer, and ``said`` why.

    Attributes:
        name: what lies there: ``datastore``, ``images``, … ; several on one file system are named together.
        total: bytes.
        free: bytes that the service user may still write.
        said: the error, if any.
    """

    name: str
    total: int | None
    free: int = 0
    said: str = ""

    @property
    def used_share(self) -> float:
        """How much of it is used, 0 to 1."""
        return 1 - self.free / self.total if self.total else 0.0


def look_at_disks(layout: Layout) -> list[Disk]:
    """Return the file systems of the portal's folders, each once."""
    folders = {"datastore": layout.datastore, "images": layout.images, "trash": layout.trash, "staging": layout.staging}
    names: dict[object, list[str]] = {}
    found: dict[object, tuple[int | None, int, str]] = {}
    for name, folder in folders.items():
        try:
            status, device = os.statvfs(folder), folder.stat().st_dev
        except OSError as error:
            key: object = f"error {name}"
            found[key] = (None, 0, error.strerror or str(error))
        else:
            key = device
            found[key] = (status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize, "")
        names.setdefault(key, []).append(name)
    return [Disk(", ".join(names[key]), *values) for key, values in found.items()]


@dataclass(frozen=True)
class Stored:
    """Bytes as the records say: files of jobs, of jobs deleted lately and not yet removed, images, uploads."""

    jobs: int
    trash: int
    images: int
    uploads: int
    kept_jobs: int


def look_at_stored(session: Session) -> Stored:
    """Add up what the records say."""
    size = func.coalesce(func.sum(Job.stored_bytes), 0)
    jobs, count = session.execute(select(size, func.count()).where(Job.deleted_at.is_(None), Job.tasks == 0)).one()
    trash = session.scalar(select(size).where(Job.deleted_at.is_not(None), Job.trashed_at.is_(None)))
    # Two versions of the same bytes in an app are one file.
    images = select(Version.app_id, Version.sha256, func.max(Version.size).label("size")).where(
        Version.purged_at.is_(None)
    )
    each = images.group_by(Version.app_id, Version.sha256).subquery()
    uploads = session.scalar(select(func.coalesce(func.sum(Upload.size), 0)).where(Upload.job_id.is_(None)))
    return Stored(
        jobs=int(jobs),
        trash=int(trash or 0),
        images=int(session.scalar(select(func.coalesce(func.sum(each.c.size), 0))) or 0),
        uploads=int(uploads or 0),
        kept_jobs=count,
    )

"""Removes what nobody needs any more: uploads that never became a job, jobs whose time is over, the trash."""

import logging
import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.closing import finish_closing
from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.deletion import delete_expired, finish_deletions
from allgo_hpc.jobs.keeping import give_notice
from allgo_hpc.jobs.shares import forget_shares
from allgo_hpc.jobs.trash import empty_trash
from allgo_hpc.layout import Layout
from allgo_hpc.models import Commit, Job, Sample, utc_now
from allgo_hpc.services import Services
from allgo_hpc.submitting.idempotency import forget_keys
from allgo_hpc.uploading.bring_back import is_at_work
from allgo_hpc.uploading.stale import recover_all, remove_stale, waiting_keys
from allgo_hpc.versions.purge import purge_versions

_log = logging.getLogger(__name__)
_FOLDER = re.compile(r"[0-9a-f]{40}")


def remove_stale_uploads(session: Session, layout: Layout, *, before: datetime) -> int:
    """Remove staging folders older than ``before``, and what they had placed without a row; returns how many."""
    removed = 0
    waiting = waiting_keys(session)
    for folder in layout.staging.iterdir():
        if folder.name in waiting:  # sent piece by piece: it has a record, and a time of its own
            continue
        if is_at_work(layout, folder.name):
            continue
        try:
            # A folder's own time stands still while one long file grows in it.
            if max(path.stat().st_mtime for path in (folder, *folder.rglob("*"))) >= before.timestamp():
                continue
            note = folder / "target"
            for line in note.read_text().splitlines() if note.exists() else ():
                placed = (layout.root / line).resolve()
                if not _has_row(session, placed.name):
                    _remove_placed(layout, placed)
                    reach("tidy.placed_removed")
            shutil.rmtree(folder)
            removed += 1
        except OSError as error:
            _log.warning("stale upload %s stays for now: %s", folder.name, error)
    return removed


def remove_forgotten_samples(session: Session, layout: Layout, *, before: datetime) -> int:
    """Remove folders of samples older than ``before`` that no app has any more: a crash between row and trash."""
    removed = 0
    for folder in layout.samples.iterdir():
        try:
            if folder.stat().st_ctime < before.timestamp() and not _has_row(session, folder.name):
                _remove_placed(layout, folder.resolve())
                removed += not folder.exists()
        except OSError as error:
            _log.warning("sample %s stays for now: %s", folder.name, error)
    return removed


def _has_row(session: Session, folder: str) -> bool:
    """True for a folder of a job, a sample or a commit."""
    jobs, commits = select(Job.id).where(Job.folder == folder), select(Commit.id).where(Commit.folder == folder)
    samples = select(Sample.app_id).where(Sample.folder == folder)
    return any(session.scalar(owner) is not None for owner in (jobs, samples, commits))


def _remove_placed(layout: Layout, target: Path) -> None:
    """Remove a folder of a job, its control folder, a sample's or a commit's, and nothing that is none."""
    parents = (layout.datastore.resolve(), layout.control.resolve(), layout.samples.resolve(), layout.builds.resolve())
    if any(target.is_relative_to(parent) for parent in parents) and _FOLDER.fullmatch(target.name):
        shutil.rmtree(target, ignore_errors=True)


@dataclass(frozen=True)
class Purged:
    """What a purge did.

    Attributes:
        jobs: whose time was over, and whose files went to the trash.
        folders: of the trash that are not on the disk any more.
    """

    jobs: int
    folders: int


def purge_files(session: Session, services: Services, now: datetime | None = None) -> Purged:
    """Give up the files of jobs whose time is over, and remove what has been in the trash for an hour.

    This is that part of the tidying up which frees the disk.
    """
    now = now or utc_now()
    jobs = delete_expired(session, services, now)
    finish_deletions(session, services)
    return Purged(jobs, empty_trash(services.layout, now))


def tidy(session: Session, services: Services, now: datetime) -> None:
    """Do all of it once; what fails is told in the log and tried again the next time."""
    before = stale_before(now, services.settings.staging_hours)
    recover_all(session, services)
    finish_closing(session, services, now)
    counts = {
        "uploads that no job took": remove_stale(session, services, before=before),
        "uploads that never became a job": remove_stale_uploads(session, services.layout, before=before),
        "samples that no app has": remove_forgotten_samples(session, services.layout, before=before),
        "jobs whose time was over": delete_expired(session, services, now),
        "keys of earlier submissions": forget_keys(session, now),
        "links to jobs whose time was over": forget_shares(session, now),
    }
    finish_deletions(session, services)
    told = give_notice(session, services, now)
    if told:
        _log.info("told of %s jobs whose files go soon", told)
    counts["deleted versions whose time was over"] = purge_versions(session, services, now)
    counts["folders of the trash"] = empty_trash(services.layout, now)
    for what, count in counts.items():
        if count:
            _log.info("removed %s %s", count, what)


def stale_before(now: datetime, hours: float) -> datetime:
    """Return the time before which an upload without a job is stale."""
    return now - timedelta(hours=hours)

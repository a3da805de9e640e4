"""All files of an ended job as one archive, made while it is sent: no temporary file, its length known beforehand."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol
from urllib.parse import unquote_to_bytes

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.errors import Conflict
from allgo_hpc.layout import Layout
from allgo_hpc.models import Job, JobFile
from allgo_hpc.reading.contained import listed_files
from allgo_hpc.reading.members import Member, archive_names
from allgo_hpc.reading.tar_stream import TarArchive
from allgo_hpc.reading.zip_stream import ZipArchive
from allgo_hpc.states import FINAL, JobState

_FORM = 1
"""To be raised whenever the same files make other bytes than before: half an archive of the one and half of the other
are none. The golden digests of the tests tell."""


class Archive(Protocol):
    """What can be sent: its kind, its length in bytes, and its bytes from some byte on."""

    mimetype: str
    length: int

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """Give the bytes; raises NotAsListed where a file is not what is listed."""


FORMATS: dict[str, type[ZipArchive | TarArchive]] = {"zip": ZipArchive, "tar": TarArchive}


def make_archive(members: Sequence[Member], form: str) -> Archive:
    """Return the archive of these files in one of ``FORMATS``."""
    return FORMATS[form](members, listed_files)


def archive_tag(members: Sequence[Member], form: str) -> str:
    """Return a tag that differs where the archive's bytes do."""
    digest = hashlib.sha256(f"{_FORM} {form}\n".encode())
    for member in members:
        # No name holds a line feed.
        digest.update(f"{member.size} {member.sha256} {member.time} {member.name}\n".encode())
    return digest.hexdigest()


def archive_members(session: Session, layout: Layout, job: Job) -> list[Member]:
    """Return the files of an ended job; of a batch those of all its tasks, each in the folder of its task's number.

    Raises:
        Conflict: it has not ended.
    """
    if not JobState(job.state).is_final:
        raise Conflict(f"job {job.id} has not ended ({job.state}): its files are listed at its end", code="not_ended")
    if not job.tasks:
        return _members_of(session, layout, job, "")
    ended = select(Job).where(Job.parent_id == job.id, Job.state.in_([state.value for state in FINAL]))
    found: list[Member] = []
    for task in session.scalars(ended.order_by(Job.task)):
        found += _members_of(session, layout, task, f"{task.task}/")
    return found


def members_of_jobs(session: Session, layout: Layout, jobs: Sequence[Job]) -> list[Member]:
    """Return the files of several ended jobs, each job's in a folder of its number.

    Raises:
        Conflict: one has not ended.
    """
    found: list[Member] = []
    for job in jobs:
        found += [
            replace(member, name=f"job-{job.id}/{member.name}") for member in archive_members(session, layout, job)
        ]
    return found


def _members_of(session: Session, layout: Layout, job: Job, prefix: str) -> list[Member]:
    rows = session.execute(select(JobFile.path, JobFile.size, JobFile.sha256).where(JobFile.job_id == job.id))
    files = sorted((unquote_to_bytes(path), size, sha256) for path, size, sha256 in rows)
    names = archive_names(path for path, _, _ in files)
    folder = layout.job_dir(job)
    time = int(job.finished_at.timestamp()) if job.finished_at is not None else 0
    return [Member(prefix + names[path], folder, path, size, sha256, time) for path, size, sha256 in files]

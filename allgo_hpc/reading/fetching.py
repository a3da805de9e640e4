"""One file of an ended job: where it lies, and parts of it. What is not what the list says is not given."""

from contextlib import closing
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from sqlalchemy.orm import Session

from allgo_hpc.errors import NotFound, StorageAway
from allgo_hpc.jobs.results import result_path
from allgo_hpc.layout import Layout
from allgo_hpc.models import Job, JobFile
from allgo_hpc.reading.contained import NotAsListed, listed_files


def check_in_place(session: Session, layout: Layout, job: Job, file: JobFile) -> Path:
    """Return where a listed file lies; afterwards nothing of the database is held, while the file is fetched.

    Raises:
        NotFound: it is not there any more, or has become something else, such as a link.
        StorageAway: the job's folder is not to be reached, though nobody deleted it.
    """
    session.commit()
    folder = layout.job_dir(job)
    path = result_path(folder, file)
    if not folder.is_dir():
        session.refresh(job)
        session.commit()
        if job.deleted_at is None:  # only a deletion takes a job's folder away
            raise StorageAway("the portal's storage cannot be reached now: try again", field="name")
    # The list holds regular files only; should one have become a link since, it is not followed out of the folder.
    if path.resolve() != folder.resolve() / path.relative_to(folder) or not path.is_file():
        raise _gone()
    return path


def read_part(layout: Layout, job: Job, file: JobFile, start: int, most: int) -> bytes:
    """Return up to ``most`` bytes of a listed file from ``start`` on; no link is followed.

    Raises:
        NotFound: it is gone, has become something else, or has another size than is listed.
    """
    if not 0 <= start < file.size:
        return b""
    found: list[bytes] = []
    left = min(most, file.size - start)
    try:
        with listed_files() as read:
            pieces = read(layout.job_dir(job), unquote_to_bytes(file.path), file.size, start)
            with closing(cast("Any", pieces)):
                while left > 0 and (piece := next(pieces, b"")):
                    found.append(piece[:left])
                    left -= len(found[-1])
    except NotAsListed as error:
        raise _gone() from error
    return b"".join(found)


def _gone() -> NotFound:
    return NotFound("this file is not there any more", field="name", code="unknown_file")

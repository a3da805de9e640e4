"""Sending files of jobs as one archive, for the API, a job's page, the list of jobs and a link alike."""

import logging
from collections.abc import Iterator, Sequence

from flask import Response, request

from allgo_hpc.models import Job
from allgo_hpc.reading.archive import Archive, archive_members, archive_tag, make_archive
from allgo_hpc.reading.contained import NotAsListed
from allgo_hpc.reading.members import Member
from web.context import get_services, get_session

_log = logging.getLogger(__name__)


def send_archive(job: Job, form: str) -> Response:
    """Send all files of an ended job.

    Args:
        job: whose; of a batch, those of its tasks.
        form: one of ``allgo_hpc.reading.archive.FORMATS``.

    Raises:
        Conflict: it has not ended.
    """
    session = get_session()
    members = archive_members(session, get_services().layout, job)
    session.commit()  # nothing of the database is held while it is fetched
    return send_members(members, form, f"job-{job.id}")


def send_members(members: Sequence[Member], form: str, name: str) -> Response:
    """Return the answer that sends these files as one archive, or the part of it that the request asks for.

    Args:
        members: the files.
        form: one of ``allgo_hpc.reading.archive.FORMATS``.
        name: what the archive is called, without its suffix.
    """
    archive = make_archive(members, form)
    answer = Response(_Body(archive, name), mimetype=archive.mimetype, direct_passthrough=True)
    answer.content_length = archive.length
    answer.set_etag(archive_tag(members, form))
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.{form}"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.make_conditional(request, accept_ranges=True, complete_length=archive.length)
    return answer


class _Body:
    """The bytes of an archive for Werkzeug, which seeks where a range begins and goes on from there."""

    def __init__(self, archive: Archive, name: str) -> None:
        self._archive = archive
        self._name = name
        self._at = 0
        self._pieces: Iterator[bytes] | None = None

    def seekable(self) -> bool:
        return True

    def seek(self, at: int) -> None:
        self._at, self._pieces = at, None

    def tell(self) -> int:
        return self._at

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._pieces is None:
            self._pieces = self._archive.pieces(self._at)
        try:
            return next(self._pieces)
        except NotAsListed as error:
            # The server ends the connection short of the length, which is how the client learns of it.
            _log.warning("the archive %s is broken off: %s", self._name, error)
            raise

    def close(self) -> None:
        """Close the file that is being read, also when the client went away."""
        if isinstance(self._pieces, Iterator) and hasattr(self._pieces, "close"):
            self._pieces.close()

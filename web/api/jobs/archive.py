"""``GET /api/v1/jobs/<id>/archive``: all files of an ended job in one download that can be interrupted."""

import logging
from collections.abc import Iterator, Mapping, Sequence

from flask import Response, request
from marshmallow import Schema, fields, validate

from allgo_hpc.reading.archive import FORMATS, Archive, archive_members, archive_tag, make_archive
from allgo_hpc.reading.contained import NotAsListed
from allgo_hpc.reading.lookup import find_job
from allgo_hpc.reading.members import Member
from web.api.groups import FILES
from web.auth import current_user, needs
from web.context import get_services, get_session

_log = logging.getLogger(__name__)
_HEADERS = (
    {
        "in": "header",
        "name": "Range",
        "schema": {"type": "string"},
        "description": "A part of the archive, such as `bytes=1000-`: an interrupted download goes on.",
    },
    {
        "in": "header",
        "name": "If-Range",
        "schema": {"type": "string"},
        "description": "The `ETag` of the answer that was interrupted; the whole is sent where it has changed.",
    },
)
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_CONTENT = {kind.mimetype: _BYTES for kind in FORMATS.values()}


class ArchiveQuery(Schema):
    """Which archive."""

    format = fields.String(
        load_default="zip",
        validate=validate.OneOf(list(FORMATS)),
        metadata={"description": "`zip`, or `tar`: of a large one, an interrupted `tar` goes on sooner."},
    )


@FILES.operation(
    "/api/v1/jobs/<job_id>/archive",
    auth=needs("jobs:read"),
    query=ArchiveQuery,
    headers=_HEADERS,
    answers={
        200: {"description": "The archive.", "content": _CONTENT},
        206: {"description": "The part that was asked for.", "content": _CONTENT},
        304: {"description": "The client has it already."},
    },
    errors=(409, 410, 416),
)
def get_archive(query: Mapping[str, str], job_id: str) -> Response:
    """Send all files of an ended job in one archive, under their own paths; of a batch, in a folder for each task.

    It is made while it is sent, always of the same bytes, and its length is known at once: `HEAD` tells it, and `Range`
    goes on where a download was cut off (`curl -C -`). Should a file not be what is listed any more, the download ends
    before its length: what was received then is not whole.
    """
    session, services, form = get_session(), get_services(), query["format"]
    job = find_job(session, current_user(), job_id)
    members = archive_members(session, services.layout, job)
    session.commit()  # nothing of the database is held while it is fetched
    return send_archive(members, form, f"job-{job.id}")


def send_archive(members: Sequence[Member], form: str, name: str) -> Response:
    """Return the answer that sends these files as one archive, or the part of it that the request asks for.

    Args:
        members: the files.
        form: one of ``FORMATS``.
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

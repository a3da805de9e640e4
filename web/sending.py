"""Sends a stored file, whole or a part of it, so that the kernel copies it to the connection."""

from pathlib import Path
from typing import IO

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from allgo_hpc.errors import NotFound


def send_stored(path: Path, *, mimetype: str, name: str, etag: str, as_attachment: bool) -> Response:
    """Answer with a file, or with the part of it that the request's headers ask for.

    Args:
        path: of a file that may be sent.
        mimetype: that it is sent as.
        name: that it is saved under.
        etag: of its content.
        as_attachment: it is to be saved, not shown.

    Raises:
        NotFound: it has gone this moment.
        RequestedRangeNotSatisfiable: it has no such part.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise NotFound("this file is not there any more", field="name", code="unknown_file") from error
    status = path.stat()
    answer = send_file(
        file,
        mimetype=mimetype,
        as_attachment=as_attachment,
        download_name=name,
        conditional=False,
        etag=etag,
        last_modified=status.st_mtime,
        max_age=0,
    )
    answer.content_length = status.st_size
    try:
        answer.make_conditional(request.environ, accept_ranges=True, complete_length=status.st_size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    part = answer.content_range
    if answer.status_code == 206 and part.start is not None and part.stop is not None:  # noqa: PLR2004
        # Werkzeug would read a part piece by piece; the server sends by the kernel what it knows as a file.
        answer.response = wrap_file(request.environ, _Part(file, part.start, part.stop))  # type: ignore[arg-type]
    return answer


class _Part:
    """A part of an open file, as a file: from where it stands, the server sends as much as the answer is long."""

    def __init__(self, file: IO[bytes], start: int, stop: int) -> None:
        file.seek(start)
        self._file, self._left = file, stop - start
        self.fileno, self.close, self.seek = file.fileno, file.close, file.seek

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data

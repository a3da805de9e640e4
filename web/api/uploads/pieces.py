"""Sending a piece of an upload, asking how much is here, giving it up."""

from flask import Response, jsonify, make_response, request
from werkzeug.exceptions import MethodNotAllowed

from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.models import Upload
from allgo_hpc.uploading.find import expires_at, find_upload, offset_of, refresh, remove_upload
from allgo_hpc.uploading.finish import after_piece, set_size
from allgo_hpc.uploading.place import Place
from allgo_hpc.uploading.receive import CHECKSUM, Piece, read_checksum
from allgo_hpc.uploading.room import most_bytes
from web.api.groups import UPLOADS
from web.api.uploads.body import KIND, check_fits, need_kind, receive
from web.api.uploads.headers import (
    CHECKSUM_HEADER,
    LENGTH,
    RESUMABLE,
    asked,
    described,
    need_version,
    read_number,
    upload_headers,
    write_metadata,
)
from web.api.uploads.schemas import UploadEntry, upload_answer
from web.auth import current_user, needs
from web.context import base_url, get_services, get_session

PIECE_BODY = {"required": False, "content": {KIND: {"schema": {"type": "string", "format": "binary"}}}}
_OFFSET = asked("Upload-Offset", "Where the file ends now.", required=True, pattern="^[0-9]{1,18}$")
_OVERRIDE = asked("X-HTTP-Method-Override", "`PATCH` or `DELETE`.", required=True, pattern="^(PATCH|DELETE)$")
_ONE = "/api/v1/uploads/<upload_id>"
_TOLD = {"description": "Taken.", "headers": described("Upload-Offset", "Upload-Expires")}
_REFUSED = (400, 409, 412, 413, 415, 460, 503, 507)


def take_piece(upload: Upload, start: int) -> int:
    """Take this request's body into an upload; returns how many bytes are here then.

    Raises:
        Refusal: it may not be, or is not what was sent.
        HTTPException: it was cut off; what came is kept.
    """
    session, services = get_session(), get_services()
    checksum = read_checksum(request.headers.get(CHECKSUM))
    most = most_bytes(session, services, upload)
    place = Place(services.layout, upload.key)
    size, hashing = upload.size, upload.sha256 is not None
    session.commit()  # nothing of the database is held while the body comes
    check_fits(start, size, most)
    with Piece(place, start, most=most, size=size, checksum=checksum, hashing=hashing) as piece:
        receive(piece)
    refresh(session, upload)
    return after_piece(session, services, upload, sha256=piece.sha256())


@UPLOADS.operation(
    _ONE,
    method="PATCH",
    auth=needs("jobs:write"),
    body=PIECE_BODY,
    headers=(RESUMABLE, _OFFSET, LENGTH, CHECKSUM_HEADER),
    answers={204: _TOLD},
    errors=_REFUSED,
)
def patch_upload(upload_id: str) -> Response:
    """Send a piece of a file, from where it ends now.

    If the connection is cut, what came is kept: ask HEAD where to go on. A piece that begins where the file ends takes
    over from one that hangs.
    """
    need_version()
    need_kind()
    session, services = get_session(), get_services()
    start = read_number("Upload-Offset")
    if start is None:
        raise BadInput("Upload-Offset: say where the piece begins", field="Upload-Offset")
    upload = find_upload(session, current_user(), upload_id)
    size = read_number("Upload-Length")
    if size is not None:
        set_size(session, services, upload, size)
    if upload.finished_at is not None:  # sent again, for its answer was lost; a job may be taking it this moment
        if start != upload.size:
            raise Conflict(
                f"the upload is whole: it ends at byte {upload.size}", field="Upload-Offset", code="wrong_offset",
                more={"offset": upload.size},
            )  # fmt: skip
        check_fits(start, upload.size, start)
        offset = start
    else:
        offset = take_piece(upload, start)
    answer = make_response("", 204)
    answer.headers.update(upload_headers(offset=offset, size=upload.size, expires=expires_at(services, upload)))
    return answer


@UPLOADS.operation(
    _ONE,
    method="POST",
    auth=needs("jobs:write"),
    body=PIECE_BODY,
    headers=(RESUMABLE, _OVERRIDE, asked("Upload-Offset", "Of a piece."), LENGTH, CHECKSUM_HEADER),
    answers={204: _TOLD},
    errors=(*_REFUSED, 405),
)
def post_override(upload_id: str) -> Response:
    """Do what the header X-HTTP-Method-Override says: for networks that let no PATCH through."""
    method = request.headers.get("X-HTTP-Method-Override", "").upper()
    if method == "PATCH":
        return make_response(patch_upload(upload_id))
    if method == "DELETE":
        return make_response(delete_upload(upload_id))
    raise MethodNotAllowed(["GET", "HEAD", "PATCH", "DELETE", "OPTIONS"])


@UPLOADS.operation(_ONE, auth=needs("jobs:write"), answers={200: UploadEntry}, errors=(409, 412))
def get_upload(upload_id: str) -> Response:
    """Say how much of a file is here; HEAD says it in headers alone."""
    need_version(always=request.method == "HEAD")
    services = get_services()
    upload = find_upload(get_session(), current_user(), upload_id)
    answer = jsonify(upload_answer(services, upload, base_url()))
    answer.headers.update(
        upload_headers(offset=offset_of(services, upload), size=upload.size, expires=expires_at(services, upload))
    )
    answer.headers["Upload-Metadata"] = write_metadata(upload.name, upload.sha256)
    return answer


@UPLOADS.operation(
    _ONE,
    method="DELETE",
    auth=needs("jobs:write"),
    answers={204: {"description": "Removed."}},
    errors=(409, 412),
)
def delete_upload(upload_id: str) -> tuple[str, int]:
    """Give an upload up; what is here of it is removed."""
    need_version(always=False)
    session = get_session()
    remove_upload(session, get_services(), find_upload(session, current_user(), upload_id))
    return "", 204

"""Beginning an upload, and what is spoken here."""

from flask import Response, jsonify, make_response, request

from allgo_hpc.errors import BadInput, Refusal
from allgo_hpc.uploading.create import create_upload
from allgo_hpc.uploading.find import expires_at, offset_of, remove_upload
from web.api.groups import UPLOADS
from web.api.uploads.body import need_kind
from web.api.uploads.headers import (
    CHECKSUM_HEADER,
    LENGTH,
    RESUMABLE,
    asked,
    described,
    name_and_sha256,
    need_version,
    read_metadata,
    read_number,
    upload_headers,
)
from web.api.uploads.pieces import PIECE_BODY, take_piece
from web.api.uploads.schemas import UploadEntry, upload_answer, upload_url
from web.auth import ANYBODY, current_user, needs
from web.context import base_url, get_services, get_session

_DEFER = asked("Upload-Defer-Length", "`1`: the length is not known yet.", pattern="^1$")
_METADATA = asked(
    "Upload-Metadata",
    "`filename <base64>`, and after commas `sha256 <base64 of its hexadecimal digits>` and `relativePath <base64>`.",
    required=True,
)


@UPLOADS.operation(
    "/api/v1/uploads",
    method="OPTIONS",
    auth=ANYBODY,
    answers={204: {"description": "See the headers.", "headers": described("Tus-Version", "Tus-Extension")}},
)
def options_uploads() -> tuple[str, int]:
    """Say what of tus is spoken here: version, extensions, the largest file, the checksums."""
    return "", 204


@UPLOADS.operation(
    "/api/v1/uploads",
    method="POST",
    auth=needs("jobs:write"),
    body=PIECE_BODY,
    headers=(RESUMABLE, LENGTH, _DEFER, _METADATA, CHECKSUM_HEADER),
    answers={201: UploadEntry},
    errors=(400, 409, 412, 413, 415, 460, 503, 507),
    links={"upload_id": ("get_upload", "delete_upload")},
)
def post_upload() -> Response:
    """Begin an upload.

    With the file's SHA-256 in the metadata: where you have that very file here already, the answer's `Upload-Offset` is
    its length, and nothing needs to be sent. The body may be the file's beginning.
    """
    need_version()
    if "Upload-Concat" in request.headers:
        raise BadInput("Upload-Concat: uploads are not joined here", field="Upload-Concat")
    session, services, user = get_session(), get_services(), current_user()
    size = read_number("Upload-Length")
    deferred = request.headers.get("Upload-Defer-Length")
    if (size is None) == (deferred is None) or deferred not in {None, "1"}:
        raise BadInput("send Upload-Length, or Upload-Defer-Length: 1", field="Upload-Length")
    name, sha256 = name_and_sha256(read_metadata(request.headers.get("Upload-Metadata", "")))
    has_body = bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    if has_body:
        need_kind()
    upload = create_upload(session, services, user, name=name, size=size, sha256=sha256, look=not has_body)
    if has_body:
        try:
            take_piece(upload, 0)
        except Refusal:
            remove_upload(session, services, upload)  # its sender does not learn its address
            raise
    answer = make_response(jsonify(upload_answer(services, upload, base_url())), 201)
    answer.headers.update(
        upload_headers(offset=offset_of(services, upload), size=upload.size, expires=expires_at(services, upload))
    )
    answer.headers["Location"] = upload_url(upload, base_url())
    return answer

"""An upload as the API tells it."""

from typing import Any

from marshmallow import Schema, fields, validate

from allgo_hpc.models import Upload
from allgo_hpc.services import Services
from allgo_hpc.times import stamp
from allgo_hpc.uploading.find import expires_at, offset_of
from web.paging import CURSOR

MOST = 1000


def _said(text: str) -> dict[str, Any]:
    return {"metadata": {"description": text}}


class UploadEntry(Schema):
    """A file on its way, or here and waiting for its job."""

    id = fields.String(required=True, **_said("What a job names it by, in `job[uploads]`."))
    url = fields.String(required=True)
    name = fields.String(required=True, **_said("Of the file in the job's folder."))
    size = fields.Integer(required=True, allow_none=True, **_said("Bytes of the whole; null: not said yet."))
    offset = fields.Integer(required=True, **_said("Bytes that are here."))
    finished = fields.Boolean(required=True, **_said("All of it is here, and is what was said."))
    sha256 = fields.String(required=True, allow_none=True, **_said("As its sender said."))
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True, **_said("When it is removed if nobody goes on with it."))


class UploadList(Schema):
    """A page of uploads, newest first."""

    uploads = fields.List(fields.Nested(UploadEntry), required=True)
    next = fields.String(required=True, allow_none=True, **_said("Address of the next page; null at the end."))


class UploadQuery(Schema):
    """Which uploads are looked for."""

    name = fields.String(validate=validate.Length(1, 255), **_said("Those of that name."))
    size = fields.Integer(validate=validate.Range(0, 10**18), **_said("Those of so many bytes."))
    sha256 = fields.String(validate=validate.Regexp("^[0-9a-f]{64}$"), **_said("Those whose sender said that hash."))
    finished = fields.Boolean(**_said("Those that are whole, or that are not."))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST), **_said("Uploads on a page."))
    cursor = fields.String(metadata=CURSOR)


def upload_url(upload: Upload, base: str) -> str:
    """Return the address of an upload."""
    return f"{base}/api/v1/uploads/{upload.key}"


def upload_answer(services: Services, upload: Upload, base: str) -> dict[str, Any]:
    """Return an upload as the API tells it."""
    return {
        "id": upload.key,
        "url": upload_url(upload, base),
        "name": upload.name,
        "size": upload.size,
        "offset": offset_of(services, upload),
        "finished": upload.finished_at is not None,
        "sha256": upload.sha256,
        "created_at": stamp(upload.created_at),
        "expires_at": stamp(expires_at(services, upload)),
    }

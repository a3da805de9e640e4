"""The headers of tus: read, and made."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, request
from werkzeug.exceptions import PreconditionFailed
from werkzeug.http import http_date

from allgo_hpc.errors import BadInput
from allgo_hpc.uploading.names import upload_name
from allgo_hpc.uploading.receive import ALGORITHMS
from web.api.groups import UPLOADS
from web.context import get_services

VERSION = "1.0.0"
EXTENSIONS = (
    "creation", "creation-with-upload", "creation-defer-length", "termination", "checksum", "expiration",
)  # fmt: skip
ASKED = (
    "Tus-Resumable", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Offset", "Upload-Checksum",
    "X-HTTP-Method-Override", "X-Requested-With", "X-Request-ID",
)  # fmt: skip
"""What scripts of other sites' pages may send."""
TOLD = (
    "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm", "Upload-Offset",
    "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Expires",
)  # fmt: skip
"""What they may read."""
_FIELD = "Upload-Metadata"
_MOST_DIGITS = 18


def need_version(*, always: bool = True) -> None:
    """Refuse another version of the protocol, or where it is needed none.

    Raises:
        PreconditionFailed: send 1.0.0.
    """
    sent = request.headers.get("Tus-Resumable")
    if sent != VERSION and (always or sent is not None):
        raise PreconditionFailed(f"send the header 'Tus-Resumable: {VERSION}': that is the version spoken here")


@UPLOADS.blueprint.after_request  # type: ignore[untyped-decorator]  # flask-smorest has no types
def _tell(answer: Response) -> Response:
    """Say in every answer what is spoken here."""
    answer.headers["Tus-Resumable"] = VERSION
    if request.method == "OPTIONS" or answer.status_code == PreconditionFailed.code:
        answer.headers["Tus-Version"] = VERSION
    if request.method == "OPTIONS":
        answer.headers["Tus-Extension"] = ",".join(EXTENSIONS)
        answer.headers["Tus-Max-Size"] = str(get_services().settings.upload_max_bytes)
        answer.headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
    return answer


def read_number(name: str) -> int | None:
    """Return the header's number, None where there is none.

    Raises:
        BadInput: it is no whole number from 0 on.
    """
    text = request.headers.get(name)
    if text is None:
        return None
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise BadInput(f"{name}: a whole number of bytes", field=name)
    return int(text)


def read_metadata(text: str) -> dict[str, str]:
    """Return the pairs of ``Upload-Metadata``: keys, each with a value in base64 or without one; pure.

    Raises:
        BadInput: it cannot be read.
    """
    found: dict[str, str] = {}
    for pair in text.split(","):
        key, _, value = pair.strip().partition(" ")
        if not key:
            continue
        if key in found:
            raise BadInput(f"{_FIELD}: a key comes twice", field=_FIELD)
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except ValueError as error:
            raise BadInput(f"{_FIELD}: the values are UTF-8 text in base64", field=_FIELD) from error
    return found


def name_and_sha256(metadata: Mapping[str, str]) -> tuple[str, str | None]:
    """Return what the file will be called, and its SHA-256 where the client knows it.

    Raises:
        BadInput: it has no name, or one that may not be.
    """
    name = upload_name(metadata.get("filename") or metadata.get("name", ""), metadata.get("relativePath", ""))
    return name, metadata.get("sha256", "").lower() or None


def write_metadata(name: str, sha256: str | None) -> str:
    """Return ``Upload-Metadata`` as HEAD tells it; pure."""
    pairs = {"filename": name} | ({"sha256": sha256} if sha256 else {})
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def upload_headers(*, offset: int, size: int | None, expires: datetime) -> dict[str, Any]:
    """Return what every answer about an upload says of it; pure."""
    length = {"Upload-Length": str(size)} if size is not None else {"Upload-Defer-Length": "1"}
    return {"Upload-Offset": str(offset), "Upload-Expires": http_date(expires), "Cache-Control": "no-store"} | length


def described(*names: str) -> dict[str, Any]:
    """Return the OpenAPI description of headers of an answer."""
    return {name: {"schema": {"type": "string"}, "description": "See tus 1.0."} for name in names}


def asked(name: str, words: str, *, required: bool = False, pattern: str | None = None) -> dict[str, Any]:
    """Return the OpenAPI description of a header of a request."""
    schema = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"in": "header", "name": name, "schema": schema, "description": words, "required": required}


RESUMABLE = asked("Tus-Resumable", "The protocol's version.", required=True, pattern="^1\\.0\\.0$")
LENGTH = asked("Upload-Length", "Bytes of the whole file.", pattern="^[0-9]{1,18}$")
CHECKSUM_HEADER = asked("Upload-Checksum", "`sha256`, `sha1` or `md5`, a space, the digest of this body in base64.")

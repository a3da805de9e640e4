"""``GET /api/v1/uploads``: what one has sent and no job has taken."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify

from allgo_hpc.uploading.find import list_uploads
from web.api.groups import UPLOADS
from web.api.uploads.schemas import UploadList, UploadQuery, upload_answer
from web.auth import current_user, needs
from web.context import base_url, get_services, get_session
from web.paging import before_id


@UPLOADS.operation("/api/v1/uploads", auth=needs("jobs:write"), query=UploadQuery, answers={200: UploadList})
def get_uploads(query: dict[str, Any]) -> Response:
    """List your uploads that no job has taken, whole or not: to go on with one after the page was closed."""
    limit, cursor = query.pop("limit"), query.pop("cursor", None)
    found = list_uploads(get_session(), current_user(), most=limit + 1, before=before_id(cursor), wanted=query)
    page, base, services = found[:limit], base_url(), get_services()
    after = None
    if len(found) > limit:
        asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
        after = f"{base}/api/v1/uploads?{urlencode(asked | {'limit': limit, 'cursor': f'b{page[-1].id}'})}"
    return jsonify({"uploads": [upload_answer(services, upload, base) for upload in page], "next": after})

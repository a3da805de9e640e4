"""``/api/v1/apps/<name>/icon``: a small picture that stands for an app."""

from io import BytesIO

from flask import Response, request, send_file
from werkzeug.exceptions import HTTPException

from allgo_hpc.apps import find_app, find_own_app
from allgo_hpc.authoring.icons import find_icon, remove_icon, set_icon
from allgo_hpc.errors import BadInput, NotFound, StorageAway, TooLarge
from web.api.groups import APPS
from web.auth import OPTIONAL, current_user, needs, sender
from web.context import get_services, get_session

_PICTURE = {"schema": {"type": "string", "format": "binary"}}
_KINDS = ("image/png", "image/jpeg", "image/webp")


@APPS.operation(
    "/api/v1/apps/<app_name>/icon",
    method="PUT",
    auth=needs("apps:write"),
    body={"required": True, "content": {"application/octet-stream": _PICTURE}},
    answers={204: {"description": "It is the app's icon now."}},
    errors=(400, 413, 503, 507),
)
def put_icon(app_name: str) -> tuple[str, int]:
    """Give one's own app an icon: a PNG, JPEG or WebP file as the body, 16 to 1024 pixels a side.

    What it is, is read from the file itself; the content type of the request does not matter.
    """
    session, services, user = get_session(), get_services(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    most = services.settings.icon_max_bytes
    if (request.content_length or 0) > most:
        raise TooLarge(f"the icon has {request.content_length} bytes; the limit is {most}", field="icon")
    request.max_content_length = most
    try:
        data = request.get_data(cache=False)
    except HTTPException as error:
        raise BadInput("the icon cannot be read, or has too many bytes", field="icon", code="bad_form") from error
    set_icon(session, services, user, app, data)
    return "", 204


@APPS.operation(
    "/api/v1/apps/<app_name>/icon",
    method="DELETE",
    auth=needs("apps:write"),
    answers={204: {"description": "It has none now."}},
)
def delete_icon(app_name: str) -> tuple[str, int]:
    """Take the icon of one's own app away."""
    session, services, user = get_session(), get_services(), current_user()
    remove_icon(session, services, user, find_own_app(session, user, app_name, field="app_name"))
    return "", 204


@APPS.operation(
    "/api/v1/apps/<app_name>/icon",
    auth=OPTIONAL,
    answers={
        200: {"description": "The icon.", "content": dict.fromkeys(_KINDS, _PICTURE)},
        304: {"description": "The client has it already."},
    },
    errors=(503,),
)
def get_icon(app_name: str) -> Response:
    """Send an app's icon."""
    services = get_services()
    app = find_app(get_session(), sender(), app_name, field="app_name")
    path = find_icon(services.layout, app)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        if services.layout.icons.is_dir():  # another one took its place this moment
            raise NotFound("the icon was replaced: ask again", field="app_name", code="no_icon") from error
        raise StorageAway("the portal's storage cannot be reached now: try again") from error
    answer = send_file(BytesIO(data), mimetype=app.icon_type, etag=app.icon_sha256 or "", max_age=300, conditional=True)
    # It is a picture and nothing else, whatever a browser would like to read in it.
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer

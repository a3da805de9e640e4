"""One table turns what is refused into HTTP; problem details under /api and /datastore, words on a page elsewhere."""

import logging
from http import HTTPStatus
from typing import Any, cast

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.globals import request_ctx
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NoAddress

from allgo_hpc.codes import CODES
from allgo_hpc.errors import (
    BadInput,
    ChecksumMismatch,
    Conflict,
    Gone,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    StorageAway,
    StorageFull,
    TooLarge,
    Unprocessable,
)
from web.context import get_session
from web.look.languages import said
from web.look.statuses import status_words
from web.problem import CHECKSUM_MISMATCH, problem
from web.signin.who import stale_form

_log = logging.getLogger(__name__)

STATUS: dict[type[Refusal], int] = {
    BadInput: HTTPStatus.BAD_REQUEST,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Gone: HTTPStatus.GONE,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ChecksumMismatch: CHECKSUM_MISMATCH,
    Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
    StorageAway: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
}


def register_errors(app: Flask) -> None:
    """Answer every error of the application in one form."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda _error: _refused(stale_form()))
    app.register_error_handler(Exception, _unexpected)


def status_of(error: Refusal) -> int:
    """Return the status that a refusal is answered with."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)


def _refused(error: Refusal) -> tuple[Response, int]:
    status = status_of(error)
    answer = _answer(status, str(error), error.code, error.field, error.more)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "30"
    if status is HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Token realm="A||GO"'
    return answer, status


def _http(error: HTTPException) -> tuple[Response, int]:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status.is_redirection:  # to the sign-in form
        return cast("Response", Response.force_type(error.get_response(), request.environ)), status
    text = error.description or status.phrase
    if text == NoAddress.description and not _is_for_programs():
        text = _("The address may be mistyped, or what was there has been removed.")
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        text = f"too many attempts from this address ({text}): wait a minute, then try again"
    code = f"http_{status.value}"
    answer = _answer(status, text, code if code in CODES else "refused", "")
    for name, value in error.get_headers():
        if name.lower() in {"allow", "location", "retry-after", "content-range"}:
            answer.headers[name] = value
    return answer, status


def _unexpected(error: Exception) -> tuple[Response, int]:
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    text = "something went wrong in the portal; it was written to its log. Nothing that was accepted before is lost."
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, text, "internal", ""), HTTPStatus.INTERNAL_SERVER_ERROR


def _answer(status: int, text: str, code: str, field: str, more: dict[str, Any] | None = None) -> Response:
    if _is_for_programs():
        if current_app.config["SESSION_COOKIE_NAME"] in request.cookies and not request.headers.get("Authorization"):
            text = said(text)  # a page's script shows it to whoever reads the page
        answer = jsonify(problem(status, text, code, field, more))
        answer.mimetype = "application/problem+json"
        return answer
    if request_ctx.url_adapter is None:  # the request's host can be none: no address of a page can be made
        return Response(text, mimetype="text/plain")
    page = {"status": status, "words": status_words(status), "text": said(text)}
    try:
        return Response(render_template("error.html", **page))
    except SQLAlchemyError:  # who is signed in cannot be looked up: the page is for nobody in particular
        get_session().rollback()
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
        return Response(render_template("error.html", **page))


def _is_for_programs() -> bool:
    return request.path.startswith(("/api", "/datastore"))

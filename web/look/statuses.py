"""What an HTTP status means, in words for a page's heading."""

from http import HTTPStatus

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

_WORDS = {
    HTTPStatus.BAD_REQUEST: _l("That could not be done"),
    HTTPStatus.UNAUTHORIZED: _l("Sign in first"),
    HTTPStatus.FORBIDDEN: _l("This is not for this account"),
    HTTPStatus.NOT_FOUND: _l("There is nothing here"),
    HTTPStatus.METHOD_NOT_ALLOWED: _l("That could not be done"),
    HTTPStatus.CONFLICT: _l("That cannot be done now"),
    HTTPStatus.GONE: _l("It is not here any more"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _l("That is too much"),
    HTTPStatus.TOO_MANY_REQUESTS: _l("Too many attempts"),
    HTTPStatus.SERVICE_UNAVAILABLE: _l("Try again later"),
    HTTPStatus.INSUFFICIENT_STORAGE: _l("There is no room left"),
}


def status_words(status: int) -> str:
    """Return the heading of the page that a status is answered with."""
    return str(_WORDS.get(HTTPStatus(status), _("Something went wrong")))

"""The switches of theme and language at the foot of every page; they work without scripts."""

from flask import Blueprint, Response, redirect, request

from allgo_hpc.errors import BadInput
from allgo_hpc.languages import LANGUAGES
from web.look.languages import COOKIE as LANGUAGE_COOKIE
from web.look.themes import COOKIE as THEME_COOKIE
from web.look.themes import THEMES
from web.pages.back import way_back

pages = Blueprint("looks", __name__)
_YEAR_S = 365 * 24 * 3600


@pages.post("/looks")
def choose() -> Response:
    """Remember a theme or a language in this browser."""
    answer = redirect(way_back())
    for name, cookie, known in (("theme", THEME_COOKIE, THEMES), ("language", LANGUAGE_COOKIE, LANGUAGES)):
        value = request.form.get(name)
        if value is None:
            continue
        if value not in known:
            raise BadInput(f"{name}: one of {', '.join(known)}", field=name)
        answer.set_cookie(cookie, value, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure)
    return answer  # type: ignore[return-value]  # Werkzeug's own class

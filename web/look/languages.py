"""Which language a page is in: as its user chose, else as their browser asks."""

from flask import Flask, request
from flask_babel import Babel, get_locale
from sqlalchemy.exc import SQLAlchemyError

from web.signin.who import visitor

LANGUAGES = {"en": "English", "fr": "Français"}
COOKIE = "allgo_language"


def init_languages(app: Flask) -> None:
    """Let pages be in several languages."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, locale_selector=choose)
    app.jinja_env.globals["language"] = language


def choose() -> str:
    """Return the language of this request: the cookie's (the page's own switch), the user's, the browser's."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    try:
        user = visitor()
    except SQLAlchemyError:  # the page that says that the database does not answer is in some language too
        user = None
    if user is not None and user.language in LANGUAGES:
        return user.language
    return request.accept_languages.best_match(LANGUAGES) or "en"


def language() -> str:
    """Return the language of this page, as ``<html lang>`` has it."""
    return str(get_locale() or "en")

"""Which language a page is in: as its user chose, else as their browser asks, else the site's."""

from flask import Flask, request
from flask_babel import Babel, get_locale
from sqlalchemy.exc import SQLAlchemyError

from allgo_hpc.languages import LANGUAGES, language_of
from allgo_hpc.languages.said import translate
from allgo_hpc.models import User
from web.context import get_services
from web.signin.who import visitor

COOKIE = "allgo_language"


def init_languages(app: Flask) -> None:
    """Let pages be in several languages."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, locale_selector=choose)
    app.jinja_env.globals["language"] = language


def choose() -> str:
    """Return the language of this request: the cookie's (the page's own switch), the user's, browser's, site's."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    try:
        user = visitor()
    except SQLAlchemyError:  # the page that says that the database does not answer is in some language too
        user = None
    if user is not None and user.language in LANGUAGES:
        return user.language
    return request.accept_languages.best_match(LANGUAGES) or get_services().settings.language


def language() -> str:
    """Return the language of this page, as ``<html lang>`` has it."""
    return str(get_locale() or "en")


def said(text: object) -> str:
    """Return a sentence of the domain's in the language of this page; as it is where its form is not known."""
    return translate(str(text), language())


def reader_language(reader: User | None) -> str:
    """Return the language of a mail that this request sends: as its reader chose.

    Who chose none reads the page's language where the mail goes to whoever looks at the page, and the site's where an
    administrator writes to somebody else.

    Args:
        reader: whose mail it is; None: somebody without an account.
    """
    here = visitor()
    own = reader is None or here is None or here.id == reader.id
    return language_of(reader.language if reader else None, language() if own else get_services().settings.language)

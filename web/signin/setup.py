"""Joins Flask-Security to the application."""

from datetime import timedelta

from flask import Flask, request
from flask_security import Security
from flask_wtf import CSRFProtect
from werkzeug.exceptions import UnsupportedMediaType

from allgo_hpc.accounts import PASSWORD_LEAST
from allgo_hpc.models import utc_now
from allgo_hpc.secret import read_secret
from allgo_hpc.settings import Settings
from web.limits import limit_attempts
from web.signin.account import Accounts
from web.signin.forms import FORMS, put_in_our_fields
from web.signin.header import init_header
from web.signin.mails import Mails, mail_context, own_link
from web.signin.names import Names
from web.signin.oidc import init_oidc
from web.signin.passwords import Passwords
from web.signin.watch import watch_accounts
from web.signin.words import words

csrf = CSRFProtect()
SESSION_DAYS = 30


def init_signin(app: Flask, settings: Settings) -> None:
    """Let people sign in on pages, sign up and come back when they forgot their password."""
    secret = app.config.get("SECRET_KEY") or read_secret(settings.secret_file)
    secure = settings.base_url.startswith("https://")
    app.config.from_mapping(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME="allgo_session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=timedelta(days=SESSION_DAYS),
        REMEMBER_COOKIE_NAME="allgo_remember",
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=secure,
        # Its tokens for forms live as long as the session: a form may lie open for days.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
        WTF_CSRF_SSL_STRICT=False,
        # Views check for themselves (web.pages.access): a large form is streamed, and a script's request has a header.
        WTF_CSRF_CHECK_DEFAULT=False,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_PASSWORD_SALT=secret,
        # The hashes are plain argon2id, as the API and the command line make and check them.
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # the kind of hash
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_NORMALIZE_FORM=None,
        SECURITY_PASSWORD_LENGTH_MIN=PASSWORD_LEAST,
        SECURITY_DATETIME_FACTORY=utc_now,
        SECURITY_USERNAME_ENABLE=True,
        SECURITY_USERNAME_REQUIRED=True,
        SECURITY_REGISTERABLE=settings.sign_up == "open",
        SECURITY_CONFIRMABLE=True,
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_EMAIL=True,
        # Neither signing up nor asking for a new password tells whether an address has an account.
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_CHANGE_EMAIL_URL="/account/address",
        SECURITY_POST_CHANGE_VIEW="/account",
        SECURITY_POST_CHANGE_EMAIL_VIEW="/account",
        SECURITY_CHANGE_EMAIL_ERROR_VIEW="/account",
        SECURITY_EMAIL_HTML=False,
        SECURITY_EMAIL_PLAINTEXT=False,  # web.signin.mails renders it, in the reader's language
        SECURITY_STATIC_FOLDER=None,
        SECURITY_DEFAULT_REMEMBER_ME=True,
        SECURITY_FLASH_MESSAGES=True,
        SECURITY_POST_REGISTER_VIEW="/login",
        SECURITY_CONFIRM_EMAIL_WITHIN=timedelta(days=2),
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=2),
        SECURITY_CHANGE_EMAIL_WITHIN=timedelta(hours=2),
        # Before an address is changed, whoever signed in longer ago types the password again.
        SECURITY_FRESHNESS=timedelta(hours=12),
        SECURITY_FRESHNESS_GRACE_PERIOD=timedelta(minutes=10),
        **words(),
    )
    csrf.init_app(app)
    # Its own kinds are taken by the constructor only.
    security = Security(
        app,
        Accounts(),
        mail_util_cls=Mails,
        username_util_cls=Names,
        password_util_cls=Passwords,
        **FORMS,
    )
    # Roles are checked by web.signin.who. Looking for Flask-Principal's at each request opens the session, and
    # takes as long as the whole answer to a poll that is signed by a token.
    security.principal.identity_loaders.clear()
    put_in_our_fields()
    security.mail_context_processor(mail_context)
    app.jinja_env.filters["own_link"] = own_link
    watch_accounts(app)
    init_oidc(app, settings)
    init_header(app, settings)
    limit_attempts(app)
    app.before_request(_only_forms)


def _only_forms() -> None:
    """Refuse JSON where the library would take it too: programs sign in by the API, and its fields are texts."""
    if request.is_json and (request.endpoint or "").startswith("security."):
        raise UnsupportedMediaType("send a form; programs use the API under /api/v1")

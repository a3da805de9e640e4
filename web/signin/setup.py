"""Joins Flask-Security to the application."""

from datetime import timedelta

from flask import Flask
from flask_login import user_logged_in
from flask_security import Security
from flask_wtf import CSRFProtect

from allgo_hpc.accounts import PASSWORD_LEAST
from allgo_hpc.models import utc_now
from allgo_hpc.secret import read_secret
from allgo_hpc.settings import Settings
from web.context import get_session
from web.signin.account import Account, Accounts
from web.signin.forms import SignInForm, identity_field
from web.signin.mails import Mails
from web.signin.names import Names

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
        SECURITY_CHANGE_EMAIL_CONFIRM_URL="/account/address/confirm",
        SECURITY_POST_CHANGE_VIEW="/account",
        SECURITY_POST_CHANGE_EMAIL_VIEW="/account",
        SECURITY_CHANGE_EMAIL_ERROR_VIEW="/account",
        SECURITY_EMAIL_HTML=False,
        SECURITY_STATIC_FOLDER=None,
        SECURITY_DEFAULT_REMEMBER_ME=True,
        SECURITY_FLASH_MESSAGES=True,
    )
    csrf.init_app(app)
    security = Security(mail_util_cls=Mails)  # taken by the constructor only
    security.init_app(
        app,
        Accounts(),
        login_form=SignInForm,
        username_util_cls=Names,
    )
    SignInForm.email = identity_field()
    user_logged_in.connect(_note, app, weak=False)


def _note(sender: Flask, user: Account, **_: object) -> None:  # noqa: ARG001
    user.row.signed_in_at = utc_now()
    get_session().commit()

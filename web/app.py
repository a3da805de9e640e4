"""Makes the Flask application from settings and services."""

from collections.abc import Callable
from typing import Any

from flask import Flask, url_for
from flask_bootstrap import Bootstrap5
from flask_cors import CORS
from flask_sqlalchemy import SQLAlchemy

from allgo_hpc import __version__
from allgo_hpc.database import engine_options, prepare_engine
from allgo_hpc.models import Base
from allgo_hpc.services import Services
from allgo_hpc.settings import Settings
from web.api import register_operations
from web.api.uploads.headers import ASKED, TOLD
from web.bodies import with_whole_bodies
from web.context import EXTENSION
from web.errors import register_errors
from web.limits import limiter
from web.pages import register_pages
from web.signin.setup import init_signin


class Portal(Flask):
    """Flask, which need not ask of each function that it calls whether it is a coroutine: here none is.

    A submission makes twenty such calls, and each looks through the function's flags and wrappers.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(settings: Settings, services: Services, config: dict[str, Any] | None = None) -> Flask:
    """Return the portal's web application.

    Args:
        settings: of the portal.
        services: what it works with; a test hands in its own.
        config: Flask's own settings, over those made here.
    """
    app = Portal("web")
    # A connection for each thread: streams hold none while they wait.
    pool = {"pool_size": settings.threads, "max_overflow": settings.threads, "pool_timeout": 30}
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url) | pool,
        SQLALCHEMY_SESSION_OPTIONS={"expire_on_commit": False},
    )
    app.config.from_mapping(config or {})
    database = SQLAlchemy(metadata=Base.metadata, session_options=app.config["SQLALCHEMY_SESSION_OPTIONS"])
    database.init_app(app)
    with app.app_context():
        prepare_engine(database.engine)
    app.extensions[EXTENSION] = (services, database)
    limiter.init_app(app)
    init_signin(app, settings)
    _init_bootstrap(app)
    register_operations(app)
    register_pages(app)
    register_errors(app)
    _open_to_browsers(app)
    app.wsgi_app = with_whole_bodies(app.wsgi_app)  # type: ignore[assignment, method-assign]
    return app


def _init_bootstrap(app: Flask) -> None:
    """Serve Bootstrap from here: a page asks no other host for anything."""
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    app.jinja_env.globals["portal_version"] = __version__

    def bootstrap_css() -> str:
        return url_for("bootstrap.static", filename="css/bootstrap.min.css")

    app.jinja_env.globals["bootstrap_css"] = bootstrap_css


def _open_to_browsers(app: Flask) -> None:
    """Let scripts on other sites' pages use the API: they act by a token, never by a cookie, so any site may."""
    CORS(
        app,
        resources={r"/(api|datastore)/.*": {}},
        origins="*",
        send_wildcard=True,
        methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization", "Accept", "Content-Type", "Idempotency-Key", "If-None-Match", "If-Range", "Last-Event-ID",
            "Range", *ASKED,
        ],
        expose_headers=["Content-Disposition", "Content-Range", "ETag", "Location", "Retry-After", *TOLD],
        max_age=86400,
    )  # fmt: skip

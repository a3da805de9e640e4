"""Makes the Flask application from settings and services."""

from typing import Any

from flask import Flask, current_app, request
from flask_cors import CORS
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from allgo_hpc.database import engine_options, prepare_engine
from allgo_hpc.models import Base
from allgo_hpc.services import Services
from allgo_hpc.settings import Settings
from web.bodies import with_whole_bodies

EXTENSION = "allgo_hpc"


def create_app(settings: Settings, services: Services, config: dict[str, Any] | None = None) -> Flask:
    """Return the portal's web application.

    Args:
        settings: of the portal.
        services: what it works with; a test hands in its own.
        config: Flask's own settings, over those made here.
    """
    # They need this module.
    from web.api import register_operations  # noqa: PLC0415
    from web.errors import register_errors  # noqa: PLC0415
    from web.limits import limiter  # noqa: PLC0415
    from web.pages import pages  # noqa: PLC0415

    app = Flask("web")
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
    register_operations(app)
    app.register_blueprint(pages)
    register_errors(app)
    _open_to_browsers(app)
    app.wsgi_app = with_whole_bodies(app.wsgi_app)  # type: ignore[assignment, method-assign]
    return app


def _open_to_browsers(app: Flask) -> None:
    """Let scripts on other sites' pages use the API: they act by a token, never by a cookie, so any site may."""
    CORS(
        app,
        resources={r"/(api|datastore)/.*": {}},
        origins="*",
        send_wildcard=True,
        methods=["GET", "POST", "DELETE"],
        allow_headers=[
            "Authorization", "Accept", "Content-Type", "Idempotency-Key", "If-None-Match", "If-Range", "Last-Event-ID",
            "Range",
        ],
        expose_headers=["Content-Disposition", "Content-Range", "ETag", "Retry-After"],
        max_age=86400,
    )  # fmt: skip


def get_services() -> Services:
    """Return what this application was made with."""
    services: Services = current_app.extensions[EXTENSION][0]
    return services


def get_session() -> Session:
    """Return this request's database session."""
    session: Session = current_app.extensions[EXTENSION][1].session()
    return session


def new_session() -> Session:
    """Return a database session that the caller closes: for what outlives its request's context."""
    return Session(current_app.extensions[EXTENSION][1].engine, expire_on_commit=False)


def base_url() -> str:
    """Return the address that people know the portal by, without a slash at its end."""
    return (get_services().settings.base_url or request.host_url).rstrip("/")

"""Makes the Flask application from settings and services."""

from typing import Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from allgo_hpc.database import engine_options, prepare_engine
from allgo_hpc.models import Base
from allgo_hpc.services import Services
from allgo_hpc.settings import Settings

EXTENSION = "allgo_hpc"


def create_app(settings: Settings, services: Services, config: dict[str, Any] | None = None) -> Flask:
    """Return the portal's web application.

    Args:
        settings: of the portal.
        services: what it works with; a test hands in its own.
        config: Flask's own settings, over those made here.
    """
    from web.api import datastore, jobs, status, tokens  # noqa: PLC0415  # they need this module
    from web.errors import register_errors  # noqa: PLC0415
    from web.limits import limiter  # noqa: PLC0415
    from web.pages import pages  # noqa: PLC0415

    app = Flask("web")
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SQLALCHEMY_SESSION_OPTIONS={"expire_on_commit": False},
    )
    app.config.from_mapping(config or {})
    database = SQLAlchemy(metadata=Base.metadata, session_options=app.config["SQLALCHEMY_SESSION_OPTIONS"])
    database.init_app(app)
    with app.app_context():
        prepare_engine(database.engine)
    app.extensions[EXTENSION] = (services, database)
    limiter.init_app(app)
    for blueprint in (jobs.blueprint, datastore.blueprint, tokens.blueprint, status.blueprint, pages):
        app.register_blueprint(blueprint)
    register_errors(app)
    return app


def get_services() -> Services:
    """Return what this application was made with."""
    services: Services = current_app.extensions[EXTENSION][0]
    return services


def get_session() -> Session:
    """Return this request's database session."""
    session: Session = current_app.extensions[EXTENSION][1].session()
    return session

"""What every command needs: settings, services, a session."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from allgo_hpc.database import make_engine, session_factory
from allgo_hpc.services import Services, make_services
from allgo_hpc.settings import load_settings


def open_services() -> Services:
    """Return the services of this machine, and set the level of the log."""
    settings = load_settings()
    logging.getLogger().setLevel(settings.log_level)
    return make_services(settings)


def open_engine(services: Services) -> Engine:
    """Return an engine for the portal's database."""
    return make_engine(services.settings.database_url)


@contextmanager
def open_session(services: Services) -> Iterator[Session]:
    """Give a session for one command."""
    engine = open_engine(services)
    try:
        with session_factory(engine)() as session:
            yield session
    finally:
        engine.dispose()

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


@contextmanager
def open_engine(services: Services) -> Iterator[Engine]:
    """Give an engine for the portal's database, for one command."""
    engine = make_engine(services.settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def open_session(services: Services) -> Iterator[Session]:
    """Give a session for one command."""
    with open_engine(services) as engine, session_factory(engine)() as session:
        yield session

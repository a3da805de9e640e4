"""What a view works with: the services that the application was made with, a database session, the portal's address."""

from flask import current_app, request
from sqlalchemy.orm import Session

from allgo_hpc.services import Services

EXTENSION = "allgo_hpc"
"""Where the application keeps its services and its database."""


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

"""A new app: its name, and what its author says of it. It has no version yet."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.authoring.history import note
from allgo_hpc.authoring.names import check_new_name
from allgo_hpc.authoring.properties import Rules, check_properties, default_properties
from allgo_hpc.errors import BadInput, Conflict, NotAllowed
from allgo_hpc.models import App, User
from allgo_hpc.publishing.bases import known_bases
from allgo_hpc.quotas.check import lock_user
from allgo_hpc.services import Services
from allgo_hpc.settings import Settings

AUTHORS = frozenset({"author", "admin"})


def create_app(
    session: Session, services: Services, author: User, name: str, values: Mapping[str, Any] | None = None
) -> App:
    """Store a new app of the author's.

    Args:
        session: of the caller.
        services: of the portal.
        author: whose app.
        name: its short name, for ever.
        values: properties (allgo_hpc.authoring.properties); what is not given has its default.

    Raises:
        NotAllowed: not an author, or as many apps as one may have.
        BadInput: a name or a property that may not be.
        Conflict: the name is taken.
    """
    check_author(author)
    checked = check_properties(values or {}, Rules(services.settings, known_bases(services.layout)))
    check_new_name(name)
    if checked.get("example_job_id") is not None:
        raise BadInput("'example_job_id': a new app has no jobs yet", field="example_job_id")
    app = add_app(session, services.settings, author, name, checked)
    session.commit()
    return app


def add_app(session: Session, settings: Settings, author: User, name: str, checked: Mapping[str, Any]) -> App:
    """Add an app whose name and properties were checked; the caller commits.

    Raises:
        NotAllowed: as many apps as one may have.
        Conflict: the name is taken.
    """
    session.commit()  # ends the reading, which a lock must not follow
    lock_user(session, author)
    count = session.scalar(select(func.count()).select_from(App).where(App.owner_id == author.id)) or 0
    if 0 < settings.apps_max <= count:
        session.rollback()
        ask = f"; ask {settings.contact} for more" if settings.contact else ""
        raise NotAllowed(f"you have {count} apps, which is the limit here{ask}", field="name", code="quota_exceeded")
    if _is_taken(session, name):
        session.rollback()
        raise _taken(name)
    app = App(name=name, owner_id=author.id, **(default_properties(name, settings) | dict(checked)))
    session.add(app)
    try:
        session.flush()
    except IntegrityError as error:  # another author's, this very moment
        session.rollback()
        raise _taken(name) from error
    note(session, app, author, "created", old=None, new=name)
    return app


def check_free_name(session: Session, name: str) -> None:
    """Check that a new app may have this name now.

    Raises:
        BadInput: it is no name of an app.
        Conflict: it is taken.
    """
    if _is_taken(session, check_new_name(name)):
        raise _taken(name)


def check_author(user: User) -> None:
    """Check that a user may have apps.

    Raises:
        NotAllowed: neither author nor administrator, or closed.
    """
    if not user.active:
        raise NotAllowed("this account is closed")
    if user.role not in AUTHORS:
        raise NotAllowed(
            f"'{user.name}' is no author: an administrator can make them one (allgo-hpc user role)", code="no_author"
        )


def _is_taken(session: Session, name: str) -> bool:
    return session.scalar(select(App.id).where(App.name == name)) is not None


def _taken(name: str) -> Conflict:
    return Conflict(f"the name '{name}' is taken: choose another one", field="name", code="name_taken")

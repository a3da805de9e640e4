"""Changing an app: at once, and noted in its history."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from allgo_hpc.authoring.example import check_example, release_example
from allgo_hpc.authoring.history import note
from allgo_hpc.authoring.properties import Rules, check_properties
from allgo_hpc.models import App, User, utc_now
from allgo_hpc.publishing.bases import known_bases
from allgo_hpc.services import Services


def change_app(
    session: Session, services: Services, user: User | None, app: App, values: Mapping[str, Any]
) -> list[str]:
    """Give an app other properties; returns the names of those that are different now.

    Jobs that were accepted before keep what they were accepted with, but for the network, which each job gets as it is
    allowed when it is sent to Slurm.

    Args:
        session: of the caller.
        services: of the portal.
        user: who changes it, and may; None for an administrator at the command line.
        app: what is changed.
        values: properties (allgo_hpc.authoring.properties); the others stay.

    Raises:
        BadInput: naming the property; nothing was changed.
    """
    checked = check_properties(values, Rules(services.settings, known_bases(services.layout)))
    lock_app(session, app)
    try:
        if "example_job_id" in checked:
            check_example(session, app, checked["example_job_id"])
            if app.example_job_id is not None and app.example_job_id != checked["example_job_id"]:
                release_example(session, services.settings, app.example_job_id, utc_now())
        changed = set_properties(session, user, app, checked)
    except BaseException:
        session.rollback()
        raise
    session.commit()
    return changed


def set_properties(session: Session, user: User | None, app: App, checked: Mapping[str, Any]) -> list[str]:
    """Set properties that were checked and note what is different; the caller has locked the app, and commits."""
    changed = []
    for name, new in checked.items():
        old = getattr(app, name)
        if (old or None) != (new or None):  # no list and an empty one are the same
            setattr(app, name, new)
            note(session, app, user, name, old=old, new=new)
            changed.append(name)
    return changed


def lock_app(session: Session, app: App) -> None:
    """Let one at a time decide about an app and its versions, until the commit; reads it anew.

    Its row is written unchanged: PostgreSQL locks it, SQLite takes its one right to write.
    """
    session.commit()  # ends the reading, which a lock must not follow
    session.execute(
        update(App).where(App.id == app.id).values(name=App.name), execution_options={"synchronize_session": False}
    )
    session.refresh(app)

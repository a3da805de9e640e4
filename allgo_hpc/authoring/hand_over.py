"""Giving an app to another author."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from allgo_hpc.audit import record
from allgo_hpc.authoring.change import lock_app
from allgo_hpc.authoring.history import note
from allgo_hpc.errors import BadInput
from allgo_hpc.models import App, Sandbox, User


def hand_over(session: Session, app: App, to: User, *, by: User | None = None, address: str = "") -> None:
    """Make another author the owner of an app; whose it was cannot change it any more, nor log in to its sandbox.

    Raises:
        BadInput: they may not have apps, or their account was closed.
    """
    if to.role not in {"author", "admin"} or not to.active:
        raise BadInput(f"author: '{to.name}' is no author", field="author")
    lock_app(session, app)
    before = app.owner
    if before.id == to.id:
        session.rollback()
        return
    app.owner_id = to.id
    # Its sandbox lets in its owner and whoever started it: both are the new one now. The keys are told anew.
    session.execute(
        update(Sandbox).where(Sandbox.app_id == app.id).values(user_id=to.id, keys_sha256=""),
        execution_options={"synchronize_session": False},
    )
    note(session, app, by, "owner", old=before.name, new=to.name)
    record(session, by, "app.owner", app.name, {"old": before.name, "new": to.name}, address)
    session.commit()
    session.refresh(app, ["owner"])

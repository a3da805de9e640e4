"""What every page about one's own app begins with, and how a button's refusal is told."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, flash, redirect
from sqlalchemy.orm import Session

from allgo_hpc.apps import find_own_app
from allgo_hpc.errors import Refusal
from allgo_hpc.models import App, User
from allgo_hpc.services import Services
from web.context import get_services, get_session
from web.signin.who import need_author


@dataclass(frozen=True)
class Work:
    """Who works on which app, and with what."""

    session: Session
    services: Services
    user: User
    app: App


def own_app(name: str) -> Work:
    """Return the author's own app (an administrator's: any); sends those who are not signed in to the form.

    Raises:
        NotAllowed: a user who is no author.
        NotFound: there is no such app, or it is another author's.
    """
    user, session = need_author(), get_session()
    return Work(session, get_services(), user, find_own_app(session, user, name, field="app"))


def act(work: Work, what: Callable[[], object], said: str, back: str) -> Response:
    """Do what a button says, tell how it went, and lead back to its page."""
    try:
        what()
    except Refusal as error:
        work.session.rollback()
        flash(str(error), "error")
    else:
        flash(said, "success")
    return redirect(back, 303)  # type: ignore[return-value]  # Werkzeug's own class

"""What stands around every page: where one can go, what the administrators announce, whether the cluster answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy.exc import SQLAlchemyError

from allgo_hpc.administration.announcements import current_announcements
from allgo_hpc.models import Announcement, Health, User, utc_now
from allgo_hpc.sweeping.health import CONTROLLER, read_health
from web.context import get_session
from web.signin.who import visitor


@dataclass(frozen=True)
class Frame:
    """What the base template shows.

    Attributes:
        user: who is signed in.
        controller: how the cluster's controller is; None: nobody has asked it yet.
        here: the path of this page, to come back to.
        announcements: what the administrators announce now.
    """

    user: User | None
    controller: Health | None
    here: str
    announcements: Sequence[Announcement]


def frame() -> Frame:
    """Return the frame of this request's page; where the database does not answer, one for nobody in particular.

    The page that says that something went wrong has a frame too.
    """
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    session = get_session()
    try:
        return Frame(visitor(), read_health(session).get(CONTROLLER), here, current_announcements(session, utc_now()))
    except SQLAlchemyError:
        session.rollback()
        return Frame(None, None, here, ())

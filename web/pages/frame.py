"""What stands around every page: where one can go, what the administrators announce, whether the cluster answers."""

from dataclasses import dataclass

from flask import request

from allgo_hpc.models import Health, User
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
    """

    user: User | None
    controller: Health | None
    here: str


def frame() -> Frame:
    """Return the frame of this request's page."""
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return Frame(visitor(), read_health(get_session()).get(CONTROLLER), here)

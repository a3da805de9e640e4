"""``/apps/<name>/advice``: which queue to take, for whoever has no scripts; the form's script asks the API."""

from flask import Blueprint, render_template

from allgo_hpc.apps import find_app, find_version
from allgo_hpc.models import utc_now
from allgo_hpc.reading.advice import advise, recommend
from allgo_hpc.reading.history import history_of
from web.context import get_services, get_session
from web.signin.who import need_user

pages = Blueprint("running_advice", __name__)


@pages.get("/apps/<name>/advice")
def show(name: str) -> str:
    """Ask Slurm about each queue, and the app's past."""
    session, services, user = get_session(), get_services(), need_user()
    app = find_app(session, user, name, field="app")
    version = find_version(session, user, app, None, field="app")
    history = history_of(session, app, input_bytes=None)
    session.commit()  # nothing is held while Slurm is asked
    advice = advise(services, app, version, history, utc_now())
    return render_template(
        "running/advice.html", app=app, advice=advice, history=history, now=utc_now(),
        recommended=recommend(advice, app.default_queue),
    )  # fmt: skip

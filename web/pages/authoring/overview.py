"""``/author``: one's own apps at a glance; to whoever is no author, how to become one."""

from flask import Blueprint, render_template, request

from allgo_hpc.authoring.create import AUTHORS
from allgo_hpc.models import utc_now
from allgo_hpc.reading.own_apps import RECENT_DAYS, own_apps_at_a_glance
from web.context import get_services, get_session
from web.look.work_states import commit_words, sandbox_words
from web.signin.who import need_user

pages = Blueprint("author", __name__)


@pages.get("/author")
def overview() -> str:
    """List one's own apps."""
    user = need_user()
    if user.role not in AUTHORS:
        return render_template("authoring/no_author.html", contact=get_services().settings.contact)
    after = request.args.get("after", "")
    apps, following = own_apps_at_a_glance(get_session(), user, utc_now(), after=after)
    return render_template(
        "authoring/overview.html",
        apps=apps,
        following=following,
        paged=bool(after),
        days=RECENT_DAYS,
        sandbox_words=sandbox_words,
        commit_words=commit_words,
    )

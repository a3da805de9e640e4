"""``/admin/users``: everybody who has an account."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from allgo_hpc.accounts import ROLES
from allgo_hpc.administration.people import People, list_people
from web.context import get_session
from web.pages.admin.who import admin

pages = Blueprint("admin_users", __name__)
STANDING = (
    ("", _l("any")),
    ("open", _l("open")),
    ("closed", _l("closed")),
    ("unconfirmed", _l("address not confirmed")),
)
_LONGEST = 254


@pages.get("/admin/users")
def users() -> str:
    """List the users."""
    admin()
    words = {name: request.args.get(name, "").strip()[:_LONGEST] for name in ("text", "role", "standing")}
    after = request.args.get("after", "")[:_LONGEST]
    wanted = People(text=words["text"], role=words["role"], standing=words["standing"], after=after)
    people, following = list_people(get_session(), wanted)
    kept = {name: value for name, value in words.items() if value}
    return render_template(
        "admin/users.html",
        people=people,
        words=words,
        roles=ROLES,
        standings=STANDING,
        paged=bool(after),
        first=f"/admin/users?{urlencode(kept)}",
        following=f"/admin/users?{urlencode({**kept, 'after': following})}" if following else "",
    )

"""``/admin/audit``: who changed what somebody may do."""

from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from allgo_hpc.administration.log import Wanted, kinds_of_acts, read_log
from web.context import get_session
from web.pages.admin.who import admin
from web.pages.days import read_day
from web.paging import before_id

pages = Blueprint("admin_audit", __name__)
_FIELDS = ("user", "what", "about", "since", "until")
_LONGEST = 200


@pages.get("/admin/audit")
def audit() -> str:
    """Show the audit log."""
    admin()
    words = {name: request.args.get(name, "").strip()[:_LONGEST] for name in _FIELDS}
    until = read_day(words["until"], "until")
    wanted = Wanted(
        user=words["user"],
        what=words["what"],
        about=words["about"],
        after=read_day(words["since"], "since"),
        before=until + timedelta(days=1) if until is not None else None,
        before_id=before_id(request.args.get("cursor") or None),
    )
    rows, following = read_log(get_session(), wanted)
    kept = {name: value for name, value in words.items() if value}
    return render_template(
        "admin/audit.html",
        rows=rows,
        words=words,
        kinds=kinds_of_acts(get_session()),
        paged=wanted.before_id is not None,
        first=f"/admin/audit?{urlencode(kept)}",
        following=f"/admin/audit?{urlencode({**kept, 'cursor': f'b{following}'})}" if following else "",
    )

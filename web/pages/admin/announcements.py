"""``/admin/announcements``: sentences that stand on every page for a time."""

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _

from allgo_hpc.administration.announcements import (
    LEVELS,
    announce,
    change_announcement,
    end_announcement,
    find_announcement,
    list_announcements,
)
from allgo_hpc.errors import BadInput
from allgo_hpc.models import Announcement, utc_now
from web.context import get_session
from web.look.filled import Filled
from web.pages.admin.who import acting, admin

pages = Blueprint("admin_announcements", __name__)
_LIST = "/admin/announcements"


@pages.get("/admin/announcements")
def announcements() -> str:
    """List the announcements, with a form for another one."""
    admin()
    return _list(Filled({"level": "info"}))


@pages.post("/admin/announcements")
def make() -> Response | tuple[str, int]:
    """Make an announcement."""
    by = acting()
    try:
        begins, ends = _moment("begins_at"), _moment("ends_at")
        announce(
            get_session(), by, request.form.get("text", ""), level=request.form.get("level", ""), begins_at=begins,
            ends_at=ends,
        )  # fmt: skip
    except BadInput as error:
        return _list(Filled(request.form, error)), 400
    flash(_("The announcement was made."), "success")
    return _to_list()


@pages.get("/admin/announcements/<number>")
def edit(number: str) -> str:
    """Show the form of one announcement."""
    admin()
    one = find_announcement(get_session(), number)
    values = {
        "text": one.text, "level": one.level, "begins_at": _typed(one.begins_at), "ends_at": _typed(one.ends_at),
    }  # fmt: skip
    return _edit(one, Filled(values))


@pages.post("/admin/announcements/<number>")
def change(number: str) -> Response | tuple[str, int]:
    """Change an announcement."""
    by = acting()
    one = find_announcement(get_session(), number)
    try:
        begins = _moment("begins_at") or one.begins_at
        change_announcement(
            get_session(), by, one, request.form.get("text", ""), level=request.form.get("level", ""),
            begins_at=begins, ends_at=_moment("ends_at"),
        )  # fmt: skip
    except BadInput as error:
        return _edit(one, Filled(request.form, error)), 400
    flash(_("The announcement was saved."), "success")
    return _to_list()


@pages.post("/admin/announcements/<number>/end")
def end(number: str) -> Response:
    """End an announcement."""
    by = acting()
    end_announcement(get_session(), by, find_announcement(get_session(), number), utc_now())
    flash(_("The announcement is not shown any more."), "success")
    return _to_list()


def _list(filled: Filled) -> str:
    return render_template(
        "admin/announcements.html", rows=list_announcements(get_session()), filled=filled, levels=LEVELS, now=utc_now()
    )


def _edit(one: Announcement, filled: Filled) -> str:
    return render_template("admin/announcement.html", one=one, filled=filled, levels=LEVELS)


def _to_list() -> Response:
    return redirect(_LIST, 303)  # type: ignore[return-value]  # Werkzeug's own class


def _moment(name: str) -> datetime | None:
    """Return a time of the form, which is in UTC; None where none was typed."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput(f"{name}: a time such as 2026-01-31T18:00, in UTC", field=name) from error


def _typed(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if at is not None else ""

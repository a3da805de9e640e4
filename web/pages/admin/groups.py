"""``/admin/groups``: groups of users, with whom authors share private apps."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from allgo_hpc.administration import groups as acts
from allgo_hpc.administration.actor import Actor
from allgo_hpc.errors import NotFound, Refusal
from allgo_hpc.models import Group
from allgo_hpc.sharing.groups import find_group, list_groups, members_of
from web.context import get_session
from web.look.filled import Filled
from web.pages.admin.who import acting, admin

pages = Blueprint("admin_groups", __name__)


@pages.get("/admin/groups")
def groups() -> str:
    """List the groups."""
    admin()
    return _list(Filled())


@pages.post("/admin/groups")
def make() -> Response | tuple[str, int]:
    """Make a group."""
    by = acting()
    try:
        made = acts.create_group(get_session(), by, request.form.get("name", "").strip())
    except Refusal as error:
        return _list(Filled(request.form, error)), 400
    flash(_("The group was made; now say who is in it."), "success")
    return _to(made.name)


@pages.get("/admin/groups/<group>")
def group(group: str) -> str:
    """Show a group with its members."""
    admin()
    found = find_group(get_session(), group)
    return _one(found, Filled({"name": found.name}))


@pages.post("/admin/groups/<group>/<act>")
def change(group: str, act: str) -> Response | tuple[str, int]:
    """Do something with a group."""
    by = acting()
    found = find_group(get_session(), group)
    if act not in _ACTS:
        raise NotFound("there is no such act")
    name = found.name
    try:
        said, then = _ACTS[act](by, found)
    except Refusal as error:
        return _one(find_group(get_session(), name), Filled({"name": name, **request.form}, error)), 400
    flash(said, "success")
    return _to(then)


def _rename(by: Actor, found: Group) -> tuple[str, str]:
    name = request.form.get("name", "").strip()
    acts.rename_group(get_session(), by, found, name)
    return _("The group has another name."), name


def _delete(by: Actor, found: Group) -> tuple[str, str]:
    count = acts.delete_group(get_session(), by, found)
    words = ngettext(
        "The group was deleted; %(num)d app was shared with it.",
        "The group was deleted; %(num)d apps were shared with it.",
        count,
    )
    return words, ""


def _add(by: Actor, found: Group) -> tuple[str, str]:
    user = acts.add_member(get_session(), by, found, request.form.get("user", ""))
    return _("%(name)s is in the group.", name=user.name), found.name


def _remove(by: Actor, found: Group) -> tuple[str, str]:
    name = request.form.get("user", "")
    acts.remove_member(get_session(), by, found, name)
    return _("%(name)s is not in the group any more.", name=name), found.name


_ACTS: dict[str, Callable[[Actor, Group], tuple[str, str]]] = {
    "rename": _rename,
    "delete": _delete,
    "add": _add,
    "remove": _remove,
}


def _list(filled: Filled) -> str:
    return render_template("admin/groups.html", entries=list_groups(get_session()), filled=filled)


def _one(found: Group, filled: Filled) -> str:
    return render_template("admin/group.html", group=found, members=members_of(get_session(), found), filled=filled)


def _to(name: str) -> Response:
    return redirect(f"/admin/groups/{name}".rstrip("/"), 303)  # type: ignore[return-value]  # Werkzeug's own class

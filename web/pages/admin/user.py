"""``/admin/users/<name>``: one account, and what an administrator does with it."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security.recoverable import send_reset_password_instructions

from allgo_hpc.accounts import ROLES, find_user
from allgo_hpc.administration import users as acts
from allgo_hpc.administration.actor import Actor
from allgo_hpc.administration.exceptions import change_quotas, own_limits, read_limits
from allgo_hpc.administration.people import persons
from allgo_hpc.apps import own_apps
from allgo_hpc.errors import Conflict, NotFound, Refusal
from allgo_hpc.models import User, UserQuota, utc_now
from allgo_hpc.quotas.check import NAMES, limits_of
from allgo_hpc.quotas.usage import usage_of
from allgo_hpc.reading.job_rows import rows_of
from allgo_hpc.reading.listing import Filter, list_jobs
from allgo_hpc.tokens import list_tokens
from web.context import get_services, get_session
from web.look.filled import Filled
from web.pages.admin.who import acting, admin
from web.signin.account import Account

pages = Blueprint("admin_user", __name__)
_JOBS = 10
_GB = 2**30


@pages.get("/admin/users/<name>")
def user(name: str) -> str:
    """Show an account."""
    admin()
    return _page(find_user(get_session(), name))


@pages.post("/admin/users/<name>/<act>")
def change(name: str, act: str) -> Response | tuple[str, int]:
    """Do something with an account."""
    by = acting()
    found = find_user(get_session(), name)
    if act not in _ACTS:
        raise NotFound("there is no such act")
    try:
        said = _ACTS[act](by, found)
    except Conflict as error:
        flash(str(error), "error")
    except Refusal as error:
        return _page(found, error), 400
    else:
        flash(said, "success")
    return redirect(f"/admin/users/{found.name}", 303)  # type: ignore[return-value]  # Werkzeug's own class


def _role(by: Actor, found: User) -> str:
    acts.change_role(get_session(), by, found, request.form.get("role", ""))
    return str(_("%(name)s has the role %(role)s.", name=found.name, role=found.role))


def _suspend(by: Actor, found: User) -> str:
    acts.suspend_account(get_session(), by, found)
    return str(_("The account is suspended: its sessions ended, its tokens are refused."))


def _reopen(by: Actor, found: User) -> str:
    acts.reopen_account(get_session(), by, found)
    return str(_("The account is open again."))


def _confirm(by: Actor, found: User) -> str:
    acts.confirm_address(get_session(), by, found)
    return str(_("The address counts as confirmed."))


def _reset(by: Actor, found: User) -> str:
    if not found.active:
        raise Conflict(_("The account is suspended: let it in again first."))
    acts.note_reset_link(get_session(), by, found)
    send_reset_password_instructions(Account(found))  # type: ignore[no-untyped-call]
    return str(_("A link for a new password is on its way to %(address)s.", address=found.email))


def _revoke(by: Actor, found: User) -> str:
    count = acts.revoke_all_tokens(get_session(), by, found)
    return str(ngettext("%(num)d token was revoked.", "%(num)d tokens were revoked.", count))


def _cluster(by: Actor, found: User) -> str:
    acts.set_cluster_account(get_session(), by, found, request.form.get("cluster_account", ""))
    return str(_("The cluster account was saved."))


def _quotas(by: Actor, found: User) -> str:
    change_quotas(get_session(), by, found, read_limits(request.form), reset=True)
    return str(_("The limits were saved."))


_ACTS: dict[str, Callable[[Actor, User], str]] = {
    "role": _role,
    "suspend": _suspend,
    "reopen": _reopen,
    "confirm": _confirm,
    "reset": _reset,
    "revoke": _revoke,
    "cluster": _cluster,
    "quotas": _quotas,
}


def _page(found: User, refusal: Refusal | None = None) -> str:
    session, settings, now = get_session(), get_services().settings, utc_now()
    values = dict(request.form) if refusal is not None else _values(found)
    jobs = list_jobs(session, found, Filter(limit=_JOBS)).jobs
    return render_template(
        "admin/user.html",
        person=persons(session, [found])[0],
        apps=own_apps(session, found),
        tokens=list_tokens(session, found),
        rows=rows_of(session, jobs, now),
        used=usage_of(session, found.id, now),
        limits=limits_of(session, found, settings),
        site={name: getattr(settings, f"quota_{name}") or None for name in NAMES},
        filled=Filled({**_values(found), **values}, refusal),
        roles=ROLES,
    )


def _values(found: User) -> dict[str, object]:
    own: dict[str, object] = dict(own_limits(get_session().get(UserQuota, found.id)))
    stored = own.get("stored_bytes")
    if isinstance(stored, int):
        own["stored_bytes"] = f"{stored / _GB:.4g}" if stored % _GB else stored // _GB
    return {"role": found.role, "cluster_account": found.cluster_account or "", **own}

"""``/admin/quotas``: what everybody may have, who has limits of their own, and who stores most."""

from flask import Blueprint, render_template

from allgo_hpc.administration.exceptions import list_exceptions
from allgo_hpc.administration.people import most_stored
from allgo_hpc.quotas.check import NAMES
from web.context import get_services, get_session
from web.pages.admin.who import admin

pages = Blueprint("admin_quotas", __name__)


@pages.get("/admin/quotas")
def quotas() -> str:
    """Show the limits."""
    admin()
    session, settings = get_session(), get_services().settings
    return render_template(
        "admin/quotas.html",
        names=NAMES,
        site={name: getattr(settings, f"quota_{name}") or None for name in NAMES},
        exceptions=list_exceptions(session),
        most=most_stored(session),
        retention_days=settings.retention_days,
        retention_max_days=settings.retention_max_days,
    )

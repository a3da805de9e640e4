"""``/admin``: what needs attention first, jobs now and lately, and how every part is."""

from flask import Blueprint, render_template

from allgo_hpc.administration.attention import attention
from allgo_hpc.administration.chart import chart
from allgo_hpc.administration.counts import count_days, count_states
from allgo_hpc.administration.disk import look_at_disks
from allgo_hpc.administration.health import look
from allgo_hpc.administration.sandboxes import count_errors
from allgo_hpc.models import utc_now
from web.context import get_services, get_session
from web.pages.admin.who import admin

pages = Blueprint("admin_overview", __name__)


@pages.get("/admin")
def overview() -> str:
    """Show how the portal is."""
    admin()
    session, services, now = get_session(), get_services(), utc_now()
    state, disks = look(session, services, now), look_at_disks(services.layout)
    days = count_days(session, now)
    return render_template(
        "admin/overview.html",
        state=state,
        disks=disks,
        matters=attention(state, disks, count_errors(session), now),
        counts=count_states(session, now),
        days=days,
        chart=chart(days),
        now=now,
        has_node=bool(services.settings.build_node_host),
    )

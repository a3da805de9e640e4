"""``/admin/cluster``: Slurm's queues and machines, and the portal's own view of its jobs there."""

from flask import Blueprint, render_template

from allgo_hpc.administration.cluster import queue_rows, sums
from allgo_hpc.administration.health import look_at_jobs, look_at_sweep
from allgo_hpc.models import utc_now
from allgo_hpc.sweeping.health import ACCOUNTING, CONTROLLER, read_health
from web.context import get_services, get_session
from web.pages.admin.remembered import cluster as remembered_cluster
from web.pages.admin.who import admin

pages = Blueprint("admin_cluster", __name__)


@pages.get("/admin/cluster")
def cluster() -> str:
    """Show the cluster; where Slurm is away, say so, and show what the portal knows."""
    admin()
    session, services, now = get_session(), get_services(), utc_now()
    health, unfinished = read_health(session), look_at_jobs(session, now)
    sweep = look_at_sweep(session, services, now)
    session.commit()  # nothing of the database is held while Slurm is asked
    seen = remembered_cluster()
    overview = seen.overview
    return render_template(
        "admin/cluster.html",
        seen=seen,
        queues=queue_rows(services.settings, overview) if overview is not None else [],
        sums=sums(overview) if overview is not None else None,
        nodes=sorted(overview.nodes, key=lambda node: (node.health == "up", node.name)) if overview is not None else [],
        controller=health.get(CONTROLLER),
        accounting=health.get(ACCOUNTING),
        unfinished=unfinished,
        sweep=sweep,
        now=now,
    )

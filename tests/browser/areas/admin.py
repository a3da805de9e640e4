"""Pages of web/pages/admin, and what they show."""

from allgo_hpc.accounts import add_user
from allgo_hpc.administration import groups, users
from allgo_hpc.administration.actor import Actor
from allgo_hpc.administration.announcements import announce
from allgo_hpc.administration.exceptions import change_quotas
from allgo_hpc.models import Sandbox
from tests.browser.place import Place
from tests.browser.stage import Stage

PLACES: tuple[Place, ...] = (
    Place("admin", "/admin", "root"),
    Place("admin-jobs", "/admin/jobs", "root"),
    Place("admin-jobs-nothing-found", "/admin/jobs?user=nobody", "root"),
    Place("admin-users", "/admin/users", "root"),
    Place("admin-users-nothing-found", "/admin/users?text=nobody", "root"),
    Place("admin-user", "/admin/users/ada", "root"),
    Place("admin-user-closed", "/admin/users/{closed}", "root"),
    Place("admin-groups", "/admin/groups", "root"),
    Place("admin-group", "/admin/groups/{group}", "root"),
    Place("admin-group-empty", "/admin/groups/nobody-yet", "root"),
    Place("admin-quotas", "/admin/quotas", "root"),
    Place("admin-cluster", "/admin/cluster", "root"),
    Place("admin-sandboxes", "/admin/sandboxes", "root"),
    Place("admin-audit", "/admin/audit", "root"),
    Place("admin-audit-nothing-found", "/admin/audit?about=nobody", "root"),
    Place("admin-announcements", "/admin/announcements", "root"),
    Place("admin-announcement", "/admin/announcements/{announcement}", "root"),
    Place("admin-refused", "/admin", "ada"),
)


def furnish(stage: Stage) -> None:
    """Make what these pages show: closed accounts, exceptions, groups, a sandbox in error, announcements."""
    world, session = stage.world, stage.world.session
    by = Actor(None, "192.0.2.7")
    closed = add_user(session, name="c" * 32, email=f"{'long.address' * 5}@a-rather-long-host.example.org")
    users.suspend_account(session, by, closed)
    users.set_cluster_account(session, by, world.user, "ada-on-the-cluster")
    change_quotas(session, by, closed, {"stored_bytes": 5 * 2**30, "core_hours_a_month": 12.5})
    lab = groups.create_group(session, by, "imaging-lab")
    groups.create_group(session, by, "nobody-yet")
    groups.add_member(session, by, lab, "ada")
    groups.add_member(session, by, lab, "bob")
    usage = {"used": {"disk_mb": 812}, "limits": {"disk_mb": 8192}, "sessions": 2}
    reason = "The build node could not start it: there is no room."
    session.add(
        Sandbox(app_id=world.app.id, user_id=world.app.owner_id, state="error", origin="base:debian-13", usage=usage,
                reason=reason)
    )  # fmt: skip
    session.commit()
    made = announce(
        session, by, "Friday from 18:00 the cluster is maintained <b>soon</b>; الصيانة يوم الجمعة.", level="warning"
    )
    announce(session, by, "New: the app denoise takes whole folders.")
    stage.ids |= {"closed": closed.name, "group": lab.name, "announcement": made.id}

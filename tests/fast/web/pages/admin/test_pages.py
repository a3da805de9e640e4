"""What an administrator sees and does on the pages."""

from typing import Any

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.administration.actor import COMMAND_LINE
from allgo_hpc.administration.announcements import announce
from allgo_hpc.models import Announcement, Audit, Group, Mail, Sandbox, UserQuota
from allgo_hpc.tokens import new_token
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


@pytest.fixture
def root(portal: Portal) -> Visitor:
    return visit(portal, add_user(portal.world.session, name="root", email="root@example.org", role="admin"))


def _acts(portal: Portal) -> list[str]:
    portal.world.session.expire_all()
    rows = portal.world.session.scalars(select(Audit).order_by(Audit.id))
    return [row.what for row in rows if row.what not in {"account.made", "token.made"}]


def test_an_accounts_rights(portal: Portal, root: Visitor) -> None:
    user = portal.world.user
    new_token(portal.world.session, user, name="one")
    sent: tuple[tuple[str, dict[str, Any]], ...] = (
        ("role", {"role": "author"}),
        ("cluster", {"cluster_account": "ada_l"}),
        ("quotas", {"stored_bytes": "1.5", "jobs_at_once": "4", "jobs_a_day": "", "core_hours_a_month": ""}),
        ("revoke", {}),
        ("reset", {}),
        ("suspend", {}),
        ("reopen", {}),
    )
    for act, form in sent:
        answer = root.post(f"/admin/users/ada/{act}", form)
        assert (answer.status_code, answer.location) == (303, "/admin/users/ada"), (act, answer.text)
    assert _acts(portal) == [
        "user.role", "account.cluster", "user.quota", "token.revoked", "account.reset_link", "account.suspended",
        "account.reopened",
    ]  # fmt: skip
    assert (user.role, user.cluster_account, user.active) == ("author", "ada_l", True)
    own = portal.world.session.get_one(UserQuota, user.id)
    assert (own.stored_bytes, own.jobs_at_once, own.jobs_a_day) == (3 * 2**29, 4, None)
    assert portal.world.session.scalars(select(Mail.recipient)).all() == ["ada@example.org"]
    assert 'value="1.5"' in root.page("/admin/users/ada")
    assert "jobs of their own" not in root.page("/admin/quotas")
    assert ">ada</a>" in root.page("/admin/quotas")


@pytest.mark.parametrize(
    ("act", "form", "said"),
    [
        ("role", {"role": "king"}, "one of user, author, admin"),
        ("cluster", {"cluster_account": "root"}, "not root"),
        ("quotas", {"jobs_at_once": "<many>"}, "jobs_at_once: a number"),
    ],
)
def test_a_refused_form_comes_back(portal: Portal, root: Visitor, act: str, form: dict[str, str], said: str) -> None:
    answer = root.post(f"/admin/users/ada/{act}", form)
    assert answer.status_code == 400
    assert said in answer.text
    assert "<many>" not in answer.text
    assert _acts(portal) == []


def test_the_last_administrator_is_told(portal: Portal, root: Visitor) -> None:
    own = "/admin/users/root"
    for act, form in (("role", {"role": "user"}), ("suspend", {})):
        assert root.post(f"{own}/{act}", form).status_code == 303
        assert "root is the last administrator" in root.page(own)
    assert _acts(portal) == []


def test_there_is_no_such_user_act_or_announcement(root: Visitor) -> None:
    assert root.get("/admin/users/nobody").status_code == 404
    assert root.post("/admin/users/ada/promote").status_code == 404
    assert root.get("/admin/announcements/7").status_code == 404
    assert root.get("/admin/groups/nobody").status_code == 404


def test_announcements_stand_on_every_page_until_they_end(portal: Portal, root: Visitor) -> None:
    form = {"text": "<b>Friday</b>", "level": "warning", "begins_at": "", "ends_at": "2999-01-01T10:00"}
    assert root.post("/admin/announcements", form).status_code == 303
    assert "&lt;b&gt;Friday&lt;/b&gt;" in visit(portal).page("/")
    one = portal.world.session.scalars(select(Announcement)).one()
    assert 'value="2999-01-01T10:00"' in root.page(f"/admin/announcements/{one.id}")
    changed = form | {"text": "Saturday", "begins_at": "2020-01-01T00:00"}
    assert root.post(f"/admin/announcements/{one.id}", changed).status_code == 303
    assert "Saturday" in visit(portal).page("/api/docs")
    assert root.post(f"/admin/announcements/{one.id}/end").status_code == 303
    assert "Saturday" not in visit(portal).page("/")
    assert _acts(portal) == ["announcement.made", "announcement.changed", "announcement.ended"]


@pytest.mark.parametrize("bad", [{"text": ""}, {"begins_at": "tomorrow"}, {"ends_at": "2000-01-01T00:00"}])
def test_a_refused_announcement_comes_back(portal: Portal, root: Visitor, bad: dict[str, str]) -> None:
    form = {"text": "Friday", "level": "info", "begins_at": "", "ends_at": ""} | bad
    assert root.post("/admin/announcements", form).status_code == 400
    announce(portal.world.session, COMMAND_LINE, "x")
    assert root.post("/admin/announcements/1", form).status_code == 400


def test_the_cluster(portal: Portal, root: Visitor) -> None:
    text = root.page("/admin/cluster")
    assert "disk is full" in text
    assert "2 / 8" in text
    root.page("/admin/cluster")
    assert portal.slurm.calls["overview"] == 1


def test_the_cluster_while_slurm_is_away(portal: Portal, root: Visitor) -> None:
    portal.slurm.be_away()
    portal.world.job()
    portal.world.sweep()
    text = root.page("/admin/cluster")
    assert "Slurm does not answer now" in text
    assert "Unfinished jobs" in text
    assert "controller has been silent" in root.page("/admin")


def test_anybodys_jobs_are_cancelled_and_that_is_noted(portal: Portal, root: Visitor) -> None:
    job = portal.world.submit()
    assert f'data-job="{job.id}"' in root.page("/admin/jobs?user=ada")
    assert f'data-job="{job.id}"' not in root.page("/admin/jobs?user=author")
    asked = root.post("/admin/jobs/cancel", {"job": [str(job.id)]})
    assert 'action="/admin/jobs/cancel"' in asked.text
    assert root.post("/admin/jobs/cancel", {"job": [str(job.id)], "sure": "yes"}).status_code == 303
    assert _acts(portal) == ["jobs.cancel"]
    assert job.cancel_at is not None


def test_a_sandbox_is_stopped(portal: Portal, root: Visitor) -> None:
    app = portal.world.app
    row = Sandbox(app_id=app.id, user_id=app.owner_id, state="running", origin="base:debian-13", usage={"used": {}})
    portal.world.session.add(row)
    portal.world.session.commit()
    assert "no build node" in root.page("/admin/sandboxes")
    assert root.post(f"/admin/sandboxes/{app.name}/stop").status_code == 303
    assert _acts(portal) == ["sandbox.stop"]
    assert row.state == "stopping"
    assert root.post(f"/admin/sandboxes/{app.name}/stop").status_code == 303
    assert "wait until that is done" in root.page("/admin/sandboxes")


def test_groups(portal: Portal, root: Visitor) -> None:
    assert root.post("/admin/groups", {"name": "No Name"}).status_code == 400
    assert root.post("/admin/groups", {"name": "lab"}).location == "/admin/groups/lab"
    assert root.post("/admin/groups/lab/add", {"user": "nobody"}).status_code == 400
    assert root.post("/admin/groups/lab/add", {"user": "ada"}).status_code == 303
    assert "ada@example.org" in root.page("/admin/groups/lab")
    assert root.post("/admin/groups/lab/rename", {"name": "team"}).location == "/admin/groups/team"
    assert root.post("/admin/groups/team/remove", {"user": "ada"}).status_code == 303
    assert root.post("/admin/groups/team/delete").location == "/admin/groups"
    assert portal.world.session.scalars(select(Group)).all() == []
    assert "group.member_added" in root.page("/admin/audit?what=group.member_added&about=lab")

"""Sharing by the API: the owner's own, at once, everywhere; groups for administrators only."""

from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.models import Audit
from slurm import State
from tests.fast.domain.world import add_app
from tests.fast.web.portal import Portal, assert_refused

SHARES = "/api/v1/apps/secret/shares"


def test_a_share_opens_the_app_and_its_end_closes_it(portal: Portal) -> None:
    world = portal.world
    app = add_app(world.session, world.app.owner, "secret", public=False)
    own = portal.auth_of(portal.token_of(world.app.owner))
    paths = ["", "/versions", "/versions/1", "/advice"]
    for path in paths:
        assert portal.get(f"/api/v1/apps/secret{path}").status_code == 404
    made = portal.client.post(SHARES, json={"user": world.user.name}, headers=own)
    assert made.status_code == 201
    share = made.get_json()
    assert (share["user"], share["group"]) == (world.user.name, None)
    assert portal.client.get(SHARES, headers=own).get_json() == {"shares": [share]}
    for path in paths:
        assert portal.get(f"/api/v1/apps/secret{path}").status_code == 200, path
    assert "secret" in [each["name"] for each in portal.get("/api/v1/apps").get_json()["apps"]]
    sent = {"job[webapp_name]": "secret"}
    job = portal.client.post("/api/v1/jobs", data=sent, headers=portal.auth).get_json()["id"]
    # To run it is not to own it.
    for answer in (
        portal.get(SHARES),
        portal.client.post(SHARES, json={"user": "eve"}, headers=portal.auth),
        portal.client.patch("/api/v1/apps/secret", json={"title": "Mine"}, headers=portal.auth),
    ):
        assert_refused(answer, 404, code="unknown_app", field="app_name")
    other = f"/api/v1/apps/textstats/shares/{share['id']}"
    assert_refused(portal.client.delete(other, headers=own), 404, code="unknown_share", field="share_id")
    assert portal.client.delete(f"{SHARES}/{share['id']}", headers=own).status_code == 204
    for path in paths:
        assert portal.get(f"/api/v1/apps/secret{path}").status_code == 404
    assert portal.client.post("/api/v1/jobs", data=sent, headers=portal.auth).status_code == 404
    assert portal.client.post(f"/api/v1/jobs/{job}/rerun", headers=portal.auth).status_code == 404
    assert portal.end(job)["status"] == "done"
    assert portal.get(f"/api/v1/datastore/{job}/allgo.log").status_code in {200, 404}
    assert world.session.get(type(app), app.id) is not None


def test_groups_are_for_administrators(portal: Portal) -> None:
    world = portal.world
    root = add_user(world.session, name="root", email="root@example.org", role="admin")
    as_root = portal.auth_of(portal.token_of(root))
    for user in (world.user, world.app.owner):
        headers = portal.auth_of(portal.token_of(user))
        for answer in (
            portal.client.get("/api/v1/groups", headers=headers),
            portal.client.post("/api/v1/groups", json={"name": "lab"}, headers=headers),
        ):
            assert_refused(answer, 403, code="not_allowed")
    assert_refused(portal.client.get("/api/v1/groups"), 401, code="no_token", field="Authorization")
    assert portal.client.post("/api/v1/groups", json={"name": "lab"}, headers=as_root).status_code == 201
    answer = portal.client.post("/api/v1/groups/lab/members", json={"user": "nobody"}, headers=as_root)
    assert_refused(answer, 404, code="unknown_user", field="user")
    answer = portal.client.get("/api/v1/groups/la", headers=as_root)
    assert "did you mean 'lab'" in assert_refused(answer, 404, code="unknown_group", field="group_name")


def test_citation_and_example_are_told_to_whoever_may_run_it(portal: Portal) -> None:
    world = portal.world
    own = portal.auth_of(portal.token_of(world.app.owner))
    job = portal.client.post("/api/v1/jobs", data={"job[webapp_name]": "textstats"}, headers=own).get_json()["id"]
    path = "/api/v1/apps/textstats"
    answer = portal.client.patch(path, json={"example_job_id": job}, headers=own)
    assert "not ended" in assert_refused(answer, 400, code="bad_input", field="example_job_id")
    portal.world.slurm.say(portal.job(job).uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    sent = {"example_job_id": job, "citation": "Bob, *Words*."}
    assert portal.client.patch(path, json=sent, headers=own).status_code == 200
    told = portal.client.get(path).get_json()
    assert {name: told[name] for name in sent} == sent
    assert_refused(portal.client.delete(f"/api/v1/jobs/{job}", headers=own), 409, code="job_is_example")


def test_what_administrators_do_to_groups_is_noted(portal: Portal) -> None:
    session = portal.world.session
    root = add_user(session, name="root", email="root@example.org", role="admin")
    headers = portal.auth_of(portal.token_of(root))
    groups = "/api/v1/groups"
    assert portal.client.post(groups, json={"name": "lab"}, headers=headers).status_code == 201
    assert portal.client.post(groups, json={"name": "lab"}, headers=headers).status_code == 409
    assert portal.client.patch(f"{groups}/lab", json={"name": "imaging"}, headers=headers).status_code == 200
    members = f"{groups}/imaging/members"
    assert portal.client.post(members, json={"user": "ada"}, headers=headers).status_code == 200
    assert portal.client.post(members, json={"user": "ada"}, headers=headers).status_code == 409
    assert portal.client.delete(f"{members}/ada", headers=headers).status_code == 204
    assert portal.client.delete(f"{groups}/imaging", headers=headers).status_code == 204
    rows = session.execute(select(Audit.what, Audit.about, Audit.user_id, Audit.address).order_by(Audit.id)).all()
    assert [tuple(row) for row in rows if row.what.startswith("group.")] == [
        (what, about, root.id, "127.0.0.1")
        for what, about in (
            ("group.made", "lab"), ("group.renamed", "imaging"), ("group.member_added", "imaging"),
            ("group.member_removed", "imaging"), ("group.deleted", "imaging"),
        )
    ]  # fmt: skip

"""Who may look at a job: links with an end, the author by consent; and nobody else."""

from datetime import timedelta

import pytest

from allgo_hpc.accounts import add_user
from allgo_hpc.jobs.consent import jobs_shown_to
from allgo_hpc.models import JobShare, utc_now
from tests.fast.web.conftest import MakePortal
from tests.fast.web.page import Page
from tests.fast.web.portal import JOBS, Portal, assert_refused
from tests.fast.web.visitor import visit

PATHS = ("files", "files/out.txt", "raw/out.txt", "zip")


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


def _link(portal: Portal, job: int) -> str:
    share = portal.world.session.query(JobShare).filter_by(job_id=job).order_by(JobShare.id.desc()).first()
    assert share is not None
    return f"/shared/{share.secret}"


def test_a_link_shows_the_job_to_anybody_and_nothing_else(portal: Portal) -> None:
    job, _ = portal.finished({"out.txt": b"what came out"})
    other, _ = portal.finished({"out.txt": b"secret"})
    owner, anybody = visit(portal, portal.world.user), visit(portal)
    made = owner.post(f"/jobs/{job.id}/share", {"days": "2"})
    assert (made.status_code, made.location) == (303, f"/jobs/{job.id}#sharing")
    link = _link(portal, job.id)
    assert f"http://localhost{link}" in owner.page(f"/jobs/{job.id}/share")
    for path in ("", *(f"/{each}" for each in PATHS)):
        answer = anybody.get(link + path)
        assert answer.status_code == 200, path
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"].startswith("noindex")
        assert job.folder.encode() not in answer.data
        assert b"ada@example.org" not in answer.data
        assert f"/jobs/{job.id}".encode() not in answer.data
    assert "what came out" in anybody.page(f"{link}/files/out.txt")
    for path in PATHS:
        assert anybody.get(f"/jobs/{other.id}/{path}").status_code == 302
        assert anybody.get(f"/jobs/{job.id}/{path}").status_code == 302
    for path in ("/files/none", "/raw/..%2f..%2fx", "/files/out.txt?task=1"):
        assert anybody.get(link + path).status_code == 404
    Page(anybody.page(link))


def test_an_expired_a_revoked_and_a_deleted_link_say_so(portal: Portal) -> None:
    job, _ = portal.finished({"out.txt": b"x"})
    owner, anybody = visit(portal, portal.world.user), visit(portal)
    session = portal.world.session
    told = set()
    for how in ("expired", "revoked", "never was", "closed", "deleted"):
        owner.post(f"/jobs/{job.id}/share", {"days": ""})
        share = session.query(JobShare).filter_by(job_id=job.id).order_by(JobShare.id.desc()).one()
        link = f"/shared/{share.secret}"
        assert anybody.get(link).status_code == 200, how
        if how == "expired":
            share.expires_at = utc_now() - timedelta(seconds=1)
            session.commit()
        elif how == "revoked":
            assert owner.post(f"/jobs/{job.id}/share/{share.id}/revoke").status_code == 303
        elif how == "never was":
            owner.post(f"/jobs/{job.id}/share/{share.id}/revoke")
            link = "/shared/" + "0" * 40
        elif how == "closed":
            portal.world.user.active = False
            session.commit()
        else:
            assert portal.client.delete(f"{JOBS}/{job.id}", headers=portal.auth).status_code == 204
        for path in ("", *(f"/{each}" for each in PATHS)):
            answer = anybody.get(link + path)
            assert answer.status_code == 410, (how, path)
            assert "leads nowhere any more" in answer.text
            assert answer.headers["Referrer-Policy"] == "no-referrer"
        told.add(anybody.get(link).text.split("<main")[1].split("</main>")[0])
        portal.world.user.active = True
        session.query(JobShare).delete()
        session.commit()
    assert len(told) == 1, "nobody learns which of these it is"
    for odd in ("x", "0" * 39, "0" * 41, "../" * 3, "%00"):
        assert anybody.get(f"/shared/{odd}").status_code == 404


@pytest.mark.parametrize("days", ["0", "-1", "31", "nan", "inf", "1e9", "x", "7 days"])
def test_days_that_are_refused_come_back_as_typed(portal: Portal, days: str) -> None:
    job, _ = portal.finished({})
    answer = visit(portal, portal.world.user).post(f"/jobs/{job.id}/share", {"days": days})
    assert answer.status_code == 400
    assert f'value="{days}"' in answer.text
    assert 'id="days-wrong"' in answer.text
    assert portal.world.session.query(JobShare).count() == 0


def test_who_may_look(portal: Portal) -> None:
    job, _ = portal.finished({"out.txt": b"x"})
    world = portal.world
    admin = add_user(world.session, name="root", email="root@example.org", role="admin")
    stranger = add_user(world.session, name="eve", email="eve@example.org", role="author")
    author = world.app.owner
    owner = visit(portal, world.user)

    def seen() -> dict[str, bool]:
        people = {"owner": world.user, "admin": admin, "author": author, "stranger": stranger, "nobody": None}
        return {
            name: all(visit(portal, user).get(f"/jobs/{job.id}/{path}").status_code == 200 for path in PATHS)
            for name, user in people.items()
        }

    assert [name for name, may in seen().items() if may] == ["owner", "admin"]
    assert owner.post(f"/jobs/{job.id}/consent", {"allowed": "1"}).status_code == 303
    assert [name for name, may in seen().items() if may] == ["owner", "admin", "author"]
    assert jobs_shown_to(world.session, author, world.app) == [job]
    assert jobs_shown_to(world.session, stranger, world.app) == []
    assert owner.post(f"/jobs/{job.id}/consent", {"allowed": "0"}).status_code == 303
    assert [name for name, may in seen().items() if may] == ["owner", "admin"]
    assert jobs_shown_to(world.session, author, world.app) == []
    world.app.example_job_id = job.id
    world.session.commit()
    assert all(seen().values())


def test_only_the_owner_shares_and_consents(portal: Portal) -> None:
    job, _ = portal.finished({"out.txt": b"x"})
    world = portal.world
    admin = add_user(world.session, name="root", email="root@example.org", role="admin")
    job.author_may_see = True
    world.session.commit()
    for path in ("share", "consent", "share/1/revoke"):
        assert visit(portal, world.app.owner).post(f"/jobs/{job.id}/{path}", {"days": "1"}).status_code == 404
        assert visit(portal).post(f"/jobs/{job.id}/{path}", {"days": "1"}).status_code == 302
        without = visit(portal, world.user).client.post(f"/jobs/{job.id}/{path}", data={"days": "1"})
        assert without.status_code == 400
    for path in ("share", "consent"):
        assert visit(portal, admin).post(f"/jobs/{job.id}/{path}", {"days": "1"}).status_code == 403
    assert world.session.query(JobShare).count() == 0
    assert portal.job(job.id).author_may_see


def test_by_the_api(portal: Portal) -> None:
    job, _ = portal.finished({"out.txt": b"x"})
    path = f"{JOBS}/{job.id}"
    made = portal.client.post(f"{path}/shares", json={"days": 1}, headers=portal.auth)
    assert made.status_code == 201
    entry = made.get_json()
    assert portal.get(entry["url"].removeprefix("http://localhost"), headers={}).status_code == 200
    assert portal.get(f"{path}/shares").get_json() == {"shares": [entry]}
    other = portal.auth_of(portal.token_of(portal.world.app.owner))
    assert_refused(portal.get(f"{path}/shares", headers=other), 404, code="unknown_job", field="job_id")
    assert_refused(
        portal.client.post(f"{path}/shares", json={"days": 31}, headers=portal.auth),
        400,
        code="bad_input",
        field="days",
    )
    assert portal.client.delete(f"{path}/shares/{entry['id']}", headers=portal.auth).status_code == 204
    for wrong in (entry["id"], "x", "9" * 30):
        gone = portal.client.delete(f"{path}/shares/{wrong}", headers=portal.auth)
        assert_refused(gone, 404, code="unknown_share", field="share_id")
    assert portal.client.put(f"{path}/consent", headers=portal.auth).status_code == 204
    assert portal.job(job.id).author_may_see
    assert portal.client.delete(f"{path}/consent", headers=portal.auth).status_code == 204
    assert not portal.job(job.id).author_may_see
    assert_refused(portal.client.put(f"{path}/consent", headers=other), 404, code="unknown_job", field="job_id")

"""The list of one's own jobs: what it shows, filters, pages, and what is done with several jobs at once."""

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from allgo_hpc.accounts import add_user
from allgo_hpc.models import Job, utc_now
from allgo_hpc.quotas.check import set_quotas
from allgo_hpc.states import JobState
from slurm import State
from tests.fast.domain.world import add_app
from tests.fast.web.conftest import MakePortal
from tests.fast.web.page import Page
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit
from tests.hostile import TEXTS


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


@pytest.fixture
def browser(portal: Portal) -> Visitor:
    return visit(portal, portal.world.user)


def _shown(text: str) -> list[int]:
    return [int(each.get("data-job")) for each in Page(text).all("tr") if each.get("data-job")]


def _ended(portal: Portal, files: dict[str, bytes] | None = None, **more: Any) -> Job:
    world = portal.world
    job = world.submit(**more)
    for name, content in (files or {}).items():
        (world.services.layout.job_dir(job) / name).write_bytes(content)
    world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    return job


def test_who_is_signed_out_signs_in_first(portal: Portal) -> None:
    answer = visit(portal).get("/jobs")
    assert answer.status_code == 302
    assert answer.location == "/login?next=%2Fjobs"


def test_an_empty_list_leads_to_the_apps(browser: Visitor) -> None:
    text = browser.page("/jobs")
    assert "You have no jobs yet" in text
    assert "Look at the apps" in text


def test_nobody_elses_job_is_shown(portal: Portal) -> None:
    job = portal.world.job()
    eve = visit(portal, add_user(portal.world.session, name="eve", email="eve@example.org"))
    assert "data-job" not in eve.page("/jobs")
    assert "data-job" not in eve.page(f"/jobs/rows?job={job.id}")


def test_groups_of_states(portal: Portal, browser: Visitor) -> None:
    made = {state: portal.world.job(state).id for state in JobState}
    assert set(_shown(browser.page("/jobs"))) == set(made.values())
    assert set(_shown(browser.page("/jobs?show=active"))) == {made[each] for each in JobState if not each.is_final}
    assert _shown(browser.page("/jobs?show=done")) == [made[JobState.DONE]]
    assert _shown(browser.page("/jobs?show=cancelled")) == [made[JobState.CANCELLED]]
    failed = {made[state] for state in JobState if state.is_final} - {made[JobState.DONE], made[JobState.CANCELLED]}
    assert set(_shown(browser.page("/jobs?show=failed"))) == failed


def test_filters_are_those_of_the_domain(portal: Portal, browser: Visitor) -> None:
    world = portal.world
    other = add_app(world.session, world.app.owner, "denoise")
    one, two = world.job(param="-n 100% sure"), world.job(queue="batch", param="-n 3")
    two.app_id = other.id
    world.session.commit()
    assert _shown(browser.page("/jobs?app=denoise")) == [two.id]
    assert _shown(browser.page("/jobs?queue=batch")) == [two.id]
    assert _shown(browser.page("/jobs?text=100%25")) == [one.id]
    assert _shown(browser.page(f"/jobs?text=%23{two.id}")) == [two.id]
    today = f"{utc_now():%Y-%m-%d}"
    assert _shown(browser.page(f"/jobs?since={today}&until={today}")) == [two.id, one.id]
    assert _shown(browser.page("/jobs?until=2000-01-01")) == []
    assert "None of your jobs is like that" in browser.page("/jobs?until=2000-01-01")


@pytest.mark.parametrize(
    "query", ["show=nothing", "since=yesterday", "until=9999-12-31", "sort=size", "after=x", "after=1.x&sort=largest"]
)
def test_what_is_no_filter_is_told(browser: Visitor, query: str) -> None:
    assert browser.get(f"/jobs?{query}").status_code == 400


def test_any_text_may_be_looked_for(browser: Visitor) -> None:
    for text in TEXTS:
        sent = text.encode("utf-8", "replace").decode()
        query = dict.fromkeys(("text", "app", "queue"), sent)
        assert browser.client.get("/jobs", query_string=query).status_code == 200, text


def test_a_param_string_is_no_markup(portal: Portal, browser: Visitor) -> None:
    portal.world.job(param="<script>alert(1)</script>")
    assert "<script>alert" not in browser.page("/jobs")


def _next(text: str) -> str:
    found = [each.get("href") for each in Page(text).all("a") if each.get("rel") == "next"]
    return found[0] if found else ""


@pytest.mark.parametrize("sort", ["newest", "oldest", "app", "longest", "largest"])
def test_every_order_pages_through_all_jobs_once(portal: Portal, browser: Visitor, sort: str) -> None:
    world, now = portal.world, utc_now()
    other = add_app(world.session, world.app.owner, "denoise")
    for number in range(120):
        times = {"started_at": now, "finished_at": now + timedelta(seconds=number % 7)} if number % 3 else {}
        state = JobState.DONE if times else JobState.PENDING
        job = world.job(state, stored_bytes=number % 5, **times)
        job.app_id = (other if number % 2 else world.app).id
    world.session.commit()
    seen: list[int] = []
    address = f"/jobs?sort={sort}"
    while address:
        text = browser.page(address)
        seen += _shown(text)
        address = _next(text)
    assert len(seen) == 120
    assert len(set(seen)) == 120


def test_a_job_that_comes_meanwhile_shifts_nothing(portal: Portal, browser: Visitor) -> None:
    made = [portal.world.job().id for _ in range(60)]
    first = browser.page("/jobs")
    portal.world.job()
    assert _shown(first) + _shown(browser.page(_next(first))) == made[::-1]


def test_a_batch_counts_its_tasks_and_bytes(portal: Portal, browser: Visitor) -> None:
    batch = portal.world.batch(3)
    portal.world.slurm.say(batch.uuid, State.COMPLETED, task=0, exit_code=0, signal=0)
    portal.world.slurm.say(batch.uuid, State.FAILED, task=1, exit_code=1, signal=0)
    portal.world.sweep()
    text = browser.page("/jobs")
    assert "2 of 3 tasks ended, 1 not well" in text
    assert _shown(text) == [batch.id]


def test_as_many_questions_for_many_batches_as_for_one(portal: Portal, browser: Visitor) -> None:
    asked: list[str] = []
    with portal.app.app_context():
        engine = portal.app.extensions["sqlalchemy"].engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    portal.world.batch(2)
    browser.page("/jobs")
    one = len(asked)
    for _ in range(5):
        portal.world.batch(2)
    asked.clear()
    browser.page("/jobs")
    assert len(asked) == one, asked


def test_limits_are_shown_with_what_is_used(portal: Portal, browser: Visitor) -> None:
    set_quotas(portal.world.session, portal.world.user, {"stored_bytes": 2 * 2**30, "jobs_at_once": 4})
    portal.world.job(stored_bytes=2**30)
    text = browser.page("/jobs")
    assert "1.0 GB of 2.0 GB" in re.sub(r"\s+", " ", text)
    assert "<meter" in text


def test_what_is_removed_soon(portal: Portal, browser: Visitor) -> None:
    portal.world.job(JobState.DONE, expires_at=utc_now() + timedelta(days=20))
    assert "Removed soon" not in browser.page("/jobs")
    portal.world.job(JobState.DONE, expires_at=utc_now() + timedelta(days=2))
    assert "Removed soon" in browser.page("/jobs")


def test_all_of_a_page_are_ticked_without_scripts(portal: Portal, browser: Visitor) -> None:
    for _ in range(3):
        portal.world.job()
    boxes = [each for each in Page(browser.page("/jobs?all=1")).all("input") if each.get("name") == "job"]
    assert len(boxes) == 3
    assert all("checked" in box.attributes for box in boxes)


def test_cancelling_is_asked_for_and_told_of_each(portal: Portal, browser: Visitor) -> None:
    one, two, ended = portal.world.submit(), portal.world.submit(), _ended(portal)
    numbers = [str(job.id) for job in (one, two, ended)]
    asked = browser.post("/jobs/bulk", {"act": "cancel", "job": numbers, "back": "/jobs?show=active"})
    assert asked.status_code == 200
    assert "Cancel 2 jobs" in asked.text
    assert "has ended already" in asked.text
    portal.world.session.expire_all()
    assert one.cancel_at is None
    sent = {"act": "cancel", "job": numbers, "sure": "yes", "back": "/jobs?show=active"}
    answer = browser.post("/jobs/bulk", sent)
    assert (answer.status_code, answer.location) == (303, "/jobs?show=active")
    assert f"2 jobs are being cancelled, 1 had ended already (#{ended.id})." in browser.page("/jobs")
    portal.world.session.expire_all()
    assert one.cancel_at is not None
    assert two.cancel_at is not None


def test_deleting_leaves_what_has_not_ended(portal: Portal, browser: Visitor) -> None:
    ended, running = _ended(portal), portal.world.submit()
    numbers = [str(ended.id), str(running.id), "99999"]
    assert "Delete the files of 1 job" in browser.post("/jobs/bulk", {"act": "delete", "job": numbers}).text
    browser.post("/jobs/bulk", {"act": "delete", "job": numbers, "sure": "yes"})
    words = "The files of 1 job were deleted, 1 has not ended: cancel it first"
    text = browser.page("/jobs")
    assert f"{words} (#{running.id}), 1 is not there any more (#99999)." in text
    portal.world.session.expire_all()
    assert ended.deleted_at is not None
    assert running.deleted_at is None
    assert _shown(browser.page("/jobs?show=deleted")) == [ended.id]


def test_nobody_acts_on_anothers_jobs(portal: Portal) -> None:
    job = _ended(portal)
    eve = visit(portal, add_user(portal.world.session, name="eve", email="eve@example.org"))
    for act in ("cancel", "delete"):
        eve.post("/jobs/bulk", {"act": act, "job": [str(job.id)], "sure": "yes"})
    assert "data-job" not in eve.page("/jobs")
    portal.world.session.expire_all()
    assert job.deleted_at is None
    assert eve.get(f"/jobs/archive?job={job.id}").data.count(b"PK\x03\x04") == 0


def test_several_jobs_in_one_zip(portal: Portal, browser: Visitor) -> None:
    one, two, running = _ended(portal, {"a.txt": b"A"}), _ended(portal, {"a.txt": b"B"}), portal.world.submit()
    answer = browser.post("/jobs/bulk", {"act": "download", "job": [str(job.id) for job in (one, two, running)]})
    assert answer.status_code == 303
    sent = browser.get(answer.location)
    assert sent.headers["Content-Disposition"] == "attachment; filename=2-jobs.zip"
    with zipfile.ZipFile(io.BytesIO(sent.data)) as opened:
        assert opened.testzip() is None
        found = {name: opened.read(name) for name in opened.namelist() if name.endswith("a.txt")}
    assert found == {f"job-{one.id}/a.txt": b"A", f"job-{two.id}/a.txt": b"B"}
    assert "leaves out 1 job that has not ended" in browser.page("/jobs")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"act": "cancel"}, "choose one job or more first"),
        ({"act": "delete", "job": ["x"]}, "the number of a job"),
        ({"act": "delete", "job": [str(number) for number in range(101)]}, "at most 100"),
    ],
)
def test_a_wrong_choice_is_told(portal: Portal, browser: Visitor, sent: dict[str, Any], said: str) -> None:
    portal.world.job()
    assert browser.post("/jobs/bulk", sent).status_code == 303
    assert said in browser.page("/jobs")


def test_a_form_needs_its_proof(portal: Portal, browser: Visitor) -> None:
    job = portal.world.submit()
    answer = browser.client.post("/jobs/bulk", data={"act": "cancel", "job": str(job.id), "sure": "yes"})
    assert answer.status_code == 400
    portal.world.session.expire_all()
    assert job.cancel_at is None

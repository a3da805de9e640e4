"""Who sees the page of a job, and who changes something by it."""

import re
from typing import Any

import pytest

from allgo_hpc.accounts import add_user
from allgo_hpc.models import Job, JobEvent
from slurm import State
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit


@pytest.fixture
def ada(portal: Portal) -> Visitor:
    return visit(portal, portal.world.user)


def _end(portal: Portal, state: State, **more: Any) -> Job:
    job = portal.world.submit(**more)
    portal.slurm.say(job.uuid, state, exit_code=1 if state is State.FAILED else 0, signal=0)
    portal.world.sweep()
    return portal.job(job.id)


PATHS = ["", "/part", "/log", "/log?offset=0", "/log?search=x", "/log?download=1"]


@pytest.mark.parametrize("path", PATHS)
def test_somebody_elses_job_is_like_none(portal: Portal, path: str) -> None:
    job = _end(portal, State.COMPLETED)
    eve = visit(portal, add_user(portal.world.session, name="eve", email="eve@example.org"))
    theirs, none = (eve.get(f"/jobs/{number}{path}") for number in (job.id, job.id + 100))
    assert (theirs.status_code, none.status_code) == (404, 404)
    cleaned = [
        re.sub(r'value="[^"]*"|content="[^"]*"|next=\S+|/jobs/\d+', "", answer.text) for answer in (theirs, none)
    ]
    assert cleaned[0] == cleaned[1]
    assert visit(portal).get(f"/jobs/{job.id}{path}").status_code == 302
    root = add_user(portal.world.session, name="root", email="root@example.org", role="admin")
    assert visit(portal, root).get(f"/jobs/{job.id}{path}").status_code == 200


@pytest.mark.parametrize("act", ["cancel", "rerun", "keep", "delete", "notify"])
def test_nobody_else_changes_a_job(portal: Portal, ada: Visitor, act: str) -> None:
    job = portal.world.submit()
    eve = visit(portal, add_user(portal.world.session, name="eve", email="eve@example.org"))
    events = portal.world.session.query(JobEvent).count()
    assert eve.post(f"/jobs/{job.id}/{act}", {"days": "7"}).status_code == 404
    assert visit(portal).post(f"/jobs/{job.id}/{act}").status_code == 302
    assert ada.client.post(f"/jobs/{job.id}/{act}").status_code == 400  # without the page's token
    assert portal.world.session.query(JobEvent).count() == events


def test_the_author_sees_it_where_its_user_lets_them_and_changes_nothing(portal: Portal) -> None:
    job = _end(portal, State.FAILED)
    author = visit(portal, portal.world.app.owner)
    assert author.get(f"/jobs/{job.id}").status_code == 404
    job.author_may_see = True
    portal.world.session.commit()
    page = author.page(f"/jobs/{job.id}")
    assert "Submitted by" in page
    assert f'action="/jobs/{job.id}/' not in page
    assert author.post(f"/jobs/{job.id}/delete").status_code == 404


@pytest.mark.parametrize("number", ["0", "x", "-1", "1e3", "9" * 30, "\u0661", "1%00"])
def test_odd_numbers_are_no_jobs(ada: Visitor, number: str) -> None:
    assert ada.get(f"/jobs/{number}").status_code == 404

"""The page of a job, without scripts: what it says in each state, and what its forms do."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from allgo_hpc.models import Job, utc_now
from allgo_hpc.states import JobState
from slurm import State, Waiting
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def _forms(page: str, action: str) -> list[dict[str, str]]:
    """The hidden fields of each form with this address."""
    forms = re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL)
    return [dict(FIELD.findall(form)) for form in forms if f'action="{action}"' in form]


@pytest.fixture
def ada(portal: Portal) -> Visitor:
    return visit(portal, portal.world.user)


def _end(portal: Portal, state: State, **more: Any) -> Job:
    job = portal.world.submit(**more)
    portal.slurm.say(job.uuid, state, exit_code=1 if state is State.FAILED else 0, signal=0)
    portal.world.sweep()
    return portal.job(job.id)


def _words(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", page).split()))


def test_a_waiting_job_tells_its_place_and_when_it_may_start(portal: Portal, ada: Visitor) -> None:
    job = portal.world.submit()
    portal.slurm.say(job.uuid, State.PENDING, reason="Priority")
    portal.world.sweep()
    assert job.slurm_id is not None
    standard = frozenset({"standard"})
    soon = utc_now() + timedelta(hours=2)
    portal.slurm.line = [Waiting(1, standard, 9, None), Waiting(job.slurm_id, standard, 1, soon)]
    told = _words(ada.page(f"/jobs/{job.id}"))
    assert "Other jobs are before it in the queue." in told
    assert "Place in the queue 2 of 2" in told
    assert "in 2 hours" in told
    assert "Confirmed by the cluster" in told
    assert "accepted" in told


def test_a_silent_cluster_is_said(portal: Portal, ada: Visitor) -> None:
    job = portal.world.submit()
    portal.slurm.be_away()
    portal.world.sweep()
    told = _words(ada.page(f"/jobs/{job.id}"))
    assert told.count("The cluster has not answered since") == 2  # above every page, and beside the state


def test_a_running_job_tells_how_far_it_is(portal: Portal, ada: Visitor) -> None:
    job = portal.world.submit(queue="batch")
    begun = utc_now() - timedelta(minutes=4)
    portal.slurm.say(job.uuid, State.RUNNING, nodes="c1", started_at=begun)
    portal.world.sweep()
    job = portal.job(job.id)
    assert "How long it will take is not known." in ada.page(f"/jobs/{job.id}")
    job.progress, job.progress_message = 0.4, "<b>denoising</b>"
    portal.world.session.commit()
    page = ada.page(f"/jobs/{job.id}")
    assert "About 6 minutes left, by what the app says" in page
    assert "4 minutes of at most 24 hours" in page
    assert "&lt;b&gt;denoising&lt;/b&gt;" in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_the_past_of_the_app_makes_an_estimate(portal: Portal, ada: Visitor) -> None:
    begun = utc_now() - timedelta(minutes=4)
    for _ in range(3):
        portal.world.job(JobState.DONE, started_at=begun - timedelta(minutes=6), finished_at=begun)
    job = portal.world.submit()
    portal.slurm.say(job.uuid, State.RUNNING, nodes="c1", started_at=begun)
    portal.world.sweep()
    assert "an estimate: half of such jobs took 6 minutes or less" in ada.page(f"/jobs/{job.id}")


@pytest.mark.parametrize(
    ("state", "said", "button"),
    [
        (State.TIMEOUT, "Stopped at the limit of the interactive queue",
         ("Run again on the standard queue", {"queue": "standard"})),
        (State.OUT_OF_MEMORY, "It needed more than the 64.0 MB", ("Run again with", {"memory_mb": "128"})),
        (State.NODE_FAIL, "node", ("Run it again", {})),
        (State.FAILED, "exit code 1", ("Run it again", {})),
    ],
)  # fmt: skip
def test_each_failure_has_its_words_and_its_button(
    portal: Portal, ada: Visitor, state: State, said: str, button: tuple[str, dict[str, str]]
) -> None:
    label, changes = button
    job = _end(portal, state, queue="interactive", files={"moon.txt": b"The moon."}, param="-x")
    page = ada.page(f"/jobs/{job.id}")
    assert said.replace("64.0", "64") in _words(page)
    assert label in page
    form = _forms(page, f"/jobs/{job.id}/rerun")[0]
    assert {name: value for name, value in form.items() if name not in {"csrf_token", "key"}} == changes
    answers = [ada.post(f"/jobs/{job.id}/rerun", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location, "a double click made two jobs"
    new = portal.job(int(answers[0].location.rsplit("/", 1)[1]))
    assert (new.rerun_of, new.param) == (job.id, "-x")
    for name, value in changes.items():
        assert str(getattr(new, name)) == value
    assert f'href="/jobs/{job.id}"' in ada.page(f"/jobs/{new.id}")


def test_a_lost_job_says_what_that_means(portal: Portal, ada: Visitor) -> None:
    job = portal.world.job(JobState.LOST, finished_at=utc_now())
    assert "Lost means: the cluster answers, but knows nothing of this job" in ada.page(f"/jobs/{job.id}")


def test_cancelling_shows_until_the_cluster_has_confirmed_it(portal: Portal, ada: Visitor) -> None:
    job = portal.world.submit()
    portal.slurm.say(job.uuid, State.RUNNING, nodes="c1", started_at=utc_now())
    portal.world.sweep()
    assert ada.post(f"/jobs/{job.id}/cancel").status_code == 303
    page = ada.page(f"/jobs/{job.id}")
    assert "Cancelling since" in page
    assert "/cancel" not in page
    assert ada.post(f"/jobs/{job.id}/cancel").status_code == 303  # twice is no error
    portal.slurm.say(job.uuid, State.CANCELLED, exit_code=0, signal=15)
    portal.world.sweep()
    page = ada.page(f"/jobs/{job.id}")
    assert "Cancelling since" not in page
    assert 'class="state cancelled"' in page
    late = ada.post(f"/jobs/{job.id}/cancel")
    assert late.status_code == 409
    assert "there is nothing to cancel" in late.text


def test_keeping_longer(portal: Portal, ada: Visitor) -> None:
    job = _end(portal, State.COMPLETED)
    before = job.expires_at
    assert "90 days from now" in ada.page(f"/jobs/{job.id}")
    assert ada.post(f"/jobs/{job.id}/keep", {"days": "90"}).status_code == 303
    after = portal.job(job.id).expires_at
    assert before is not None
    assert after is not None
    assert after - before > timedelta(days=50)
    for days, status in (("9000", 400), ("-1", 400), ("x", 400), ("", 400), ("9" * 50, 400)):
        answer = ada.post(f"/jobs/{job.id}/keep", {"days": days})
        assert answer.status_code == status, days
        assert 'role="alert"' in answer.text


def test_a_deleted_job_tells_what_is_known(portal: Portal, ada: Visitor) -> None:
    job = _end(portal, State.COMPLETED, files={"moon.txt": b"The moon."}, param="-x 5")
    assert ada.post(f"/jobs/{job.id}/delete").status_code == 303
    page = ada.page(f"/jobs/{job.id}")
    for known in ("Its files were deleted", "-x 5", "moon.txt", f"/apps/textstats?from={job.id}"):
        assert known in page
    assert not _forms(page, f"/jobs/{job.id}/rerun")
    assert ada.get(f"/jobs/{job.id}/log").status_code == 410
    again = ada.post(f"/jobs/{job.id}/rerun")
    assert again.status_code == 409
    assert "moon.txt" in again.text
    assert ada.post(f"/jobs/{job.id}/keep", {"days": "7"}).status_code == 410
    assert ada.post(f"/jobs/{job.id}/delete").status_code == 303


def test_an_unended_job_is_not_deleted(portal: Portal, ada: Visitor) -> None:
    job = portal.world.submit()
    assert ada.post(f"/jobs/{job.id}/delete").status_code == 409


def test_a_mail_at_the_end_is_wanted_or_not(portal: Portal, ada: Visitor) -> None:
    job = portal.world.submit()
    for wanted in ("1", "", "1"):
        assert _forms(ada.page(f"/jobs/{job.id}"), f"/jobs/{job.id}/notify")[0]["wanted"] == wanted
        assert ada.post(f"/jobs/{job.id}/notify", {"wanted": wanted}).status_code == 303
        assert portal.job(job.id).mail_at_end is bool(wanted)
    portal.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    portal.world.sweep()
    assert ada.post(f"/jobs/{job.id}/notify", {"wanted": "1"}).status_code == 409


def test_a_batch_lists_its_tasks_by_state_and_page(portal: Portal, ada: Visitor) -> None:
    batch = portal.world.batch(55)
    portal.slurm.say(batch.uuid, State.PENDING)
    portal.slurm.say(batch.uuid, State.FAILED, task=3, exit_code=2, signal=0)
    portal.world.sweep()
    tasks = portal.world.tasks(batch)
    page = ada.page(f"/jobs/{batch.id}")
    assert "55 tasks, 1 ended" in _words(page)
    assert f'href="/jobs/{tasks[49].id}"' in page
    assert f'href="/jobs/{tasks[50].id}"' not in page
    assert f'href="/jobs/{tasks[54].id}"' in ada.page(f"/jobs/{batch.id}?task=50")
    failed = ada.page(f"/jobs/{batch.id}?state=error")
    assert f'href="/jobs/{tasks[3].id}"' in failed
    assert f'href="/jobs/{tasks[4].id}"' not in failed
    assert f'href="/jobs/{batch.id}"' in ada.page(f"/jobs/{tasks[3].id}")
    assert ada.get(f"/jobs/{batch.id}?task=x&state=<b>").status_code == 200
    assert ada.get(f"/jobs/{batch.id}/log").status_code == 409


def test_the_parts_are_those_of_the_page(portal: Portal, ada: Visitor) -> None:
    job = _end(portal, State.COMPLETED)
    names = re.compile(r'data-part="(\w+)"')
    assert sorted(names.findall(ada.page(f"/jobs/{job.id}"))) == sorted(names.findall(ada.page(f"/jobs/{job.id}/part")))


HOSTILE = "<script>alert(1)</script>' \" \u202egnp.exe \u200b"


def test_what_others_wrote_stays_text(portal: Portal, ada: Visitor) -> None:
    portal.world.app.title = (HOSTILE + "x" * 300)[:200]
    job = portal.world.job(JobState.DONE, param=HOSTILE, reason=HOSTILE, log_tail=HOSTILE, finished_at=utc_now())
    for path in (f"/jobs/{job.id}", f"/jobs/{job.id}/part", f"/jobs/compare?a={job.id}&b={job.id}"):
        page = ada.page(path)
        assert "<script>alert" not in page
        shown = page.split("<details", 1)[0]
        assert "\u202e" not in shown.replace(html.escape(HOSTILE), "")


def test_a_param_of_64_kb_is_folded_away(portal: Portal, ada: Visitor) -> None:
    job = portal.world.job(JobState.DONE, param="x " * 32_000, finished_at=utc_now())
    assert "64000 characters" in ada.page(f"/jobs/{job.id}")
    assert ada.get(f"/jobs/compare?a={job.id}&b={job.id}").status_code == 200


def test_the_same_with_curl_can_be_pasted(portal: Portal, ada: Visitor) -> None:
    job = _end(portal, State.COMPLETED, files={'it\'s; "odd".txt': b"x"}, param="-e 'a b' $HOME")
    told = html.unescape(ada.page(f"/jobs/{job.id}"))
    assert """--form-string 'job[param]=-e '"'"'a b'"'"' $HOME'""" in told
    assert """-F 'files[0]=@"it'"'"'s; \\"odd\\".txt"'""" in told


def test_the_same_with_curl_has_what_was_chosen(portal: Portal, ada: Visitor) -> None:
    own, chosen = portal.world.submit(), portal.world.submit(cpus=4, memory_mb=99)
    told = html.unescape(ada.page(f"/jobs/{chosen.id}"))
    assert "'job[cpus]=4'" in told
    assert "'job[memory_mb]=99'" in told
    assert "<dt>Processors</dt><dd>4</dd>" in told
    assert "job[cpus]" not in ada.page(f"/jobs/{own.id}")
    compared = _words(ada.page(f"/jobs/compare?a={own.id}&b={chosen.id}"))
    assert "Processors ≠ differs 1 4 " in compared


def test_a_rerun_button_may_change_cores(portal: Portal, ada: Visitor) -> None:
    job = portal.world.submit(cpus=4)
    path = f"/jobs/{job.id}/rerun"
    answer = ada.post(path, {"cpus": "2"})
    assert portal.job(int(answer.location.rsplit("/", 1)[1])).cpus == 2
    assert ada.post(path, {"cpus": "65"}).status_code == 400
    assert ada.post(path, {"cpus": "x"}).status_code == 400


def test_two_jobs_are_compared(portal: Portal, ada: Visitor) -> None:
    first = portal.finished({"a.txt": b"1", "b.txt": b"2"})[0]
    second = portal.finished({"a.txt": b"1", "b.txt": b"3"})[0]
    first.param, second.param = "-n 1 --same", "-n 2 --same"
    portal.world.session.commit()
    page = ada.page(f"/jobs/compare?a={first.id}&b={second.id}")
    assert "<mark>1</mark>" in page
    assert "<mark>2</mark>" in page
    assert "2 equal, 1 different, 0 in one of them only." in page
    assert f'href="/jobs/{first.id}/files/b.txt"' in page
    assert "a.txt" not in ada.page(f"/jobs/compare?a={first.id}&b={second.id}&only=differing")
    for query, status in (("", 400), ("?a=1", 400), (f"?a={first.id}&b=99", 404), (f"?a={first.id}&b=x", 404)):
        assert ada.get(f"/jobs/compare{query}").status_code == status
    assert ada.get(f"/jobs/compare?a={first.id}&b={second.id}&after=%00x").status_code == 200

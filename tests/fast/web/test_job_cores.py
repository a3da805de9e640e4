"""The processor cores of a job over HTTP: asked for, given by the app, refused; and what Slurm will not give."""

from typing import Any

import pytest

from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal, assert_refused
from tests.fast.web.visitor import visit

INPUT = forms.file("files[0]", "a", b"1")


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    made = make_portal(request.param, cpus_max=8)
    made.world.app.cpus = 3
    made.world.session.commit()
    return made


def _rerun(portal: Portal, number: int, changes: dict[str, Any], kind: str = "json") -> Any:
    path = f"{JOBS}/{number}/rerun"
    if kind == "multipart":
        return portal.post(forms.body(*[forms.field(name, str(value)) for name, value in changes.items()]), path=path)
    return portal.client.post(path, headers=portal.auth, **{kind: changes})


@pytest.mark.parametrize(("sent", "cpus"), [("1", 1), ("8", 8), ("08", 8), ("", 3), (None, 3)])
def test_what_is_asked_for_goes_to_slurm_and_is_told(portal: Portal, sent: str | None, cpus: int) -> None:
    number = portal.submit(INPUT, *([] if sent is None else [forms.field("job[cpus]", sent)]))
    assert portal.slurm.submitted[-1].cpus == cpus
    assert portal.state(number)["resources"]["asked"]["cpus"] == cpus
    assert portal.job(number).cpus == cpus


def test_each_task_of_a_batch_gets_as_many(portal: Portal) -> None:
    number = portal.submit(INPUT, forms.field("job[batch]", "each"), forms.field("job[cpus]", "2"))
    assert [job.cpus for job in (portal.job(number), *portal.world.tasks(portal.job(number)))] == [2, 2]
    assert portal.slurm.submitted[-1].cpus == 2


def test_an_apps_own_number_is_allowed_where_the_site_allows_less(portal: Portal) -> None:
    portal.world.app.cpus = 20
    portal.world.session.commit()
    assert portal.job(portal.submit(INPUT, forms.field("job[cpus]", "20"))).cpus == 20
    answer = portal.post(forms.body(forms.APP, forms.field("job[cpus]", "21")))
    assert "it may be 1 to 20" in assert_refused(answer, 400, code="bad_input", field="job[cpus]")


@pytest.mark.parametrize("name", ["cpus", "memory_mb"])
@pytest.mark.parametrize("sent", ["0", "-1", "1.5", "many", "1e3", "٣", " 2", "1_0", "\0", str(10**30), "9" * 9000])
def test_a_number_that_may_not_be(portal: Portal, name: str, sent: str) -> None:
    before = portal.left()
    field = f"job[{name}]"
    answer = portal.post(forms.body(forms.APP, INPUT, forms.field(field, sent)))
    said = assert_refused(answer, 400, code="bad_input", field=field)
    assert field in said
    limits = "it may be 1 to 8" if name == "cpus" else "it may be 16 to 16384"
    assert (limits if sent in {"0", "-1", str(10**30)} else "a whole number above 0") in said
    assert portal.left() == before
    assert portal.slurm.submitted == []


@pytest.mark.parametrize("kind", ["json", "data", "multipart"])
def test_run_again_with_other_cores(portal: Portal, kind: str) -> None:
    number = portal.submit(INPUT, forms.field("job[cpus]", "2"), forms.field("job[memory_mb]", "70"))
    for changes, asked in (
        ({"param": "-y"}, (2, 70)), ({"cpus": 5}, (5, 70)), ({"cpus": "5", "memory_mb": 99}, (5, 99)),
        ({"cpus": "", "memory_mb": ""}, (3, 64)),
    ):  # fmt: skip
        answer = _rerun(portal, number, changes, kind)
        assert answer.status_code == 200, answer.text
        job = portal.job(answer.get_json()["id"])
        assert (job.cpus, job.memory_mb) == asked
        assert (portal.slurm.submitted[-1].cpus, portal.slurm.submitted[-1].memory_mb) == asked


@pytest.mark.parametrize("name", ["cpus", "memory_mb"])
@pytest.mark.parametrize("sent", [1.5, 64.9, True, None, "many", "1.5", [2], {}, "9" * 9000])
def test_a_change_that_is_no_number(portal: Portal, name: str, sent: object) -> None:
    number = portal.submit(INPUT)
    before = portal.left()
    assert_refused(_rerun(portal, number, {name: sent}), 400, code="bad_input", field=name)
    assert portal.left() == before


@pytest.mark.parametrize("sent", [0, -1, 9, 10**30, "0", "9"])
def test_a_change_out_of_its_limits_names_them(portal: Portal, sent: object) -> None:
    answer = _rerun(portal, portal.submit(INPUT), {"cpus": sent})
    assert "it may be 1 to 8" in assert_refused(answer, 400, code="bad_input", field="job[cpus]")


@pytest.mark.parametrize(
    ("lacking", "english", "french"),
    [
        ("cpus", "The queue 'standard' cannot give 8 processor cores (job[cpus]) to one job",
         "La file « standard » ne peut pas donner 8 cœurs de processeur (job[cpus])"),
        ("node", "memory: 70 MB (job[memory_mb]), cores: 8 (job[cpus]); run it again with less.",
         "mémoire : 70 Mo (job[memory_mb]), cœurs : 8 (job[cpus]) ; relancez-le avec moins."),
        ("", "Slurm refused the job: no such luck", "Slurm a refusé le job : no such luck"),
    ],
)  # fmt: skip
def test_more_than_any_machine_has(portal: Portal, lacking: str, english: str, french: str) -> None:
    portal.slurm.refuse("Slurm refused the job: no such luck", lacking=lacking)
    number = portal.submit(INPUT, forms.field("job[cpus]", "8"), forms.field("job[memory_mb]", "70"))
    told = portal.state(number)
    assert (told["state"], told["status"]) == ("error", "error")
    assert english in told["reason"]
    assert told["reason"].count("Slurm refused the job") <= 1
    ada = visit(portal, portal.world.user)
    page = ada.get(f"/jobs/{number}", headers={"Accept-Language": "fr"}).text
    assert french in page.replace("\u00a0", " ")  # French sets a space that does not break before a colon


def test_a_deleted_jobs_cores_are_still_known(portal: Portal) -> None:
    number = portal.submit(INPUT, forms.field("job[cpus]", "2"))
    portal.end(number)
    assert portal.client.delete(f"{JOBS}/{number}", headers=portal.auth).status_code == 204
    assert portal.get(f"{JOBS}/{number}").get_json()["job"]["cpus"] == 2

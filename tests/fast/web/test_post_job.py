"""POST /api/v1/jobs: what clients send, and what they get."""

import pytest

from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal


@pytest.mark.parametrize("path", [JOBS, f"{JOBS}/"])
def test_the_answer_comes_at_once_without_a_redirect(portal: Portal, path: str) -> None:
    answer = portal.post(forms.body(forms.APP), path=path)
    assert answer.status_code == 200
    told = answer.get_json()
    assert set(told) >= {"avg_time", "id", "url"}
    assert type(told["id"]) is int
    assert type(told["avg_time"]) is int
    assert told["url"] == f"http://localhost{JOBS}/{told['id']}"


def test_the_url_has_the_address_that_people_know(make_portal: MakePortal) -> None:
    portal = make_portal(base_url="https://allgo.example.org/")
    told = portal.post(forms.body(forms.APP)).get_json()
    assert told["url"] == f"https://allgo.example.org{JOBS}/{told['id']}"


@pytest.mark.parametrize("name", ["webapp_id", "webapp_name", "webapp"])
@pytest.mark.parametrize("by_number", [True, False])
def test_the_app_by_number_and_by_name_in_each_field(portal: Portal, name: str, *, by_number: bool) -> None:
    wanted = str(portal.world.app.id) if by_number else "textstats"
    answer = portal.post(forms.urlencoded(**{name: wanted}), forms.URLENCODED)
    assert answer.status_code == 200
    assert portal.job(answer.get_json()["id"]).app_id == portal.world.app.id


def test_the_public_clients_two_fields(portal: Portal) -> None:
    sent = forms.urlencoded(
        webapp_name="textstats", webapp_id="textstats", queue="batch", param="-a 'b c'", version="1"
    )
    answer = portal.post(sent, forms.URLENCODED)
    job = portal.job(answer.get_json()["id"])
    assert (job.queue, job.param, job.version.number) == ("batch", "-a 'b c'", 1)
    assert portal.world.words(job) == ["-a", "b c"]


@pytest.mark.parametrize("content_type", [forms.URLENCODED, f"{forms.URLENCODED}; charset=UTF-8", None])
def test_a_form_without_files(portal: Portal, content_type: str) -> None:
    answer = portal.post(forms.urlencoded(webapp_id="textstats", param="é 中"), content_type)
    assert answer.status_code == 200
    assert portal.world.words(portal.job(answer.get_json()["id"])) == ["é", "中"]


def test_urlencoded_text_may_come_unescaped(portal: Portal) -> None:
    answer = portal.post("job[webapp_id]=textstats&job[param]=é".encode(), forms.URLENCODED)
    assert answer.status_code == 200
    assert portal.job(answer.get_json()["id"]).param == "é"


def test_fields_as_parts_are_fields_and_files_are_inputs(portal: Portal) -> None:
    number = portal.submit(
        forms.field("job[param]", "-x"),
        forms.field("job[queue]", ""),
        forms.field("commit", "Run"),
        forms.file("files[0]", "a.txt", b"a"),
        forms.file("file", "b.txt", b"b"),
        forms.file("file", "c.txt", b"c"),
    )
    job = portal.job(number)
    assert (job.param, job.queue) == ("-x", "standard")
    assert portal.input_names(number) == {"a.txt", "b.txt", "c.txt"}


def test_the_bytes_arrive_as_they_were_sent(portal: Portal) -> None:
    content = bytes(range(256)) * 20_000 + b"\r\n--" + forms.BOUNDARY[:-1] + b"\r\n" + b"\r\n\r\n--\n"
    number = portal.submit(forms.file("file", "big.bin", content), forms.file("file", "after", b"x"))
    folder = portal.world.services.layout.job_dir(portal.job(number))
    assert (folder / "big.bin").read_bytes() == content
    assert (folder / "after").read_bytes() == b"x"


@pytest.mark.parametrize("fault", ["be_away", "lose_answers", "refuse"])
def test_an_accepted_job_is_kept_whatever_slurm_says(portal: Portal, fault: str) -> None:
    getattr(portal.slurm, fault)()
    number = portal.submit(forms.file("file", "a.txt"))
    told = portal.state(number)
    assert told["state"] == ("error" if fault == "refuse" else "created")
    assert told["status"] == ("error" if fault == "refuse" else "in progress")
    assert portal.input_names(number) == {"a.txt"}
    assert told["reason"]


@pytest.mark.parametrize("header", ["Token token={}", 'Token token="{}"', "token  token={}", "Bearer {}", "bearer {}"])
def test_the_ways_to_send_a_token(portal: Portal, header: str) -> None:
    answer = portal.post(forms.body(forms.APP), headers={"Authorization": header.format(portal.token)})
    assert answer.status_code == 200

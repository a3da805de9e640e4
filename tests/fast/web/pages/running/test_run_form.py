"""The run form without scripts: sent, sent twice, refused, filled from a job."""

from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from allgo_hpc.models import Job
from allgo_hpc.parameters.schema import check_parameters
from tests import hostile
from tests.fast.domain.world import add_version
from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.page import Page
from tests.fast.web.pages.running.sending import RUN, TYPED, field_shown, send
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit


def _wrong(answer: TestResponse) -> dict[str, str]:
    return {
        each.get("data-wrong"): each.text
        for each in Page(answer.text).elements
        if "data-wrong" in each.attributes and "hidden" not in each.attributes
    }


def _jobs(portal: Portal) -> list[Job]:
    portal.world.session.expire_all()
    return list(portal.world.session.scalars(select(Job).order_by(Job.id)))


def test_files_and_fields_become_a_job(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    answer = send(
        visitor, {"a b.txt": b"one", "é;'.txt": b"two"}, param="-x 'a b'", queue="batch", memory_mb="128",
        cpus="4", mail_at_end="true",
    )  # fmt: skip
    (job,) = _jobs(portal)
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job.id}")
    assert (job.param, job.queue, job.memory_mb, job.cpus, job.mail_at_end) == ("-x 'a b'", "batch", 128, 4, True)
    assert portal.input_names(job.id) == {"a b.txt", "é;'.txt"}


def test_no_file_is_no_error(portal: Portal) -> None:
    assert send(visit(portal, portal.world.user), param="x").status_code == 303


def test_one_job_per_file(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    answer = send(visitor, {"1.txt": b"1", "2.txt": b"2"}, batch="each")
    batch = portal.job(int(answer.location.rsplit("/")[-1]))
    assert batch.tasks == 2


def test_sent_twice_it_is_one_job_and_changed_it_is_said(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    key = field_shown(visitor.get(RUN), "key").get("value")
    first, second = (send(visitor, {"a.txt": b"1"}, key=key, param="p") for _ in range(2))
    assert first.location == second.location
    assert len(_jobs(portal)) == 1
    other = send(visitor, {"a.txt": b"1"}, key=key, param="q")
    assert other.status_code == 422
    assert "sent already" in other.text
    again = field_shown(other, "key").get("value")
    assert again != key
    assert send(visitor, {"a.txt": b"1"}, key=again, param="q").status_code == 303
    assert len(_jobs(portal)) == 2


def test_two_tabs_are_two_jobs(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    keys = [field_shown(visitor.get(RUN), "key").get("value") for _ in range(2)]
    for key in keys:
        assert send(visitor, {"a.txt": b"1"}, key=key).status_code == 303
    assert len(_jobs(portal)) == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"queue": "fast"}, "job[queue]"),
        ({"memory_mb": "5"}, "job[memory_mb]"), ({"memory_mb": "x"}, "job[memory_mb]"),
        ({"cpus": "0"}, "job[cpus]"), ({"cpus": "65"}, "job[cpus]"), ({"cpus": "-1"}, "job[cpus]"),
        ({"cpus": "1.5"}, "job[cpus]"), ({"cpus": "many"}, "job[cpus]"), ({"cpus": str(10**30)}, "job[cpus]"),
        ({"param": "it's"}, "job[param]"), ({"version": "9"}, "job[version]"), ({"preset": "gone"}, "preset"),
    ],
)  # fmt: skip
def test_refused_it_comes_back_as_it_was(portal: Portal, fields: dict[str, str], field: str) -> None:
    portal.world.app.presets = [{"name": "p", "param": "x", "explanation": ""}]
    add_version(portal.world.session, portal.world.app, 2)
    sent = {"param": "-t '<b>'", "memory_mb": "99", "cpus": "2", "version": "1", "queue": "batch"} | fields
    sent["mail_at_end"] = "true"
    answer = send(visit(portal, portal.world.user), {"a.txt": b"x"}, **sent)
    assert answer.status_code == 400
    assert list(_wrong(answer)) == [field]
    assert field_shown(answer, "job[param]").get("value") == sent["param"]
    for name in ("memory_mb", "cpus"):
        assert field_shown(answer, f"job[{name}]").get("value") == sent[name]
    boxes = [each for each in Page(answer.text).elements if each.get("id") == "run-mail"]
    assert "checked" in boxes[0].attributes
    assert "chosen again" in answer.text
    assert portal.left() == []


@pytest.mark.parametrize("name", [*hostile.PATHS, *hostile.CONTROLS])
def test_hostile_names_lose_nothing(portal: Portal, name: str) -> None:
    visitor = visit(portal, portal.world.user)
    parts = f'--B\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{visitor.token()}\r\n'
    parts += f'--B\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\nx\r\n'
    parts += '--B\r\nContent-Disposition: form-data; name="job[param]"\r\n\r\nkept\r\n--B--\r\n'
    body = parts.encode("utf-8", "surrogateescape")
    answer = visitor.client.post(RUN, data=body, content_type="multipart/form-data; boundary=B", buffered=True)
    if answer.status_code == 303:
        assert len(_jobs(portal)) == 1
        return
    assert answer.status_code == 400
    assert portal.left() == []
    if "malformed" not in answer.text and "UTF-8" not in answer.text:
        assert field_shown(answer, "job[param]").get("value") == "kept"
        assert "files" in _wrong(answer)


def test_too_much_is_read_to_its_end_and_said(make_portal: MakePortal) -> None:
    portal = make_portal(upload_max_bytes=2000, upload_max_files=2)
    visitor = visit(portal, portal.world.user)
    answer = send(visitor, {"a.bin": b"x" * 3000, "b.bin": b"y" * 100_000}, param="kept")
    assert answer.status_code == 413
    assert "files" in _wrong(answer)
    many = send(visitor, {f"{number}.bin": b"x" for number in range(3)}, param="kept")
    assert many.status_code == 413
    assert field_shown(many, "job[param]").get("value") == field_shown(answer, "job[param]").get("value") == "kept"
    assert portal.left() == []


def test_the_fields_after_the_files_are_kept_too(make_portal: MakePortal) -> None:
    portal = make_portal(upload_max_bytes=2000)
    visitor = visit(portal, portal.world.user)
    token, late = forms.field("csrf_token", visitor.token()), forms.field("job[param]", "late")
    body = forms.body(token, forms.file("files", "a", b"x" * 9000), late)
    answer = visitor.client.post(RUN, data=body, content_type=forms.MULTIPART, buffered=True)
    assert (answer.status_code, field_shown(answer, "job[param]").get("value")) == (413, "late")


def test_typed_fields_make_the_string(portal: Portal) -> None:
    portal.world.app.parameters = check_parameters(TYPED)
    portal.world.session.commit()
    visitor = visit(portal, portal.world.user)
    fields = {"mode": "values", "value[Rounds]": "3", "value[Fast]": "1", "value[A 'b' <c>]": "it's $HOME"}
    assert send(visitor, param="ignored", **fields).status_code == 303
    assert _jobs(portal)[-1].param == """--iter 3 -f --title 'it'"'"'s $HOME'"""
    assert send(visitor, param="--own", **fields | {"mode": "string"}).status_code == 303
    assert _jobs(portal)[-1].param == "--own"
    for wrong in ("", "x", "10"):
        answer = send(visitor, **fields | {"value[Rounds]": wrong})
        assert list(_wrong(answer)) == ["value[Rounds]"]
        assert field_shown(answer, "value[A 'b' <c>]").get("value") == "it's $HOME"
    assert len(_jobs(portal)) == 2


def test_a_preset_takes_the_place_of_the_text(portal: Portal) -> None:
    portal.world.app.presets = [{"name": "Quick <b>", "param": "--iter 1", "explanation": "says & <i>"}]
    portal.world.session.commit()
    visitor = visit(portal, portal.world.user)
    assert "says &amp; &lt;i&gt;" in visitor.page(RUN)
    send(visitor, preset="Quick <b>", param="other")
    assert _jobs(portal)[0].param == "--iter 1"


def test_from_a_job_it_runs_it_again_with_changes(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    send(visitor, {"a.txt": b"1", "b.txt": b"2"}, param="-x", queue="batch", memory_mb="77", cpus="3")
    first = _jobs(portal)[0]
    shown = visitor.get(f"{RUN}?from={first.id}")
    kept = ("job[param]", "job[memory_mb]", "job[cpus]", "from")
    assert [field_shown(shown, name).get("value") for name in kept] == ["-x", "77", "3", "1"]
    assert "checked" in field_shown(shown, "take_inputs").attributes
    answer = send(visitor, {"a.txt": b"new"}, source=str(first.id), take_inputs="1", param="-y", queue="standard")
    assert answer.status_code == 303, answer.text
    again = _jobs(portal)[1]
    assert (again.rerun_of, again.param, again.queue) == (first.id, "-y", "standard")
    assert (again.memory_mb, again.cpus) == (64, 1)
    folder = portal.world.services.layout.job_dir(again)
    assert ((folder / "a.txt").read_bytes(), (folder / "b.txt").read_bytes()) == (b"new", b"2")
    send(visitor, {"c.txt": b"3"}, source=str(first.id), param="-z")
    assert portal.input_names(_jobs(portal)[2].id) == {"c.txt"}


def test_what_is_taken_over_is_one_job(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    job = portal.world.submit("", {"a.txt": b"1"})
    answer = send(visitor, {"b.txt": b"2"}, source=str(job.id), take_inputs="1", batch="each")
    assert (answer.status_code, list(_wrong(answer))) == (400, ["job[batch]"])


def test_cluster_paths_where_they_are_offered(make_portal: MakePortal, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    portal = make_portal(cluster_paths=str(tmp_path / "data"))
    visitor = visit(portal, portal.world.user)
    assert "job[paths]" not in visitor.page(RUN)
    portal.world.user.cluster_account = "nobody-here"
    portal.world.session.commit()
    assert "job[paths]" in visitor.page(RUN)
    answer = send(visitor, paths="/etc/passwd\n", param="kept")
    assert answer.status_code in {400, 403, 404, 503}
    assert list(_wrong(answer)) == ["job[paths]"]
    assert "/etc/passwd" in answer.text
    assert portal.left() == []


def test_the_storage_is_away(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = visit(portal, portal.world.user)
    staging = portal.world.services.layout.staging
    staging.rename(staging.with_name("elsewhere"))
    answer = send(visitor, {"a.txt": b"x"}, param="kept")
    assert (answer.status_code, field_shown(answer, "job[param]").get("value")) == (503, "kept")


def test_advice_without_scripts(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    assert "recommended" in visitor.page("/apps/textstats/advice")
    portal.slurm.be_away()
    assert "does not say" in visitor.page("/apps/textstats/advice")

"""The run form without scripts: sent, sent twice, refused, from somebody who was signed out, filled from a job."""

import html
import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from allgo_hpc.models import Job
from allgo_hpc.parameters.schema import check_parameters
from tests import hostile
from tests.fast.domain.world import add_app, add_version
from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.page import Element, Page
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit

RUN = "/apps/textstats/run"
TYPED = [
    {"name": "Rounds", "type": "number", "option": "--iter", "integer": True, "required": True, "max": 9},
    {"name": "Fast", "type": "flag", "option": "-f"},
    {"name": "A 'b' <c>", "type": "text", "option": "--title"},
]


def _send(
    visitor: Visitor, files: dict[str, bytes] | None = None, token: str | None = None, **fields: Any
) -> TestResponse:
    """Send the form as a browser does: the token first, then fields and files."""
    data: MultiDict[str, Any] = MultiDict([("csrf_token", visitor.token() if token is None else token)])
    data.update({_NAMES.get(name, name): value for name, value in fields.items()})
    for name, content in (files or {}).items():
        data.add("files", (io.BytesIO(content), name))
    return visitor.client.post(RUN, data=data, content_type="multipart/form-data", buffered=True)


_SENT = ("param", "queue", "version", "memory_mb", "cpus", "batch", "mail_at_end", "paths")
_NAMES = {name: f"job[{name}]" for name in _SENT}
_NAMES["source"] = "from"


def _shown(answer: TestResponse, name: str) -> Element:
    named = [each for each in Page(answer.text).elements if each.get("name") == name]
    return next(each for each in named if len(named) == 1 or each.get("type") != "hidden")


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
    answer = _send(
        visitor, {"a b.txt": b"one", "é;'.txt": b"two"}, param="-x 'a b'", queue="batch", memory_mb="128",
        cpus="4", mail_at_end="true",
    )  # fmt: skip
    (job,) = _jobs(portal)
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job.id}")
    assert (job.param, job.queue, job.memory_mb, job.cpus, job.mail_at_end) == ("-x 'a b'", "batch", 128, 4, True)
    assert portal.input_names(job.id) == {"a b.txt", "é;'.txt"}


def test_no_file_is_no_error(portal: Portal) -> None:
    assert _send(visit(portal, portal.world.user), param="x").status_code == 303


def test_one_job_per_file(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    answer = _send(visitor, {"1.txt": b"1", "2.txt": b"2"}, batch="each")
    batch = portal.job(int(answer.location.rsplit("/")[-1]))
    assert batch.tasks == 2


def test_sent_twice_it_is_one_job_and_changed_it_is_said(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    key = _shown(visitor.get(RUN), "key").get("value")
    first, second = (_send(visitor, {"a.txt": b"1"}, key=key, param="p") for _ in range(2))
    assert first.location == second.location
    assert len(_jobs(portal)) == 1
    other = _send(visitor, {"a.txt": b"1"}, key=key, param="q")
    assert other.status_code == 422
    assert "sent already" in other.text
    again = _shown(other, "key").get("value")
    assert again != key
    assert _send(visitor, {"a.txt": b"1"}, key=again, param="q").status_code == 303
    assert len(_jobs(portal)) == 2


def test_two_tabs_are_two_jobs(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    keys = [_shown(visitor.get(RUN), "key").get("value") for _ in range(2)]
    for key in keys:
        assert _send(visitor, {"a.txt": b"1"}, key=key).status_code == 303
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
    sent = {
        "param": "-t '<b>'",
        "memory_mb": "99",
        "cpus": "2",
        "version": "1",
        "queue": "batch",
        "mail_at_end": "true",
    } | fields
    answer = _send(visit(portal, portal.world.user), {"a.txt": b"x"}, **sent)
    assert answer.status_code == 400
    assert list(_wrong(answer)) == [field]
    assert _shown(answer, "job[param]").get("value") == sent["param"]
    for name in ("memory_mb", "cpus"):
        assert _shown(answer, f"job[{name}]").get("value") == sent[name]
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
        assert _shown(answer, "job[param]").get("value") == "kept"
        assert "files" in _wrong(answer)


def test_too_much_is_read_to_its_end_and_said(make_portal: MakePortal) -> None:
    portal = make_portal(upload_max_bytes=2000, upload_max_files=2)
    visitor = visit(portal, portal.world.user)
    answer = _send(visitor, {"a.bin": b"x" * 3000, "b.bin": b"y" * 100_000}, param="kept")
    assert answer.status_code == 413
    assert "files" in _wrong(answer)
    many = _send(visitor, {f"{number}.bin": b"x" for number in range(3)}, param="kept")
    assert many.status_code == 413
    assert _shown(many, "job[param]").get("value") == _shown(answer, "job[param]").get("value") == "kept"
    assert portal.left() == []


def test_the_fields_after_the_files_are_kept_too(make_portal: MakePortal) -> None:
    portal = make_portal(upload_max_bytes=2000)
    visitor = visit(portal, portal.world.user)
    token, late = forms.field("csrf_token", visitor.token()), forms.field("job[param]", "late")
    body = forms.body(token, forms.file("files", "a", b"x" * 9000), late)
    answer = visitor.client.post(RUN, data=body, content_type=forms.MULTIPART, buffered=True)
    assert (answer.status_code, _shown(answer, "job[param]").get("value")) == (413, "late")


@pytest.mark.parametrize("token", ["", "wrong"])
def test_from_elsewhere_it_does_nothing(portal: Portal, token: str) -> None:
    answer = _send(visit(portal, portal.world.user), {"a.txt": b"x"}, token=token, param="kept")
    assert answer.status_code == 400
    assert _shown(answer, "job[param]").get("value") == "kept"
    assert portal.left() == []


def test_the_token_comes_first(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    body = forms.body(
        forms.file("files", "a.txt"), forms.field("csrf_token", visitor.token()), forms.field("job[param]", "kept")
    )
    answer = visitor.client.post(RUN, data=body, content_type=forms.MULTIPART, buffered=True)
    assert (answer.status_code, _shown(answer, "job[param]").get("value")) == (400, "kept")
    assert portal.left() == []


def test_after_signing_out_it_is_said_and_what_was_typed_is_kept(portal: Portal) -> None:
    portal.world.app.parameters = check_parameters(TYPED)
    portal.world.session.commit()
    told = {"mode": "values", "value[Rounds]": "3", "value[A 'b' <c>]": "x y"}
    answer = _send(visit(portal), {"a.txt": b"x"}, queue="batch", **told)
    assert answer.status_code == 401
    assert "were not kept" in answer.text
    link = next(each.get("href") for each in Page(answer.text).all("a") if each.text == "Sign in and go on")
    back = parse_qs(urlsplit(link).query)["next"][0]
    assert parse_qs(urlsplit(back).query) == {"param": ["--iter 3 --title 'x y'"], "queue": ["batch"]}
    assert portal.left() == []
    shown = visit(portal, portal.world.user).get(back)
    assert _shown(shown, "value[Rounds]").get("value") == "3"
    assert "checked" in next(each for each in Page(shown.text).elements if each.get("value") == "batch").attributes


def test_typed_fields_make_the_string(portal: Portal) -> None:
    portal.world.app.parameters = check_parameters(TYPED)
    portal.world.session.commit()
    visitor = visit(portal, portal.world.user)
    fields = {"mode": "values", "value[Rounds]": "3", "value[Fast]": "1", "value[A 'b' <c>]": "it's $HOME"}
    assert _send(visitor, param="ignored", **fields).status_code == 303
    assert _jobs(portal)[-1].param == """--iter 3 -f --title 'it'"'"'s $HOME'"""
    assert _send(visitor, param="--own", **fields | {"mode": "string"}).status_code == 303
    assert _jobs(portal)[-1].param == "--own"
    for wrong in ("", "x", "10"):
        answer = _send(visitor, **fields | {"value[Rounds]": wrong})
        assert list(_wrong(answer)) == ["value[Rounds]"]
        assert _shown(answer, "value[A 'b' <c>]").get("value") == "it's $HOME"
    assert len(_jobs(portal)) == 2


def test_a_preset_takes_the_place_of_the_text(portal: Portal) -> None:
    portal.world.app.presets = [{"name": "Quick <b>", "param": "--iter 1", "explanation": "says & <i>"}]
    portal.world.session.commit()
    visitor = visit(portal, portal.world.user)
    assert "says &amp; &lt;i&gt;" in visitor.page(RUN)
    _send(visitor, preset="Quick <b>", param="other")
    assert _jobs(portal)[0].param == "--iter 1"


def test_from_a_job_it_runs_it_again_with_changes(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    _send(visitor, {"a.txt": b"1", "b.txt": b"2"}, param="-x", queue="batch", memory_mb="77", cpus="3")
    first = _jobs(portal)[0]
    shown = visitor.get(f"{RUN}?from={first.id}")
    kept = ("job[param]", "job[memory_mb]", "job[cpus]", "from")
    assert [_shown(shown, name).get("value") for name in kept] == ["-x", "77", "3", "1"]
    assert "checked" in _shown(shown, "take_inputs").attributes
    answer = _send(visitor, {"a.txt": b"new"}, source=str(first.id), take_inputs="1", param="-y", queue="standard")
    assert answer.status_code == 303, answer.text
    again = _jobs(portal)[1]
    assert (again.rerun_of, again.param, again.queue, again.memory_mb, again.cpus) == (
        first.id,
        "-y",
        "standard",
        64,
        1,
    )
    folder = portal.world.services.layout.job_dir(again)
    assert ((folder / "a.txt").read_bytes(), (folder / "b.txt").read_bytes()) == (b"new", b"2")
    _send(visitor, {"c.txt": b"3"}, source=str(first.id), param="-z")
    assert portal.input_names(_jobs(portal)[2].id) == {"c.txt"}


@pytest.mark.parametrize("take", ["1", ""])
def test_cores_are_taken_over_and_may_differ(portal: Portal, take: str) -> None:
    visitor = visit(portal, portal.world.user)
    first = portal.world.submit("", {"a.txt": b"1"}, cpus=3)
    assert _send(visitor, source=str(first.id), take_inputs=take, cpus="2").status_code == 303
    assert [job.cpus for job in _jobs(portal)] == [3, 2]
    own = portal.world.submit("", {"a.txt": b"1"})
    shown = _shown(visitor.get(f"{RUN}?from={own.id}"), "job[cpus]")
    assert (shown.get("value"), shown.get("placeholder")) == ("", "1"), "what its author set stays its author's"


def test_cores_stand_under_advanced_with_their_limits(make_portal: MakePortal) -> None:
    portal = make_portal(cpus_max=8)
    portal.world.app.cpus = 2
    portal.world.session.commit()
    visitor = visit(portal, portal.world.user)
    page = visitor.page(RUN)
    assert "Advanced: version, memory, cores" in page
    assert "Empty: what its author set, 2. At most 8." in page
    assert "open" not in _advanced(visitor.get(RUN)).attributes
    linked = visitor.get(f"{RUN}?cpus=4")
    assert _shown(linked, "job[cpus]").get("value") == "4"
    assert "open" in _advanced(linked).attributes
    assert "Avancé\u00a0: version, mémoire, cœurs" in visitor.get(RUN, headers={"Accept-Language": "fr"}).text


def _advanced(answer: TestResponse) -> Element:
    return next(each for each in Page(answer.text).elements if each.get("id") == "run-advanced")


def test_what_is_taken_over_is_one_job(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    job = portal.world.submit("", {"a.txt": b"1"})
    answer = _send(visitor, {"b.txt": b"2"}, source=str(job.id), take_inputs="1", batch="each")
    assert (answer.status_code, list(_wrong(answer))) == (400, ["job[batch]"])


def test_cluster_paths_where_they_are_offered(make_portal: MakePortal, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    portal = make_portal(cluster_paths=str(tmp_path / "data"))
    visitor = visit(portal, portal.world.user)
    assert "job[paths]" not in visitor.page(RUN)
    portal.world.user.cluster_account = "nobody-here"
    portal.world.session.commit()
    assert "job[paths]" in visitor.page(RUN)
    answer = _send(visitor, paths="/etc/passwd\n", param="kept")
    assert answer.status_code in {400, 403, 404, 503}
    assert list(_wrong(answer)) == ["job[paths]"]
    assert "/etc/passwd" in answer.text
    assert portal.left() == []


@pytest.mark.parametrize("wanted", ["999", "x", "1\0", "-1"])
def test_another_job_fills_nothing(portal: Portal, wanted: str) -> None:
    visitor = visit(portal, portal.world.user)
    answer = visitor.get(RUN, query_string={"from": wanted})
    assert "could not be filled" in answer.text
    assert _send(visitor, source=wanted, take_inputs="1").status_code == 404
    assert portal.world.session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_job_of_another_app_is_none(portal: Portal) -> None:
    add_app(portal.world.session, portal.world.app.owner, "other")
    job = portal.world.submit(app="other")
    visitor = visit(portal, portal.world.user)
    assert "ran the app" in html.unescape(visitor.page(f"{RUN}?from={job.id}"))
    answer = _send(visitor, source=str(job.id), take_inputs="1")
    assert (answer.status_code, "ran the app" in answer.text) == (400, True)


def test_who_may_not_sees_no_form(portal: Portal) -> None:
    assert "run-form" not in visit(portal).page(RUN)
    portal.world.app.public = False
    portal.world.session.commit()
    assert visit(portal, portal.world.user).get(RUN).status_code == 404
    assert _send(visit(portal, portal.world.user)).status_code == 404


def test_an_unpublished_version_is_its_owners(portal: Portal) -> None:
    add_version(portal.world.session, portal.world.app, 2, published=False)
    assert "not published" in visit(portal, portal.world.app.owner).page(RUN)
    assert "not published" not in visit(portal, portal.world.user).page(RUN)


def test_the_storage_is_away(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = visit(portal, portal.world.user)
    staging = portal.world.services.layout.staging
    staging.rename(staging.with_name("elsewhere"))
    answer = _send(visitor, {"a.txt": b"x"}, param="kept")
    assert (answer.status_code, _shown(answer, "job[param]").get("value")) == (503, "kept")


def test_advice_without_scripts(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    assert "recommended" in visitor.page("/apps/textstats/advice")
    portal.slurm.be_away()
    assert "does not say" in visitor.page("/apps/textstats/advice")


def test_no_address_in_the_page_is_anothers(portal: Portal) -> None:
    page = visit(portal, portal.world.user).page(RUN)
    assert not re.findall(r'(?:src|href|action)="https?:', page)

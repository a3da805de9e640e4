"""Sample, settings, icon, sharing and statistics, by forms."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from allgo_hpc.models import AppShare, Sample, utc_now
from allgo_hpc.states import JobState
from tests.fast.web.page import Page
from tests.fast.web.pages.authoring.bench import Bench
from tests.fast.web.pages.authoring.test_new import PNG
from web.pages.authoring.fields import form_of


def test_a_sample_kept_replaced_and_given_up(bench: Bench) -> None:
    assert "There is no sample yet" in bench.page("/sample")
    assert "No file came" in bench.send("/sample", {"param": "-n 3"}, 400)
    bench.send("/sample", {"files": (BytesIO(b"moon"), "the moon & <b>.txt"), "param": "-n 3"})
    text = bench.page("/sample")
    assert "-n 3" in text
    answer = bench.browser.get("/author/textstats/sample/files/the%20moon%20%26%20%3Cb%3E.txt")
    assert answer.data == b"moon"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    for name in ("nosuch", "../x", "%00", "..%2f..%2fx"):
        assert bench.browser.get(f"/author/textstats/sample/files/{name}").status_code == 404
    assert 'id="param-wrong"' in bench.send("/sample", {"no_files": "1", "param": "'open"}, 400)
    bench.send("/sample", {"no_files": "1", "param": ""})
    assert bench.work.session.get_one(Sample, bench.app.id, populate_existing=True).files == []
    assert "given up" in bench.send("/sample/drop")
    assert "has no sample" in bench.send("/sample/drop")


def test_a_sample_of_a_job(bench: Bench) -> None:
    number = bench.portal.submit()
    assert "no such job of yours" in bench.send("/sample/job", {"job": str(number)}, 400)
    job = bench.portal.job(number)
    job.user_id = bench.work.author.id
    bench.work.session.commit()
    assert "The sample is stored" in bench.send("/sample/job", {"job": f" {number} "})
    for text in ("", "x", "9" * 400, "\0"):
        assert bench.browser.post("/author/textstats/sample/job", {"job": text}).status_code == 400


def _settings(**more: str) -> dict[str, Any]:
    return {
        "title": "Text statistics", "description": "", "contact": "", "citation": "", "tags": "", "base": "debian-13",
        "default_queue": "standard", "memory_mb": "64", "cpus": "1", "gpus": "0", "input_max_mb": "", "public": "1",
        "example_job_id": "", "auto_publish": "1", "do": "save",
    } | more  # fmt: skip


def test_settings_take_effect_at_once_and_are_noted(bench: Bench) -> None:
    assert 'value="64"' in bench.page("/settings")
    bench.send("/settings", _settings(memory_mb="128", tags="a, b", citation="*Me*, 2026", input_max_mb="2"))
    assert (bench.app.memory_mb, bench.app.tags, bench.app.citation) == (128, ["a", "b"], "*Me*, 2026")
    assert bench.app.input_max_bytes == 2 * 2**20
    assert "memory (MB)" in bench.page("/settings")
    assert "Nothing was different" in bench.send(
        "/settings", _settings(memory_mb="128", tags="a, b", citation="*Me*, 2026", input_max_mb="2")
    )
    text = bench.send("/settings", _settings(memory_mb="1", title="<i>x</i>"), 400)
    assert "16 to" in text
    assert 'value="<i>x</i>"' in text
    assert bench.app.memory_mb == 128
    preview = bench.send("/settings", _settings(description="**so**", do="preview"), 200)
    assert "<strong>so</strong>" in preview
    assert bench.app.description == ""


def test_the_form_as_it_is_shown_changes_nothing(bench: Bench) -> None:
    bench.send("/settings", _settings(description="A\r\n\r\nB & <b>", tags="a", input_max_mb="0.000001", network="1"))
    for public in (True, False):
        bench.app.public = public
        bench.work.session.commit()
        before = form_of(bench.app)
        page = Page(bench.browser.page("/author/textstats/settings"))
        sent = {}
        for each in page.all("input", "textarea", "select"):
            if not each.within("form", action="/author/textstats/settings") or each.get("name") == "csrf_token":
                continue
            if each.get("type") != "checkbox" or "checked" in each.attributes:
                sent[each.get("name")] = each.get("value") or each.text.removeprefix("\n")
        for each in page.all("option"):
            if "selected" in each.attributes and each.within("form", action="/author/textstats/settings"):
                sent[each.around[-1].get("name")] = each.get("value")
        assert "Nothing was different" in bench.send("/settings", sent)
        assert form_of(bench.app) == before


def test_the_history_is_paged(bench: Bench) -> None:
    for number in range(25):
        bench.send("/settings", _settings(memory_mb=str(100 + number)))
    first = bench.page("/settings")
    assert "Earlier changes" in first
    before = first.split("?before=")[1].split("#")[0]
    assert "Earlier changes" not in bench.page(f"/settings?before={before}")


def test_the_icon(bench: Bench) -> None:
    assert "is stored" in bench.send("/icon", {"icon": (BytesIO(PNG), "x.png"), "do": "set"})
    assert bench.app.icon_type == "image/png"
    assert "must be a PNG" in bench.send("/icon", {"icon": (BytesIO(b"<svg/>"), "x.png"), "do": "set"})
    assert "Choose a file" in bench.send("/icon", {"do": "set"})
    assert "is removed" in bench.send("/icon", {"do": "remove"})
    assert bench.app.icon_type is None


def test_sharing(bench: Bench) -> None:
    assert "It is private now" in bench.send("/sharing/public", {"public": "0"})
    assert bench.app.public is False
    assert "Shared." in bench.send("/sharing", {"user": "ada", "group": ""})
    share = bench.work.session.query(AppShare).one()
    assert "ada" in bench.page("/sharing")
    assert "is shared with" in bench.send("/sharing", {"user": "ada"}, 400)
    for wrong in ({"user": "nobody"}, {"group": "<b>"}, {"user": "author"}, {}, {"user": "\0"}, {"user": "x" * 5000}):
        answer = bench.browser.post("/author/textstats/sharing", wrong)
        assert answer.status_code == 400, wrong
        assert 'role="alert"' in answer.text
    assert "Taken back" in bench.send(f"/sharing/{share.id}/end")
    assert "not shared so" in bench.send(f"/sharing/{share.id}/end")
    assert "Everybody may run it" in bench.send("/sharing/public", {"public": "1"})


def _jobs(bench: Bench, count: int = 40) -> None:
    world = bench.portal.world
    for number in range(count):
        state = JobState.ERROR if number % 4 == 0 else JobState.DONE
        at = utc_now() - timedelta(days=number % 20)
        job = world.job(state, created_at=at, started_at=at, finished_at=at + timedelta(seconds=60))
        job.peak_memory_bytes, job.exit_code, job.memory_mb = 20 * 2**20, 3 if number % 4 == 0 else 0, 4096
    bench.app.memory_mb = 4096
    world.session.commit()


def test_statistics(bench: Bench) -> None:
    assert "Nobody ran it" in bench.page("/statistics")
    _jobs(bench)
    text = bench.page("/statistics")
    assert "exit code 3" in text
    assert "25 %" in text
    assert "95 % less than 20 MB" in text
    assert "<svg" in text
    assert "style=" not in text
    for step in ("week", "month"):
        assert "exit code 3" in bench.page(f"/statistics?by={step}")
    assert bench.browser.get("/author/textstats/statistics?by=%3Cb%3E").status_code == 400
    assert "Stored" in bench.send("/statistics/memory", {"memory_mb": "64"})
    assert bench.app.memory_mb == 64
    assert "whole number" in bench.send("/statistics/memory", {"memory_mb": "x"})


def test_only_jobs_with_consent_are_shown(bench: Bench) -> None:
    job = bench.portal.world.job(JobState.DONE)
    assert f"/jobs/{job.id}" not in bench.page("/statistics")
    job.author_may_see = True
    bench.work.session.commit()
    assert f"/jobs/{job.id}" in bench.page("/statistics")


@pytest.mark.parametrize("form", ["/settings", "/sharing", "/sample", "/presets"])
def test_a_form_twice_is_as_once(bench: Bench, form: str) -> None:
    data = {"/settings": _settings(memory_mb="99"), "/sharing": {"user": "ada"}, "/presets": {"do": "save"}}
    first = bench.browser.post(f"/author/textstats{form}", data.get(form, {"no_files": "1", "param": ""}))
    second = bench.browser.post(f"/author/textstats{form}", data.get(form, {"no_files": "1", "param": ""}))
    assert first.status_code == 303
    assert second.status_code == (400 if form == "/sharing" else 303)

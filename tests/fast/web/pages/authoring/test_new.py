"""Making an app."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from allgo_hpc.models import App
from tests.fast.web.pages.authoring.bench import Bench
from tests.hostile import TEXTS

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x20\0\0\0\x20" + b"\0" * 40


def _app(bench: Bench, name: str) -> App | None:
    bench.work.session.expire_all()
    return bench.work.session.scalar(select(App).where(App.name == name))


def test_with_only_a_name(bench: Bench) -> None:
    answer = bench.browser.post("/author/new", {"name": " denoise ", "title": "", "do": "save", "auto_publish": "1"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/author/denoise/"
    made = _app(bench, "denoise")
    assert made is not None
    assert (made.title, made.public, made.memory_mb) == ("denoise", False, 1024)
    assert "The app is made" in bench.browser.page("/author/denoise/")


def test_with_all_that_can_be_said(bench: Bench) -> None:
    fields = {
        "name": "denoise", "title": "Denoising", "description": "It *denoises*.\r\n\r\nWell.",
        "contact": "x@example.org",
        "tags": "Image, noise ,", "public": "1", "base": "debian-12", "default_queue": "batch", "memory_mb": "2048",
        "cpus": "2", "gpus": "0", "input_max_mb": "1.5", "network": "1", "rerun_after_node_failure": "1",
        "icon": (BytesIO(PNG), "icon.png"),
    }  # fmt: skip
    answer = bench.browser.post("/author/new", fields)
    assert answer.status_code == 303, answer.text
    made = _app(bench, "denoise")
    assert made is not None
    assert made.description == "It *denoises*.\n\nWell."
    assert made.tags == ["image", "noise"]
    assert (made.base, made.default_queue, made.memory_mb, made.cpus) == ("debian-12", "batch", 2048, 2)
    assert made.input_max_bytes == 1024 * 1536
    assert (made.public, made.network, made.disk_scratch, made.auto_publish) == (True, True, False, False)
    assert made.icon_type == "image/png"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "textstats", "is taken"), ("name", "Big", "1 to 32"), ("name", "sshd", "account of the system"),
        ("memory_mb", "much", "a whole number"), ("memory_mb", "1", "16 to"), ("cpus", "9" * 30, "whole number"),
        ("base", "windows", "no base image"), ("default_queue", "fast", "no queue"), ("tags", "x" * 40, "characters"),
        ("input_max_mb", "few", "whole number"), ("title", "x" * 201, "limit is 200"),
    ],
)  # fmt: skip
def test_a_refused_form_comes_back_as_it_was_sent(bench: Bench, field: str, value: str, said: str) -> None:
    sent = {"name": "fresh", "description": "A <b>text</b>", "contact": "me"} | {field: value}
    answer = bench.browser.post("/author/new", sent)
    assert answer.status_code == 400
    assert said in answer.text
    assert "A &lt;b&gt;text&lt;/b&gt;" in answer.text
    assert _app(bench, "fresh") is None


def test_a_bad_icon_makes_no_app(bench: Bench) -> None:
    answer = bench.browser.post("/author/new", {"name": "fresh", "icon": (BytesIO(b"<svg/>"), "x.png")})
    assert answer.status_code == 400
    assert "must be a PNG" in answer.text
    assert _app(bench, "fresh") is None


def test_the_preview_makes_nothing(bench: Bench) -> None:
    free = bench.browser.post("/author/new", {"name": "fresh", "description": "It **is**.", "do": "preview"})
    assert "fresh is free" in free.text
    assert "<strong>is</strong>" in free.text
    taken = bench.browser.post("/author/new", {"name": "textstats", "do": "preview"})
    assert (taken.status_code, "is taken" in taken.text) == (200, True)
    assert _app(bench, "fresh") is None


def test_twice_is_one_app(bench: Bench) -> None:
    sent = {"name": "fresh"}
    assert bench.browser.post("/author/new", sent).status_code == 303
    assert bench.browser.post("/author/new", sent).status_code == 400
    assert bench.work.session.scalar(select(func.count()).select_from(App)) == 2


def test_hostile_texts_are_kept_as_texts_or_refused(bench: Bench) -> None:
    for number, text in enumerate(TEXTS):
        sent = {"name": f"h{number}", "title": text or "x", "description": text, "tags": text, "contact": text}
        answer = bench.browser.post(
            "/author/new", {key: value.encode("utf-8", "replace") for key, value in sent.items()}
        )
        assert answer.status_code in {303, 400}, (text, answer.status_code)
        assert "<script>" not in answer.text
    assert bench.browser.get("/author").status_code == 200


def test_too_large_a_form_is_told_so(bench: Bench) -> None:
    much = {"CONTENT_LENGTH": "9000000"}
    answer = bench.browser.client.post("/author/new", data=b"", environ_overrides=much, buffered=True)
    assert answer.status_code == 413
    assert "the limit is" in answer.text

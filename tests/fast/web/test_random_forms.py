"""Forms made up at random: never a fault of the portal; what is refused leaves nothing, what is accepted is as sent."""

import os
import shlex
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal
from tests.hostile import RAW, TEXTS

BUILD = settings(
    max_examples=int(os.environ.get("ALLGO_FORM_EXAMPLES", "60")),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TEXT = st.one_of(st.sampled_from(TEXTS), st.text(max_size=40)).map(lambda text: text.encode("utf-8", "surrogatepass"))
BYTES = st.one_of(TEXT, st.sampled_from(RAW), st.binary(max_size=60))
FILES = st.lists(st.tuples(st.sampled_from([b"f", b"files[0]"]) | BYTES, BYTES, st.binary(max_size=2000)), max_size=4)
FIELDS = st.lists(st.tuples(st.one_of(BYTES, st.just(b"job[param]"), st.just(b"job[queue]")), BYTES), max_size=4)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"], exclude_characters="/\\"), min_size=1)
HEADER = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=60)


@pytest.fixture
def clean(make_portal: MakePortal) -> Portal:
    """A portal in which nothing is left; each example adds to it what is accepted."""
    portal = make_portal()
    assert portal.left() == []
    return portal


def _judge(portal: Portal, answer: TestResponse, before: list[str]) -> int | None:
    """Return the number of the job where one came of it."""
    assert answer.status_code < 500, answer.text
    event(f"answered {answer.status_code}")
    if answer.status_code == 200:
        return int(answer.get_json()["id"])
    assert answer.get_json()["code"] != "internal"
    assert portal.left() == before
    return None


@BUILD
@given(files=FILES, fields=FIELDS)
def test_any_fields_and_files(clean: Portal, files: list[tuple[bytes, bytes, bytes]], fields: Any) -> None:
    parts = [forms.field(*each) for each in fields] + [forms.file(*each) for each in files]
    before = clean.left()
    number = _judge(clean, clean.post(forms.body(forms.APP, *parts)), before)
    if number is not None:
        folder = clean.world.services.layout.job_dir(clean.job(number))
        kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "allgo.log"}
        sent = {_name(name): content for _, name, content in files if name}
        assert kept == sent


@BUILD
@given(words=WORDS, files=st.dictionaries(NAMES, st.binary(max_size=5000), max_size=4))
def test_what_is_right_is_taken_as_it_is(clean: Portal, words: str, files: dict[str, bytes]) -> None:
    wanted = {unicodedata.normalize("NFC", name): content for name, content in files.items()}
    right = len(wanted) == len(files) and all(_may_be(name) for name in wanted)
    try:
        split = shlex.split(words)
    except ValueError:
        right = False
    parts = [forms.file("f", name, content) for name, content in files.items()]
    before = clean.left()
    number = _judge(clean, clean.post(forms.body(forms.APP, forms.field("job[param]", words), *parts)), before)
    assert (number is not None) == right
    if number is not None:
        folder = clean.world.services.layout.job_dir(clean.job(number))
        assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "allgo.log"} == wanted
        assert clean.world.words(clean.job(number)) == split


SOUND = forms.body(
    forms.APP,
    forms.field("job[param]", "-a 'b c'"),
    forms.file("f", "a.txt", b"\r\n--x\r\n" * 20),
    forms.file("g", "b", b""),
)


@BUILD
@given(data=st.data())
def test_a_form_with_bytes_changed_lost_and_doubled(clean: Portal, data: st.DataObject) -> None:
    sent = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(sent)))
        length = data.draw(st.integers(0, 30))
        what = data.draw(st.sampled_from(["change", "lose", "double", "insert", "cut"]))
        if what == "cut":
            del sent[at:]
            sent += b"\r\n"
        elif what == "lose":
            del sent[at : at + length]
        elif what == "double":
            sent[at:at] = sent[at : at + length]
        else:
            sent[at : at + (length if what == "change" else 0)] = data.draw(BYTES)
    before = clean.left()
    _judge(clean, clean.post(bytes(sent)), before)


@BUILD
@given(names=st.lists(st.sampled_from(
    ["Content-Type", "Authorization", "Idempotency-Key", "If-None-Match", "Range", "Accept", "Host", "Cookie", "Origin",
     "Transfer-Encoding", "Content-Encoding", "X-Forwarded-For", "X-HTTP-Method-Override", "Last-Event-ID", "If-Range"]
), unique=True, max_size=4), values=st.lists(HEADER, min_size=4, max_size=4))  # fmt: skip
def test_any_headers(clean: Portal, names: list[str], values: list[str]) -> None:
    headers = clean.auth | dict(zip(names, values, strict=False))
    kind = headers.pop("Content-Type", forms.MULTIPART)
    before = clean.left()
    answer = clean.post(SOUND, kind, headers=headers)
    _judge(clean, answer, before)
    for path in ("/api/v1/jobs/1", "/api/v1/jobs/1/files", "/api/v1/events?wait=0", "/", "/api/v1/apps"):
        assert clean.get(path, headers=headers).status_code < 500


def _name(raw: bytes) -> str:
    return unicodedata.normalize("NFC", raw.decode())


def _may_be(name: str) -> bool:
    long = len(name.encode()) > 255
    return not long and name not in {".", ".."} and not {"/", "\\"} & set(name) and name.casefold() != "allgo.log"

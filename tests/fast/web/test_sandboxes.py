"""An app's sandbox, commits, sample and events over HTTP; the turns of the sweep's process are taken by hand."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.commits import candidate
from allgo_hpc.models import AppEvent, Commit, Job, Sample, Sandbox
from allgo_hpc.tokens import new_token
from allgo_hpc.versions.change import LONGEST_CHANGELOG
from slurm import State
from tests.fast import ssh_keys
from tests.fast.domain.workbench import Looked, Workbench, make_workbench
from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal, assert_refused

APP = "/api/v1/apps/textstats"
SANDBOX, COMMITS, SAMPLE, EVENTS = (f"{APP}/{what}" for what in ("sandbox", "commits", "sample", "events"))
CALLS = [
    ("GET", SANDBOX), ("POST", SANDBOX), ("DELETE", SANDBOX), ("POST", f"{SANDBOX}/stop"),
    ("GET", COMMITS), ("POST", COMMITS), ("GET", f"{COMMITS}/1"), ("POST", f"{COMMITS}/1/abort"),
    ("POST", f"{COMMITS}/1/retry"), ("GET", SAMPLE), ("PUT", SAMPLE), ("DELETE", SAMPLE), ("GET", f"{EVENTS}?wait=0"),
]  # fmt: skip
HUGE = "9" * 400


class Author:
    """The app's author, as a client."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.bench: Workbench = make_workbench(portal.world)
        self.headers = portal.auth_of(portal.token_of(portal.world.app.owner))

    def call(self, method: str, path: str, **more: Any) -> Any:
        more.setdefault("headers", self.headers)
        return self.portal.client.open(path, method=method, **more)

    def told(self, method: str, path: str, status: int, **more: Any) -> Any:
        answer = self.call(method, path, **more)
        assert answer.status_code == status, answer.text
        return answer.get_json(silent=True)

    def running(self) -> None:
        self.told("POST", SANDBOX, 202, json={})
        self.bench.turns()

    def events(self, query: str = "", **headers: str) -> list[tuple[str, str, Any]]:
        """Kind, id and content of each that the stream tells at once."""
        answer = self.call("GET", f"{EVENTS}?wait=0{query}", headers=self.headers | headers, buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, "text/event-stream"), answer.text
        found = []
        for block in answer.text.split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines())
            if "event" in lines:
                found.append((lines["event"], lines.get("id", ""), json.loads(lines["data"])))
        return found


@pytest.fixture
def author(make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch) -> Author:
    monkeypatch.setattr(candidate, "inspect_image", Looked())
    return Author(make_portal(build_node_host="build.example.org"))


@pytest.fixture(params=["sqlite", "postgresql"])
def on_each(request: pytest.FixtureRequest, make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch) -> Author:
    monkeypatch.setattr(candidate, "inspect_image", Looked())
    return Author(make_portal(request.param, build_node_host="build.example.org"))


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_each_call_wants_its_scope_and_the_owner(author: Author, method: str, path: str) -> None:
    portal, session, owner = author.portal, author.bench.session, author.bench.author
    assert_refused(author.call(method, path, headers={}), 401, code="no_token", field="Authorization")
    narrow = portal.auth_of(new_token(session, owner, name="n", scopes={"jobs:read", "jobs:write"}))
    refused = author.call(method, path, headers=narrow)
    assert_refused(refused, 403, code="scope_missing", field="Authorization")
    others = [portal.world.user, add_user(session, name="eve", email="eve@example.org", role="author")]
    for other in others:
        answer = author.call(method, path, headers=portal.auth_of(portal.token_of(other)))
        assert_refused(answer, 404, code="unknown_app", field="app_name")
    assert (session.query(Sandbox).count(), session.query(Commit).count(), session.query(Sample).count()) == (0, 0, 0)


@pytest.mark.parametrize("name", ["nosuch", "9", HUGE, "%00", "..", "%1b%5b2J"])
def test_another_app_than_there_is(author: Author, name: str) -> None:
    for method, path in CALLS:
        answer = author.call(method, path.replace("textstats", name))
        assert answer.status_code == 404
        assert "\x1b" not in answer.text


def test_an_administrator_may(author: Author) -> None:
    root = add_user(author.bench.session, name="boss", email="boss@example.org", role="admin")
    author.headers = author.portal.auth_of(author.portal.token_of(root))
    author.running()
    assert author.told("GET", SANDBOX, 200)["state"] == "running"
    made = author.told("POST", COMMITS, 202, json={})
    assert made["user"] == "boss"
    author.told("POST", f"{COMMITS}/{made['id']}/abort", 202)
    author.bench.turns()
    author.told("DELETE", SANDBOX, 202)


def test_a_sandboxs_life(on_each: Author) -> None:
    author = on_each
    none = {
        "app": "textstats", "state": "none", "status": "idle", "reason": "", "origin": "", "ssh": "", "keys": 0,
        "usage": None, "commit": None, "created_at": None, "changed_at": None,
    }  # fmt: skip
    assert author.told("GET", SANDBOX, 200) == none
    answer = author.portal.client.post(
        "/api/v1/account/ssh-keys", json={"key": ssh_keys.ED25519}, headers=author.headers
    )
    assert answer.status_code == 201
    told = author.told("POST", SANDBOX, 202, json={"base": "debian-13"})
    times = {told.pop("created_at")[-1], told.pop("changed_at")[-1]}
    assert times == {"Z"}
    begun = {"state": "starting", "status": "starting", "origin": "base:debian-13", "keys": 1}
    rest = {name: value for name, value in none.items() if not name.endswith("_at")}
    assert told == rest | begun
    author.bench.turns()
    told = author.told("GET", SANDBOX, 200)
    assert (told["state"], told["status"]) == ("running", "running")
    assert told["ssh"] == "ssh textstats@build.example.org"
    told = author.told("POST", f"{SANDBOX}/stop", 202)
    assert (told["state"], told["status"], told["ssh"]) == ("stopping", "stopping", "")
    author.bench.turns()
    told = author.told("POST", f"{SANDBOX}/stop", 202)
    assert (told["state"], told["status"]) == ("stopped", "idle"), "stopped before is no error"
    told = author.told("DELETE", SANDBOX, 202)
    assert (told["state"], told["status"]) == ("discarding", "stopping")
    author.bench.turns()
    assert author.told("GET", SANDBOX, 200) == none


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"build_node_port": 2222}, "ssh textstats@build.example.org -p 2222"),
        ({"sandbox_host": "sandbox.example.org", "build_node_port": 2222, "sandbox_port": 22},
         "ssh textstats@sandbox.example.org"),
    ],
)  # fmt: skip
def test_the_command_to_log_in_is_the_sites(make_portal: MakePortal, settings: dict[str, Any], shown: str) -> None:
    author = Author(make_portal(build_node_host="build.example.org", **settings))
    author.running()
    assert author.told("GET", SANDBOX, 200)["ssh"] == shown


def test_begun_anew_from_a_version(author: Author) -> None:
    author.running()
    refused = author.call("POST", SANDBOX, json={"version": "1"})
    assert "say anew" in assert_refused(refused, 409, code="sandbox_exists")
    told = author.told("POST", SANDBOX, 202, data={"version": "1", "anew": "true"})
    assert (told["state"], told["origin"]) == ("starting", "version:1")
    author.bench.turns()
    assert author.told("POST", SANDBOX, 202, json={})["state"] == "running", "it runs already: no error"
    assert author.told("POST", SANDBOX, 202)["origin"] == "version:1", "no body is needed"


def test_a_sandbox_that_cannot_be_says_why(author: Author) -> None:
    for method, path in (("POST", f"{SANDBOX}/stop"), ("DELETE", SANDBOX), ("POST", COMMITS)):
        assert_refused(author.call(method, path), 409, code="no_sandbox")
    author.told("POST", SANDBOX, 202)
    for method, path in (("POST", SANDBOX), ("POST", COMMITS)):
        assert "is starting" in assert_refused(author.call(method, path), 409, code="sandbox_not_ready")
    author.bench.node.down = True
    author.bench.turns()
    told = author.told("GET", SANDBOX, 200)
    assert (told["state"], "cannot be reached" in told["reason"]) == ("starting", True)
    assert author.told("DELETE", SANDBOX, 202)["state"] == "discarding", "one need not wait for it"


def test_a_site_without_a_build_node(portal: Portal) -> None:
    headers = portal.auth_of(portal.token_of(portal.world.app.owner))
    assert_refused(portal.client.post(SANDBOX, json={}, headers=headers), 409, code="no_build_node")
    assert portal.get(SANDBOX, headers=headers).get_json()["state"] == "none"


@pytest.mark.parametrize(
    ("path", "body", "code", "field"),
    [
        (SANDBOX, {"base": "debian-99"}, "bad_input", "base"), (SANDBOX, {"base": 5}, "bad_input", "base"),
        (SANDBOX, {"base": "../etc"}, "bad_input", "base"), (SANDBOX, {"base": "a\0"}, "bad_input", "base"),
        (SANDBOX, {"base": "x" * 60_000}, "bad_input", "base"), (SANDBOX, {"base": None}, "bad_input", "base"),
        (SANDBOX, {"base": "debian-13", "version": "1"}, "bad_input", "base"),
        (SANDBOX, {"version": 1}, "bad_input", "version"), (SANDBOX, {"version": ["1"]}, "bad_input", "version"),
        (SANDBOX, {"anew": "yes"}, "bad_input", "anew"), (SANDBOX, {"anew": 1}, "bad_input", "anew"),
        (SANDBOX, {"anew": None}, "bad_input", "anew"), (SANDBOX, {"bases": "debian-13"}, "bad_input", "bases"),
        (COMMITS, {"changelog": 5}, "bad_input", "changelog"), (COMMITS, {"changelog": None}, "bad_input", "changelog"),
        (COMMITS, {"changelog": "a\0b"}, "bad_input", "changelog"),
        (COMMITS, {"changelog": "\x1b[2J"}, "bad_input", "changelog"),
        (COMMITS, {"changelog": "x" * (LONGEST_CHANGELOG + 1)}, "bad_input", "changelog"),
        (COMMITS, {"publish": "maybe"}, "bad_input", "publish"), (COMMITS, {"publish": 0}, "bad_input", "publish"),
        (COMMITS, {"publish": "true"}, "bad_input", "publish"), (COMMITS, {"publich": True}, "bad_input", "publich"),
        (COMMITS, {"\x1b": 1}, "bad_input", "(what was sent)"), (COMMITS, [], "bad_form", ""),
        (SAMPLE, {}, "bad_input", "job"), (SAMPLE, {"job": "1"}, "bad_input", "job"),
        (SAMPLE, {"job": 0}, "bad_input", "job"), (SAMPLE, {"job": 2**70}, "bad_input", "job"),
        (SAMPLE, {"job": 1.5}, "bad_input", "job"), (SAMPLE, {"job": True}, "bad_input", "job"),
        (SAMPLE, {"job": 1, "jobs": 1}, "bad_input", "jobs"),
    ],
)  # fmt: skip
def test_each_wrong_field_is_named(author: Author, path: str, body: Any, code: str, field: str) -> None:
    if path == COMMITS:
        author.running()
    before = author.told("GET", SANDBOX, 200)
    answer = author.call("PUT" if path == SAMPLE else "POST", path, json=body)
    sentence = assert_refused(answer, 400, code=code, field=field)
    if field in {"bases", "publich", "jobs"}:
        assert f"did you mean '{ {'bases': 'base', 'publich': 'publish', 'jobs': 'job'}[field] }'" in sentence
    assert author.told("GET", SANDBOX, 200) == before
    assert author.told("GET", COMMITS, 200) == {"commits": []}


def test_a_flag_in_a_form_is_true_or_false(author: Author) -> None:
    author.running()
    for value in ("0", "yes", "on", "TRUE", "", "null"):
        assert_refused(author.call("POST", SANDBOX, data={"anew": value}), 400, code="bad_input", field="anew")
        assert_refused(author.call("POST", COMMITS, data={"publish": value}), 400, code="bad_input", field="publish")
    assert author.told("POST", COMMITS, 202, data={"publish": "false"})["publish"] is False


@pytest.mark.parametrize("data", [b"x", b"5", b'{"a": NaN}', b"\xff", b"[" * 100_000, b'"' + b"x" * 200_000, b"null"])
def test_a_body_that_is_no_object_is_refused(author: Author, data: bytes) -> None:
    for method, path in (("POST", SANDBOX), ("POST", COMMITS), ("PUT", SAMPLE)):
        answer = author.call(method, path, data=data, content_type="application/json")
        assert (answer.status_code, answer.get_json()["code"] in {"bad_form", "bad_input"}) == (400, True), answer.text


def test_a_version_that_is_none(author: Author) -> None:
    for version in ("9", "0", "-1", "1.0", HUGE, "\0", "\x1b[2J", "x"):
        answer = author.call("POST", SANDBOX, json={"version": version})
        assert answer.status_code in {400, 404}, answer.text
        assert answer.get_json()["field"] == "version"
    assert author.told("GET", SANDBOX, 200)["state"] == "none"


def test_a_commits_life(on_each: Author) -> None:
    author = on_each
    author.running()
    author.told("PUT", SAMPLE, 200, data={"job[param]": "-n 1"}, content_type="multipart/form-data")
    made = author.told("POST", COMMITS, 202, json={"changelog": "New é\nwords", "publish": True})
    times = [made.pop(name) for name in ("created_at", "changed_at")]
    assert all(time.endswith("Z") for time in times)
    assert made == {
        "id": made["id"], "app": "textstats", "state": "waiting", "reason": "", "percent": None, "origin": "sandbox",
        "changelog": "New é\nwords", "publish": True, "sha256": None, "size": None, "version": None, "job": None,
        "retry_of": None, "user": "author", "finished_at": None, "log": "",
    }  # fmt: skip
    path = f"{COMMITS}/{made['id']}"
    told = author.told("GET", SANDBOX, 200)
    assert (told["state"], told["status"], told["commit"]) == ("running", "committing", made["id"])
    for method, busy in (("POST", COMMITS), ("POST", f"{SANDBOX}/stop"), ("DELETE", SANDBOX), ("POST", SANDBOX)):
        assert_refused(author.call(method, busy), 409, code="commit_under_way")
    assert_refused(author.call("POST", f"{path}/retry"), 409, code="commit_under_way")
    author.bench.turns(4)
    told = author.told("GET", path, 200)
    assert (told["state"], told["version"], told["log"]) == ("testing", None, "made an image\n")
    told = author.told("GET", SANDBOX, 200)
    assert (told["status"], told["commit"]) == ("running", made["id"]), "the sandbox is not read any more"
    author.bench.turns()
    told = author.told("GET", path, 200)
    job = author.bench.session.get_one(Job, told["job"])
    assert job.param == "-n 1"
    author.bench.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    author.portal.world.sweep()
    author.bench.turns()
    told = author.told("GET", path, 200)
    assert (told["state"], told["version"], told["percent"]) == ("ready", 2, None)
    assert told["reason"] == f"Version 2. Its sample passed as job {job.id}."
    assert (len(told["sha256"]), told["size"] > 0, told["finished_at"][-1]) == (64, True, "Z")
    assert author.told("GET", APP, 200)["authoring"]["default_version"] == 2
    assert_refused(author.call("POST", f"{path}/abort"), 409, code="commit_ended")
    assert_refused(author.call("POST", f"{path}/retry"), 409, code="commit_ended")
    assert author.told("GET", SANDBOX, 200)["commit"] is None


@pytest.mark.parametrize("how", ["json", "data"])
def test_the_longest_changelog_comes_through(author: Author, how: str) -> None:
    author.running()
    text = "\U0001f600" * LONGEST_CHANGELOG
    made = author.told("POST", COMMITS, 202, **{how: {"changelog": text}})
    assert made["changelog"] == text


def test_aborted_and_tried_again(author: Author) -> None:
    author.running()
    first = author.told("POST", COMMITS, 202, data={"changelog": "New"})["id"]
    for _ in range(2):
        assert author.told("POST", f"{COMMITS}/{first}/abort", 202)["state"] == "waiting"
    author.bench.turns()
    told = author.told("GET", f"{COMMITS}/{first}", 200)
    assert (told["state"], told["reason"], told["version"]) == ("aborted", "Its author aborted it.", None)
    again = author.told("POST", f"{COMMITS}/{first}/retry", 202)
    assert (again["retry_of"], again["changelog"], again["state"]) == (first, "New", "waiting")
    listed = author.told("GET", COMMITS, 200)["commits"]
    assert [one["id"] for one in listed] == [again["id"], first]
    assert "log" not in listed[0]
    assert [one["id"] for one in author.told("GET", f"{COMMITS}?limit=1", 200)["commits"]] == [again["id"]]


def test_a_wrong_limit(author: Author) -> None:
    for limit in ("0", "101", "x", "-1", HUGE, "", "1.5"):
        assert_refused(author.call("GET", f"{COMMITS}?limit={limit}"), 400, code="bad_input", field="limit")


@pytest.mark.parametrize(("method", "what"), [("GET", ""), ("POST", "/abort"), ("POST", "/retry")])
def test_a_commit_that_is_none(author: Author, method: str, what: str) -> None:
    author.running()
    author.told("POST", COMMITS, 202)
    for number in ("9", "0", "x", "-1", HUGE, "1e3", "%00", "%D9%A1", "%1b"):
        refused = author.call(method, f"{COMMITS}/{number}{what}")
        assert_refused(refused, 404, code="unknown_commit", field="commit_id")


def test_a_commit_of_another_app_is_none(author: Author) -> None:
    author.running()
    number = author.told("POST", COMMITS, 202)["id"]
    author.told("POST", "/api/v1/apps", 201, json={"name": "filter"})
    for method, what in (("GET", ""), ("POST", "/abort"), ("POST", "/retry")):
        answer = author.call(method, f"/api/v1/apps/filter/commits/{number}{what}")
        assert_refused(answer, 404, code="unknown_commit", field="commit_id")
    assert author.told("GET", "/api/v1/apps/filter/commits", 200) == {"commits": []}


def _put(author: Author, *parts: bytes) -> Any:
    return author.call("PUT", SAMPLE, data=forms.body(*parts), content_type=forms.MULTIPART)


def test_a_sample_of_files(on_each: Author) -> None:
    author = on_each
    assert_refused(author.call("GET", SAMPLE), 404, code="no_sample", field="app_name")
    assert_refused(author.call("DELETE", SAMPLE), 404, code="no_sample", field="app_name")
    parts = [forms.field("job[param]", "-n '1 é'"), forms.file("files[0]", "a.txt", b"abc"), forms.file("f", "é.bin")]
    answer = _put(author, *parts)
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert author.told("GET", SAMPLE, 200) == told
    assert told.pop("created_at")[-1] == "Z"
    files = [{"name": "a.txt", "size": 3}, {"name": "é.bin", "size": 7}]
    assert told == {"app": "textstats", "param": "-n '1 é'", "files": files, "user": "author"}
    assert _put(author, forms.field("job[param]", "")).get_json()["files"] == [], "an app may need nothing"
    author.told("DELETE", SAMPLE, 204)
    assert_refused(author.call("GET", SAMPLE), 404, code="no_sample", field="app_name")


def _own_job(author: Author, *parts: bytes) -> int:
    body = forms.body(forms.APP, forms.field("job[param]", "-n 2"), *parts)
    answer = author.portal.post(body, headers=author.headers)
    assert answer.status_code == 200, answer.text
    return int(answer.get_json()["id"])


def test_a_sample_of_a_job(author: Author) -> None:
    number = _own_job(author, forms.file("files[0]", "a.txt", b"abc"))
    told = author.told("PUT", SAMPLE, 200, json={"job": number})
    assert (told["param"], told["files"]) == ("-n 2", [{"name": "a.txt", "size": 3}])
    others = author.portal.submit()
    assert_refused(author.call("PUT", SAMPLE, json={"job": others}), 404, code="unknown_job", field="job")
    folder = author.portal.world.services.layout.job_dir(author.portal.job(number))
    (folder / "a.txt").write_bytes(b"xyz")
    assert_refused(author.call("PUT", SAMPLE, json={"job": number}), 409, code="inputs_changed", field="job")
    (folder / "a.txt").unlink()
    assert_refused(author.call("PUT", SAMPLE, json={"job": number}), 409, code="inputs_gone", field="job")
    author.bench.slurm.say(author.portal.job(number).uuid, State.COMPLETED, exit_code=0, signal=0)
    author.portal.world.sweep()
    author.told("DELETE", f"/api/v1/jobs/{number}", 204)
    assert_refused_gone(author.call("PUT", SAMPLE, json={"job": number}))
    assert author.told("GET", SAMPLE, 200) == told, "what was refused changed nothing"


def assert_refused_gone(answer: Any) -> None:
    assert answer.status_code == 410
    assert (answer.get_json()["code"], answer.get_json()["field"]) == ("job_deleted", "job")


@pytest.mark.parametrize(
    ("parts", "status", "code", "field"),
    [
        ([], 400, "bad_form", ""), ([forms.field("x", "1")], 400, "bad_form", ""),
        ([forms.field("job[parm]", "1")], 400, "unknown_field", "job[parm]"),
        ([forms.field("job[queue]", "batch"), forms.file("f", "a")], 400, "unknown_field", "job[queue]"),
        ([forms.field("job[param]", "'")], 400, "bad_input", "job[param]"),
        ([forms.field("job[param]", b"\xff")], 400, "bad_input", "job[param]"),
        ([forms.field("job[param]", "a\0b")], 400, "bad_input", "job[param]"),
        ([forms.file("f", "../a")], 400, "bad_input", "f"), ([forms.file("f", "/etc/x")], 400, "bad_input", "f"),
        ([forms.file("f", "allgo.log")], 400, "bad_input", "f"), ([forms.file("f", "a\x1b")], 400, "bad_input", "f"),
        ([forms.file("f", "a"), forms.file("g", "a")], 400, "bad_input", "g"),
        ([forms.file("f", "a", b"x" * 11)], 413, "quota_exceeded", "files"),
    ],
)  # fmt: skip
def test_a_sample_that_no_job_could_have(
    author: Author, parts: list[bytes], status: int, code: str, field: str
) -> None:
    author.bench.app.input_max_bytes = 10
    author.bench.session.commit()
    _put(author, forms.field("job[param]", "-n 1"))
    before = author.told("GET", SAMPLE, 200)
    assert_refused(_put(author, *parts), status, code=code, field=field)
    assert author.told("GET", SAMPLE, 200) == before
    layout = author.bench.services.layout
    assert (len(list(layout.samples.iterdir())), list(layout.staging.iterdir())) == (1, [])


def test_nothing_is_no_sample(author: Author) -> None:
    _put(author, forms.field("job[param]", "-n 1"))
    for kind in (None, forms.URLENCODED, "text/plain", "multipart/form-data"):
        assert author.call("PUT", SAMPLE, content_type=kind).get_json()["code"] == "bad_form"
    assert author.told("GET", SAMPLE, 200)["param"] == "-n 1"


def test_events_tell_what_happened(on_each: Author) -> None:
    author = on_each
    assert author.events() == [], "from now on"
    author.running()
    number = author.told("POST", COMMITS, 202)["id"]
    assert [kind for kind, _, _ in author.events()] == ["progress"]
    told = author.events("&last_event_id=0")
    assert [(kind, one.get("old"), one["state"], one.get("commit")) for kind, _, one in told] == [
        ("sandbox", "", "starting", None), ("sandbox", "starting", "running", None),
        ("commit", "", "waiting", number), ("progress", None, "waiting", number),
    ]  # fmt: skip
    rows = author.bench.session.scalars(select(AppEvent).order_by(AppEvent.id)).all()
    assert [mark for _, mark, _ in told] == [str(row.id) for row in rows] + [""]
    assert set(told[0][2]) == {"event", "commit", "old", "state", "reason", "at"}
    assert told[0][2]["event"] == rows[0].id
    assert set(told[-1][2]) == {"commit", "state", "percent", "log"}
    seen = told[1][1]
    assert [one["state"] for kind, _, one in author.events(f"&last_event_id={seen}")] == ["waiting", "waiting"]
    assert [one["state"] for _, _, one in author.events(**{"Last-Event-ID": seen})] == ["waiting", "waiting"]
    after = author.events(f"&last_event_id={2**53}")
    assert [kind for kind, _, _ in after] == ["progress"], "more than there is: from now on"
    author.told("POST", f"{COMMITS}/{number}/abort", 202)
    author.bench.turns()
    author.told("DELETE", SANDBOX, 202)
    author.bench.turns()
    assert [(kind, one["state"]) for kind, _, one in author.events(f"&last_event_id={rows[-1].id}")] == [
        ("commit", "aborted"), ("sandbox", "discarding"), ("sandbox", "none"),
    ]  # fmt: skip


def test_events_of_another_app_are_not_told(author: Author) -> None:
    author.running()
    author.told("POST", "/api/v1/apps", 201, json={"name": "filter"})
    answer = author.call("GET", "/api/v1/apps/filter/events?wait=0&last_event_id=0", buffered=True)
    assert "event:" not in answer.text


@pytest.mark.parametrize(
    ("query", "headers", "field"),
    [
        ("&last_event_id=-1", {}, "last_event_id"), ("&last_event_id=x", {}, "last_event_id"),
        (f"&last_event_id={HUGE}", {}, "last_event_id"), ("&last=1", {}, "last"),
        ("", {"Last-Event-ID": "x"}, "Last-Event-ID"), ("", {"Last-Event-ID": HUGE}, "Last-Event-ID"),
    ],
)  # fmt: skip
def test_a_wrong_beginning_of_events(author: Author, query: str, headers: dict[str, str], field: str) -> None:
    answer = author.call("GET", f"{EVENTS}?wait=0{query}", headers=author.headers | headers)
    assert_refused(answer, 400, code="bad_input", field=field)


def test_the_stream_goes_on_while_its_client_waits(author: Author) -> None:
    author.running()
    answer = author.call("GET", f"{EVENTS}?wait=60&last_event_id={2**53}", buffered=False)
    parts: Iterator[bytes] = iter(answer.response)
    assert next(parts) == b"retry: 2000\n\n"
    number = author.told("POST", COMMITS, 202)["id"]
    first, progress = json.loads(_data(next(parts))), json.loads(_data(next(parts)))
    assert (first["state"], first["commit"], progress["state"]) == ("waiting", number, "waiting")
    author.bench.turns()
    building, progress = json.loads(_data(next(parts))), json.loads(_data(next(parts)))
    assert (building["old"], building["state"], progress["state"]) == ("waiting", "building", "building")
    answer.close()


def _data(part: bytes) -> str:
    return next(line.removeprefix("data: ") for line in part.decode().splitlines() if line.startswith("data: "))

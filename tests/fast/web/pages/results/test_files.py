"""The list of a job's files and the page of one, as a browser without scripts gets them."""

from urllib.parse import quote

import pytest

from allgo_hpc.models import JobFile
from allgo_hpc.states import JobState
from tests import media
from tests.fast.web.conftest import MakePortal
from tests.fast.web.forms import APP, body, field, file
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit
from tests.hostile import RAW

HOSTILE: list[str | bytes] = [
    "<script>alert(1)<", '"onerror="alert(1)', "a?b#c&d", "100%25.txt", "..", "%2e%2e", "\u202egnp.exe", "x" * 255,
    "é 中 🙂.csv", "line\nfeed", *RAW,
]  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


def _path(job: int, name: str, what: str = "files") -> str:
    return f"/jobs/{job}/{what}/{quote(name, safe='')}"


def _main(page: str) -> str:
    """The page without its frame, which holds the address of the page."""
    return page.split("<main")[1].split("</main>", maxsplit=1)[0]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_every_file_has_its_page_whatever_it_is_called(portal: Portal, name: str | bytes) -> None:
    raw = name.replace(b"/", b"_") if isinstance(name, bytes) else f"a{name}" if name == ".." else name
    job, listed = portal.finished({raw: b"content"})
    (flat,) = set(listed) - {"allgo.log"}
    browser = visit(portal, portal.world.user)
    page, files = (_main(browser.page(each)) for each in (_path(job.id, flat), f"/jobs/{job.id}/files"))
    for text in (page, files):
        assert "<script>alert" not in text
        assert 'onerror="' not in text
        assert "\u202e" not in text
    assert _path(job.id, flat) in files.replace("&amp;", "&")
    assert browser.get(_path(job.id, flat, "raw")).data == b"content"


def test_inputs_and_the_log_stand_apart_from_results(portal: Portal) -> None:
    number = portal.submit(file("files[0]", "moon.txt", b"The moon"))
    folder = portal.world.services.layout.job_dir(portal.job(number))
    (folder / "out.txt").write_bytes(b"x")
    portal.end(number)
    browser = visit(portal, portal.world.user)
    results, inputs = browser.page(f"/jobs/{number}/files"), browser.page(f"/jobs/{number}/files?show=inputs")
    assert "out.txt" in results
    assert "moon.txt" not in results
    assert "allgo.log" not in results
    assert "moon.txt" in inputs
    assert "out.txt" not in inputs
    assert "sent with the job" in browser.page(_path(number, "moon.txt"))


def test_a_hundred_thousand_files_are_paged_and_found(portal: Portal) -> None:
    world = portal.world
    job = world.job(JobState.DONE)
    rows = [
        {"job_id": job.id, "name": f"f{n:06}.txt", "path": f"f{n:06}.txt", "size": 1, "sha256": "0" * 64}
        for n in range(100_000)
    ]
    world.session.execute(JobFile.__table__.insert(), rows)
    world.session.commit()
    browser = visit(portal, world.user)
    first = browser.page(f"/jobs/{job.id}/files")
    assert "100000 results" in first
    assert first.count("<tr>") == 101
    second = _main(browser.page(f"/jobs/{job.id}/files?after=f000099.txt"))
    assert "f000100.txt" in second
    assert "f000099.txt" not in second
    found = browser.page(f"/jobs/{job.id}/files?q=F09999")
    assert found.count("<tr>") == 11
    for odd in ("%25", "%00", "_", "x" * 3000):
        assert browser.get(f"/jobs/{job.id}/files?q={odd}").status_code == 200
    for odd in ("after=%00", "after=x&task=y"):
        assert browser.get(f"/jobs/{job.id}/files?{odd}").status_code == 400


def test_files_of_a_batch_are_those_of_its_tasks(portal: Portal) -> None:
    batch = portal.post(body(APP, field("job[batch]", "each"), *(file("f", f"{n}.txt", b"%d" % n) for n in range(2))))
    number = int(batch.get_json()["id"])
    tasks = portal.world.tasks(portal.job(number))
    for task in tasks:
        (portal.world.services.layout.job_dir(task) / "out.txt").write_text(f"of task {task.task}")
    portal.world.session.execute(
        JobFile.__table__.insert(),
        [{"job_id": task.id, "name": "out.txt", "path": "out.txt", "size": 9, "sha256": "0" * 64} for task in tasks],
    )
    for task in tasks:
        task.state = JobState.DONE.value
    portal.world.session.commit()
    browser = visit(portal, portal.world.user)
    listed = browser.page(f"/jobs/{number}/files")
    for task in range(2):
        assert f"/jobs/{number}/files/out.txt?task={task}" in listed
        assert f"of task {task}" in browser.page(f"/jobs/{number}/files/out.txt?task={task}")
    for wrong, status in (("9", 404), ("x", 400), ("-1", 400)):
        assert browser.get(f"/jobs/{number}/files/out.txt?task={wrong}").status_code == status


def test_a_file_that_became_a_link_or_went_is_not_shown(portal: Portal) -> None:
    job, _ = portal.finished({"link.txt": b"x", "gone.txt": b"y", "other.txt": b"z", "longer.txt": b"1"})
    folder = portal.world.services.layout.job_dir(job)
    (folder / "link.txt").unlink()
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "gone.txt").unlink()
    (folder / "longer.txt").write_bytes(b"12")
    browser = visit(portal, portal.world.user)
    for name in ("link.txt", "gone.txt", "longer.txt", "never.txt", "%00"):
        for what in ("files", "raw"):
            answer = browser.get(f"/jobs/{job.id}/{what}/{name}")
            assert answer.status_code == 404, (what, name)
            assert "root:" not in answer.text
    assert browser.get(f"/jobs/{job.id}/files").status_code == 200


KINDS: dict[str, tuple[bytes, str]] = {
    "a.png": (media.gradient(8, 8), "8 \u00d7 8 pixels"),
    "bomb.png": (media.bomb(), "so many pixels"),
    "a.wav": (media.sound(0.1), "<audio controls"),
    "a.pdf": (media.document(), "<iframe"),
    "b.pdf": (media.document("app.alert\\(1\\)"), "does something when it is opened"),
    "a.html": (media.PAGE, "&lt;script&gt;"),
    "a.svg": (media.DRAWING, "&lt;svg"),
    "a.csv": (b"n,m\n1,2\n", '<table class="sortable"'),
    "a.json": (b'{"n": {"m": "<b>"}}', "&lt;b&gt;"),
    "b.json": (b"[" * 100_000, "not valid JSON"),
    "c.json": (b'{"a":1' + b" " * 3_000_000, "too large to be shown as a tree"),
    "a.md": (b"# Title\n<script>x</script>", "<h2>Title</h2>"),
    "empty": (b"", "has no bytes"),
    "a.bin": (bytes(range(256)), "00000000  00 01"),
    "latin.txt": (b"\xe9", "shown as Latin-1"),
    "utf16.txt": ("é".encode("utf-16"), "Encoding: UTF-16"),
    "long.txt": (b"x" * 600_000, "Next part"),
    "tabs.txt": (b"0\t1\ta\n1\t2\tb\n", '<table class="sortable"'),
}


def test_each_kind_has_its_preview(portal: Portal) -> None:
    job, _ = portal.finished({name: content for name, (content, _) in KINDS.items()})
    browser = visit(portal, portal.world.user)
    for name, (_, shown) in KINDS.items():
        page = browser.page(f"/jobs/{job.id}/files/{name}")
        assert shown in page, name
        assert "<script>const" not in page
        assert "style=" not in page
    assert "<pre" in browser.page(f"/jobs/{job.id}/files/a.csv?as=text")
    assert "<iframe" not in browser.page(f"/jobs/{job.id}/files/b.pdf")
    assert 'aria-sort="descending"' in browser.page(f"/jobs/{job.id}/files/a.csv?sort=1&order=descending")
    for odd in ("sort=99", "sort=x", "as=nothing", "as=pdf"):
        assert browser.get(f"/jobs/{job.id}/files/a.csv?{odd}").status_code == 200
    assert browser.get(f"/jobs/{job.id}/files/a.csv?from=-1").status_code == 400
    assert browser.get(f"/jobs/{job.id}/files/long.txt?from=99999999").status_code == 200


SAFE = {
    "a.png": "image/png", "a.wav": "audio/wav", "a.pdf": "application/pdf", "b.pdf": "application/octet-stream",
    "a.html": "application/octet-stream", "a.svg": "application/octet-stream", "a.csv": "application/octet-stream",
    "a.json": "application/octet-stream",
}  # fmt: skip


def test_bytes_are_sent_so_that_they_do_nothing(portal: Portal) -> None:
    job, _ = portal.finished({name: KINDS[name][0] for name in SAFE})
    browser = visit(portal, portal.world.user)
    for name, kind in SAFE.items():
        answer = browser.get(f"/jobs/{job.id}/raw/{name}")
        assert (answer.status_code, answer.mimetype) == (200, kind), name
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert ("sandbox" in headers["Content-Security-Policy"]) == (name != "a.pdf")
        shown = "attachment" if kind == "application/octet-stream" else "inline"
        assert headers["Content-Disposition"].startswith(shown)
        part = browser.get(f"/jobs/{job.id}/raw/{name}", headers={"Range": "bytes=1-3"})
        assert (part.status_code, part.data) == (206, KINDS[name][0][1:4])
        saved = browser.get(f"/jobs/{job.id}/raw/{name}?download=1")
        assert saved.mimetype == "application/octet-stream"
        assert saved.headers["Content-Disposition"].startswith("attachment")


def test_only_pages_and_drawings_are_opened_and_alone(portal: Portal) -> None:
    job, _ = portal.finished({name: KINDS[name][0] for name in SAFE})
    browser = visit(portal, portal.world.user)
    for name, kind in (("a.html", "text/html"), ("a.svg", "image/svg+xml")):
        answer = browser.get(f"/jobs/{job.id}/raw/{name}?isolated=1")
        policy = answer.headers["Content-Security-Policy"]
        assert answer.mimetype == kind
        assert policy.startswith("sandbox; default-src 'none'")
        assert "allow-" not in policy
        assert "script-src" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for name in ("a.png", "a.csv", "a.pdf"):
        assert browser.get(f"/jobs/{job.id}/raw/{name}?isolated=1").status_code == 404


def test_all_files_as_one_zip(portal: Portal) -> None:
    job, _ = portal.finished({"out.txt": b"x"})
    answer = visit(portal, portal.world.user).get(f"/jobs/{job.id}/zip")
    assert (answer.status_code, answer.mimetype, answer.data[:2]) == (200, "application/zip", b"PK")

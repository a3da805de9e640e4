"""The page of a job, live: its state, its log, its buttons, a connection that is cut; nothing reloads the page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from allgo_hpc.models import Job, utc_now
from slurm import State
from tests.browser.browsing import sign_in, watched
from tests.browser.stage import Stage, stage

FAST = {"timeout": 10_000}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("live")) as made:
        yield made


@pytest.fixture(scope="module")
def ada(browser: Browser, live: Stage) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    sign_in(context.new_page(), live.url, "ada")
    yield context
    context.close()


@pytest.fixture
def page(ada: BrowserContext, live: Stage) -> Iterator[Page]:
    made, wrong = watched(ada, live.url)
    made.on("dialog", lambda dialog: dialog.accept())
    yield made
    ada.set_offline(False)
    made.close()
    cut = ("ERR_INTERNET_DISCONNECTED", "status of 503")  # what some tests bring about
    assert not [each for each in wrong if not any(each_cut in each for each_cut in cut)]


def _log(live: Stage, job: Job) -> Path:
    return live.world.services.layout.job_dir(job) / "allgo.log"


def _run(live: Stage, job: Job) -> None:
    live.world.slurm.say(job.uuid, State.RUNNING, nodes="c1", started_at=utc_now())
    live.world.sweep()


def _end(live: Stage, job: Job, state: State = State.COMPLETED, code: int = 0) -> None:
    live.world.slurm.say(job.uuid, state, exit_code=code, signal=0)
    live.world.sweep()


def _open(page: Page, live: Stage, job: Job) -> None:
    page.goto(f"{live.url}/jobs/{job.id}")
    page.evaluate("window.notReloaded = true")


def test_the_state_follows_the_job(page: Page, live: Stage) -> None:
    job = live.world.submit(files={"moon.txt": b"The moon."})
    _open(page, live, job)
    badge = page.locator("h1 .state")
    expect(badge).to_have_text("submitted")
    _run(live, job)
    expect(badge).to_have_text("running", **FAST)
    expect(page.locator("#job-said")).to_have_text(f"Job {job.id}: running")
    job.progress, job.progress_message = 0.4, "frame 4 of 10"
    live.world.session.commit()
    expect(page.locator("label[for=progress]")).to_contain_text("frame 4 of 10", **FAST)
    _end(live, job, State.FAILED, 3)
    expect(badge).to_have_text("failed", **FAST)
    expect(page.locator(".job-why")).to_contain_text("exit code 3")
    expect(page.get_by_role("button", name="Run it again")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(page).to_have_title(re.compile("failed"))
    assert page.evaluate("window.notReloaded")


def test_a_log_grows_pauses_and_goes_on(page: Page, live: Stage) -> None:
    job = live.world.submit()
    _run(live, job)
    _open(page, live, job)
    expect(page.locator(".log-empty")).to_be_visible()
    with _log(live, job).open("ab", buffering=0) as file:
        file.write(b"".join(b"line %d\n" % number for number in range(500)))
        lines = page.locator(".log-lines")
        expect(lines).to_contain_text("line 499", **FAST)
        file.write(b"10 %")
        expect(lines).to_contain_text("10 %", **FAST)
        file.write(b"\r\x1b[32m95 %\x1b[0m")
        expect(page.locator(".log-lines .a-f2")).to_have_text("95 %", **FAST)
        expect(lines).not_to_contain_text("10 %")
        file.write(b"\nhalf a character \xe2\x82")
        expect(lines).to_contain_text("half a character", **FAST)
        file.write(b"\xac\n")
        expect(lines).to_contain_text("half a character €", **FAST)
        lines.hover()
        page.mouse.wheel(0, -2000)
        status = page.locator(".log-status")
        expect(status).to_contain_text("paused")
        file.write(b"after the pause\n")
        expect(status).to_contain_text("more below", **FAST)
        expect(lines).not_to_contain_text("after the pause")
        page.get_by_role("button", name="End", exact=True).click()
        expect(lines).to_contain_text("after the pause", **FAST)
        expect(status).to_contain_text("following")
        file.write(b"the very end")
    _end(live, job)
    expect(lines).to_contain_text("the very end", **FAST)
    expect(status).to_contain_text("all of it is here", **FAST)


def test_searching_what_is_here_and_what_is_not(page: Page, live: Stage) -> None:
    job = live.world.submit()
    with _log(live, job).open("wb") as file:
        file.write(b"a needle far above\n")
        for number in range(100_000):
            file.write(b"line %d of the log\n" % number)
        file.write(b"a Needle at the end\n")
    _end(live, job)
    _open(page, live, job)
    lines, hit = page.locator(".log-lines"), page.locator(".log-lines .hit")
    expect(lines).to_contain_text("a Needle at the end", **FAST)
    page.get_by_label("Search in the log").fill("needle")
    page.get_by_role("button", name="Next").click()
    expect(hit).to_have_text("a Needle at the end")
    page.get_by_role("button", name="Next").click()
    expect(hit).to_have_text("a needle far above", **FAST)
    page.get_by_label("Search in the log").fill("nowhere at all")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".log-status")).to_contain_text("nothing found", **FAST)


def test_however_far_one_scrolls_the_page_holds_a_bounded_number_of_lines(page: Page, live: Stage) -> None:
    job = live.world.submit()
    _log(live, job).write_bytes(b"".join(b"line %d\n" % number for number in range(100_000)))
    _end(live, job)
    _open(page, live, job)
    lines = page.locator(".log-lines")
    expect(lines).to_contain_text("line 99999", **FAST)
    first = page.locator(".log-lines .line").first
    while (start := first.text_content() or "") != "line 0":
        lines.evaluate("element => { element.scrollTop = 0; }")
        expect(first).not_to_have_text(start, **FAST)
    assert page.locator(".log-lines .line").count() < 24_000
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".log-lines .line").first).to_have_text("line 0", **FAST)


def test_escapes_and_markup_do_nothing(page: Page, live: Stage) -> None:
    job = live.world.submit()
    _log(live, job).write_bytes(
        b"\x1b]8;;https://evil.example/\x07a link\x1b]8;;\x07 \x1b]0;title\x1b\\after\n"
        b"<img src=x onerror=alert(1)>\n\x1b[2J\x1b[5;5Hmoved\x1b[1A\n\xff\x00 \xe2\x80\xaeabc\n"
        b"one\rtw\n12345\x1b[3D\x1b[K\n\x1b]never ended " + b"x" * 9000 + b"\nshown\n"
    )
    _end(live, job)
    _open(page, live, job)
    lines = page.locator(".log-lines")
    expect(lines).to_contain_text("shown", **FAST)
    told = [text or "" for text in page.locator(".log-lines .line").all_text_contents()]
    assert told[:3] == ["a link after", "<img src=x onerror=alert(1)>", "moved"]
    assert told[3] == "\ufffd\ufffd \ufffdabc"
    assert told[4] == "twe"
    assert page.locator(".log-lines a, .log-lines img").count() == 0


def test_cancelling_from_the_page(page: Page, live: Stage) -> None:
    job = live.world.submit()
    _run(live, job)
    _open(page, live, job)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelling since")).to_be_visible()
    live.world.slurm.say(job.uuid, State.CANCELLED, exit_code=0, signal=15)
    live.world.sweep()
    expect(page.locator("h1 .state")).to_have_text("cancelled", **FAST)
    expect(page.get_by_text("Cancelling since")).to_have_count(0)


def test_a_fix_button_leads_to_the_new_job(page: Page, live: Stage) -> None:
    job = live.world.submit(files={"moon.txt": b"The moon."}, queue="interactive")
    _end(live, job, State.TIMEOUT)
    _open(page, live, job)
    page.get_by_role("button", name="Run again on the standard queue").click()
    page.wait_for_url(lambda url: re.search(r"/jobs/\d+$", url) is not None and not url.endswith(f"/{job.id}"))
    expect(page.get_by_text("Runs again", exact=True)).to_be_visible()


def test_a_connection_that_is_cut_comes_back(page: Page, live: Stage) -> None:
    job = live.world.submit()
    _run(live, job)
    _log(live, job).write_bytes(b"before\n")
    _open(page, live, job)
    expect(page.locator(".log-lines")).to_contain_text("before", **FAST)
    page.context.set_offline(True)
    page.route("**/jobs/**", lambda route: route.abort("internetdisconnected"))
    notice = page.locator("#not-connected")
    expect(notice).to_be_visible(timeout=45_000)
    with _log(live, job).open("ab") as file:
        file.write(b"meanwhile\n")
    _end(live, job)
    page.unroute("**/jobs/**")
    page.context.set_offline(False)
    expect(page.locator("h1 .state")).to_have_text("done", timeout=30_000)
    expect(notice).to_be_hidden()
    expect(page.locator(".log-lines")).to_contain_text("meanwhile", **FAST)


def test_where_there_is_no_stream_the_page_asks(page: Page, live: Stage) -> None:
    job = live.world.submit()
    page.route("**/events?*", lambda route: route.fulfill(status=503))
    _open(page, live, job)
    _end(live, job)
    expect(page.locator("h1 .state")).to_have_text("done", timeout=20_000)


def test_what_one_has_opened_stays_open(page: Page, live: Stage) -> None:
    job = live.world.submit()
    _open(page, live, job)
    mail = page.get_by_role("button", name="Mail me when it ends")
    mail.focus()
    _run(live, job)
    expect(page.locator("h1 .state")).to_have_text("running", **FAST)
    expect(mail).to_be_focused()


def test_without_scripts_all_is_there(browser: Browser, live: Stage) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        sign_in(page, live.url, "ada")
        job = live.world.submit()
        _log(live, job).write_bytes(b"words of the app\n")
        _run(live, job)
        page.goto(f"{live.url}/jobs/{job.id}")
        expect(page.locator(".log-lines")).to_have_text("words of the app\n")
        expect(page.locator(".log-tools")).to_be_hidden()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Cancelling since")).to_be_visible()
    finally:
        context.close()

"""The browser's own notice of a job's end: one, with how it ended; and a clear word where notices are not allowed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from allgo_hpc.models import Job, utc_now
from slurm import State
from tests.browser.browsing import sign_in
from tests.browser.stage import Stage, stage

FAST = {"timeout": 10_000}
_RECORD = """
window.notices = [];
const Own = window.Notification;
window.Notification = class extends EventTarget {
    constructor(title, options) {
        super();
        window.notices.push({ title, ...options });
        this.own = new Own(title, options);
    }
    static get permission() { return Own.permission; }
    static requestPermission() { return Own.requestPermission(); }
    close() { this.own.close(); }
};
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("notice")) as made:
        yield made


@pytest.fixture
def ada(browser: Browser, live: Stage) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.add_init_script(_RECORD)
    sign_in(context.new_page(), live.url, "ada")
    yield context
    context.close()


def _open(ada: BrowserContext, live: Stage) -> tuple[Page, Job]:
    """The page of a job that runs."""
    job = live.world.submit()
    live.world.slurm.say(job.uuid, State.RUNNING, nodes="c1", started_at=utc_now())
    live.world.sweep()
    page = ada.new_page()
    page.goto(f"{live.url}/jobs/{job.id}")
    return page, job


def _end(live: Stage, job: Job, page: Page) -> None:
    live.world.slurm.say(job.uuid, State.FAILED, exit_code=3, signal=0)
    live.world.sweep()
    expect(page.locator("h1 .state")).to_have_text("failed", **FAST)


def _button(page: Page) -> None:
    page.get_by_role("button", name="Tell me in this browser when it ends").click()


def test_one_notice_tells_how_it_ended(ada: BrowserContext, live: Stage) -> None:
    ada.grant_permissions(["notifications"])
    page, job = _open(ada, live)
    _button(page)
    expect(page.get_by_text("This browser tells you when it ends")).to_be_visible()
    expect(page.locator("#browser-notice button")).to_be_hidden()
    assert page.evaluate("notices") == []
    _end(live, job, page)
    page.wait_for_function("notices.length > 0", **FAST)
    told = {"title": f"Job {job.id} has ended", "body": f"Job {job.id}: failed", "tag": f"/jobs/{job.id}"}
    assert page.evaluate("notices") == [told]
    expect(page.locator("#browser-notice")).to_be_hidden()
    page.reload()  # it has ended: nothing more is offered, and nothing told again
    expect(page.locator("#browser-notice")).to_have_count(0)
    assert page.evaluate("notices") == []


def test_who_does_not_ask_gets_none(ada: BrowserContext, live: Stage) -> None:
    ada.grant_permissions(["notifications"])
    page, job = _open(ada, live)
    _end(live, job, page)
    expect(page.locator("#job-said")).to_have_text(f"Job {job.id}: failed")
    assert page.evaluate("notices") == []


def test_a_browser_that_refuses_is_said(ada: BrowserContext, live: Stage) -> None:
    page, job = _open(ada, live)  # nobody is asked by a browser without a window: it refuses
    _button(page)
    expect(page.get_by_text("This browser does not let the portal show notices.")).to_be_visible()
    expect(page.locator("#browser-notice button")).to_be_visible()
    _end(live, job, page)
    expect(page.locator("#job-said")).to_have_text(f"Job {job.id}: failed")
    assert page.evaluate("notices") == []

"""The list of jobs in a browser: fresh by itself, and several jobs at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from slurm import State
from tests.browser.browsing import sign_in, watched
from tests.browser.stage import Stage, stage


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as made:
        yield made


@pytest.fixture
def page(portal: Stage, browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page, wrong = watched(context, portal.url)
    sign_in(page, portal.url, "ada")
    yield page
    assert not wrong
    context.close()


def test_states_are_fresh_and_what_was_chosen_stays(portal: Stage, page: Page) -> None:
    world = portal.world
    job, other = world.submit(), world.submit()
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/events")):
        page.goto(f"{portal.url}/jobs")
    row = page.locator(f"tr[data-job='{job.id}']")
    row.locator("input").check()
    world.slurm.say(job.uuid, State.RUNNING, nodes="c1", started_at=None)
    world.sweep()
    expect(row.locator(".state")).to_have_text("running")
    expect(page.locator("#news")).to_contain_text(f"Job #{job.id} is now: running.")
    expect(row.locator("input")).to_be_checked()
    expect(page.locator(f"tr[data-job='{other.id}'] .state")).not_to_have_text("running")
    new = world.submit()
    expect(page.locator("#news")).to_contain_text("New jobs: 1.")
    page.locator("#news a").click()
    expect(page.locator(f"tr[data-job='{new.id}']")).to_be_visible()


def test_several_jobs_are_cancelled_deleted_and_fetched(portal: Stage, page: Page) -> None:
    ended = portal.ended({"out.txt": b"result"})
    waiting = [portal.world.submit() for _ in range(2)]
    page.goto(f"{portal.url}/jobs")
    page.click("#all")
    expect(page.locator("#count")).to_have_text("3 chosen")
    page.click("button[value=cancel]")
    expect(page.locator("h1")).to_have_text("Cancel these jobs?")
    page.click("main button[value=cancel]")
    said = f"2 jobs are being cancelled, 1 had ended already (#{ended.id})."
    expect(page.locator(".message.good")).to_have_text(said)
    page.check(f"input[value='{ended.id}']")
    with page.expect_download() as caught:
        page.click("button[value=download]")
    assert caught.value.suggested_filename == f"job-{ended.id}.zip"
    page.goto(f"{portal.url}/jobs")
    page.check(f"input[value='{ended.id}']")
    page.click("button[value=delete]")
    page.click("main button[value=delete]")
    expect(page.locator(".message.good")).to_contain_text("The files of 1 job were deleted.")
    expect(page.locator("tr[data-job]")).to_have_count(len(waiting))


def test_all_of_it_without_scripts(portal: Stage, browser: Browser) -> None:
    jobs = [portal.world.submit() for _ in range(2)]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, portal.url, "ada")
    page.goto(f"{portal.url}/jobs")
    page.click("#all")
    page.click("button[value=cancel]")
    page.click("main button[value=cancel]")
    expect(page.locator(".message.good")).to_have_text(f"{len(jobs)} jobs are being cancelled.")
    context.close()

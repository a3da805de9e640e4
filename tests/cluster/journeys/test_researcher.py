"""A researcher: from a new account to a result; an upload that is cut; a job that is watched, cancelled, run again."""

import os
import re
import uuid
from pathlib import Path

import requests
from playwright.sync_api import expect

from tests.cluster.journeys.person import Person, link_in, mail_to
from tests.cluster.portal import Portal

MIB = 1024 * 1024
MOON = Path(__file__).parents[3] / "containers" / "samples" / "textstats" / "example" / "moon.txt"


def test_from_a_new_account_to_a_result(person: Person) -> None:
    name = f"new{uuid.uuid4().hex[:8]}"
    page = person.go("/")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_role("link", name="Make one").click()
    for field, value in (("username", name), ("email", f"{name}@example.org")):
        page.fill(f"#{field}", value)
    for field in ("password", "password_confirm"):
        page.fill(f"#{field}", "ten words are longer than one")
    page.locator("main form button").click()
    person.at("/login")
    page.goto(link_in(mail_to(f"{name}@example.org", "account")))
    person.sign_in(name, "ten words are longer than one")

    page = person.go("/")
    page.get_by_role("searchbox").fill("words text")
    page.keyboard.press("Enter")
    page.locator("main a[href='/apps/textstats']").first.click()
    person.at("/apps/textstats")
    page.set_input_files("#run-files", MOON)
    expect(page.locator("#run-list li.ready")).to_have_count(1, timeout=30_000)
    page.click("#run-submit")
    person.at(r"/jobs/\d+")
    person.state("done")
    page.locator("#results").get_by_role("link").first.click()
    person.at(r"/jobs/\d+/files/.+")
    expect(page.locator("main")).to_contain_text(re.compile("moon", re.IGNORECASE))


def test_an_upload_that_is_cut_goes_on(person: Person, portal: Portal, tmp_path: Path) -> None:
    person.sign_in(portal.values["ALLGO_USER"], portal.values["ALLGO_PASSWORD"])
    page = person.go("/apps/probe")
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(96 * MIB))
    patches: list[int] = []
    page.on(
        "request",
        lambda sent: patches.append(int(sent.headers["upload-offset"])) if sent.method == "PATCH" else None,
    )
    answered: list[str] = []
    page.on("response", lambda answer: answered.append(answer.url) if answer.request.method == "PATCH" else None)
    page.set_input_files("#run-files", large)
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        pass
    person.context.set_offline(True)
    expect(page.locator("#run-list")).to_contain_text("connection lost", timeout=30_000)
    person.context.set_offline(False)
    expect(page.locator("#run-list li.ready")).to_have_count(1, timeout=120_000)
    assert patches.count(0) == 1, "its beginning was sent once"
    assert max(patches) > 0
    page.fill("[name='job[param]']", "copy large.bin again.bin")
    page.click("#run-submit")
    number = int(person.at(r"/jobs/(\d+)").group(1))
    person.state("done")
    files = {one["name"]: one for one in _files(portal, number)}
    assert files["again.bin"]["size"] == 96 * MIB
    assert files["again.bin"]["sha256"] == files["large.bin"]["sha256"]
    person.wrong[:] = [one for one in person.wrong if "ERR_INTERNET_DISCONNECTED" not in one]


def test_watched_live_cancelled_and_run_again(person: Person, portal: Portal) -> None:
    person.sign_in(portal.values["ALLGO_USER"], portal.values["ALLGO_PASSWORD"])
    page = person.go("/apps/probe")
    page.fill("[name='job[param]']", "talk 200")
    page.click("#run-submit")
    first = int(person.at(r"/jobs/(\d+)").group(1))
    person.state("running")
    log = page.locator(".log-lines")
    expect(log).to_contain_text("line 3: ünï", timeout=30_000)
    seen = log.inner_text().count("line ")
    expect(log).to_contain_text(f"line {seen + 3}:", timeout=30_000)
    page.get_by_role("button", name="Cancel", exact=True).click()
    person.state("cancelled")
    assert portal.get(first)["state"] == "cancelled"
    page.get_by_role("link", name="Run again with changes").click()
    person.at(rf"/apps/probe.*from={first}")
    page.fill("[name='job[param]']", "talk 2")
    page.click("#run-submit")
    second = int(person.at(r"/jobs/(\d+)").group(1))
    assert second != first
    person.state("done")
    assert portal.get(second)["rerun_of"] == first
    page = person.go(f"/jobs/compare?a={first}&b={second}")
    expect(page.locator("main")).to_contain_text("talk")


def _files(portal: Portal, number: int) -> list[dict[str, object]]:
    answer = requests.get(f"{portal.url}/api/v1/jobs/{number}/files", headers=portal.auth, timeout=60)
    assert answer.status_code == 200
    found: list[dict[str, object]] = answer.json()["files"]
    return found

"""An administrator sets a limit; whoever has it is told of it by name and figure, and whom to ask."""

import uuid

from playwright.sync_api import Browser, expect

from tests.cluster.journeys.person import Person
from tests.cluster.portal import Portal, run_as

ALLGO = "/opt/allgo-hpc/venv/bin/allgo-hpc"


def test_a_limit_of_somebodys_own(person: Person, passwords: str, portal: Portal, browser: Browser) -> None:
    name = f"limited{uuid.uuid4().hex[:6]}"
    words = [ALLGO, "user", "add", name, "--email", f"{name}@example.org", "--password-stdin"]
    run_as("allgo", words, stdin=f"{passwords}\n")
    person.sign_in("admin", passwords)
    page = person.go("/admin/users")
    page.get_by_role("searchbox").fill(name)
    page.keyboard.press("Enter")
    page.locator("main").get_by_role("link", name=name).first.click()
    person.at(f"/admin/users/{name}")
    page.fill("#jobs_a_day", "1")
    page.get_by_role("button", name="Save the limits").click()
    expect(page.locator("#jobs_a_day")).to_have_value("1")

    other = browser.new_context()
    try:
        user = Person(other, portal.url)
        user.sign_in(name, passwords)
        page = user.go("/apps/probe")
        page.click("#run-submit")
        user.at(r"/jobs/\d+")
        page = user.go("/apps/probe")
        page.click("#run-submit")
        refused = page.locator("#run-refused")
        expect(refused).to_be_visible(timeout=30_000)
        expect(page.locator("main")).to_contain_text("1")
        expect(page.locator("main")).to_contain_text("24 hours")
        page = user.go("/jobs")
        expect(page.locator("main")).to_contain_text("1 of 1")
    finally:
        other.close()

    page = person.go("/admin/audit")
    expect(page.locator("main")).to_contain_text(name)

"""An author: from "make an app" through ssh and a commit to a published version that somebody runs."""

import re
import shlex
import subprocess
import uuid
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.cluster.journeys.person import Person
from tests.cluster.portal import Portal

ENTRYPOINT = '#!/bin/sh\ncat *.txt | tr a-z A-Z > loud.out && echo made with "$@"\n'


def test_from_making_an_app_to_somebody_who_runs_it(
    person: Person, passwords: str, portal: Portal, browser: Browser, tmp_path: Path
) -> None:
    name = f"loud{uuid.uuid4().hex[:6]}"
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)], check=True)
    person.sign_in("author", passwords)

    page = person.go("/account/ssh-keys")
    page.fill("#key", key.with_suffix(".pub").read_text())
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("main")).to_contain_text(name)

    page = person.go("/author/new")
    page.fill("#name", name)
    page.fill("#title", "Says it loudly")
    page.select_option("#public", label="everybody")
    page.get_by_role("button", name="Make the app").click()
    person.at(f"/author/{name}/")
    page.locator("#steps").get_by_role("button", name="Start").click()
    command = page.locator("#ssh")
    expect(command).to_be_visible(timeout=120_000)

    program, *words = shlex.split(command.inner_text())
    options = [
        "-o",
        "BatchMode=yes",
        "-o",
        f"UserKnownHostsFile={tmp_path}/known",
        "-o",
        "StrictHostKeyChecking=accept-new",
    ]
    subprocess.run(
        [program, *options, "-F", "none", "-i", str(key), *words, "cat > entrypoint && chmod 755 entrypoint"],
        input=ENTRYPOINT, text=True, check=True, capture_output=True, timeout=120,
    )  # fmt: skip

    page = person.go(f"/author/{name}/sample")
    sample = tmp_path / "sample.txt"
    sample.write_text("quiet\n")
    page.locator("main input[type=file]").first.set_input_files(sample)
    page.locator("main form[enctype] button").first.click()
    expect(page.locator("main")).to_contain_text("sample.txt")

    page = person.go(f"/author/{name}/")
    page.fill("#changelog", "It speaks up.")
    page.get_by_role("button", name="Commit the sandbox").click()
    expect(page.locator("#commit")).to_contain_text("The last commit is version 1", timeout=180_000)
    page = person.go(f"/author/{name}/versions")
    expect(page.locator("main")).to_contain_text(re.compile("published", re.IGNORECASE))

    other = browser.new_context()
    try:
        user = Person(other, portal.url)
        user.sign_in(portal.values["ALLGO_USER"], portal.values["ALLGO_PASSWORD"])
        page = user.go(f"/apps/{name}")
        expect(page.locator("main")).to_contain_text("It speaks up.")
        page.set_input_files("#run-files", sample)
        expect(page.locator("#run-list li.ready")).to_have_count(1, timeout=30_000)
        page.click("#run-submit")
        user.at(r"/jobs/\d+")
        user.state("done")
        expect(page.locator("#results")).to_contain_text("loud.out", timeout=30_000)
        assert not user.wrong
    finally:
        other.close()

"""What the pages of authors do by scripts: a commit that is followed live, the schema editor, by mouse and keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from allgo_hpc.commits import candidate
from tests.browser.browsing import sign_in
from tests.browser.stage import Stage, stage
from tests.fast.domain.workbench import Looked, Workbench, make_workbench


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, build_node_host="build.example.org") as opened:
        yield opened


@pytest.fixture
def bench(made: Stage, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setattr(candidate, "inspect_image", Looked())
    return make_workbench(made.world)


@pytest.fixture
def page(made: Stage, bench: Workbench, browser: Browser) -> Iterator[Page]:  # the node stands behind it
    context = browser.new_context()
    opened = context.new_page()
    sign_in(opened, made.url, "bob")
    yield opened
    context.close()


def test_a_sandbox_and_its_commit_are_followed_live(made: Stage, bench: Workbench, page: Page) -> None:
    page.goto(f"{made.url}/author/textstats/")
    page.locator("#steps").get_by_role("button", name="Start").click()
    expect(page.locator("#machine-box")).to_contain_text("starting")
    bench.turns()
    expect(page.locator("#ssh")).to_have_text("ssh textstats@build.example.org")
    page.fill("#changelog", "reads TIFF too")
    page.get_by_role("button", name="Commit the sandbox").click()
    expect(page.locator(".way .now")).to_have_text("waiting")
    bench.turns()
    expect(page.locator(".way .now")).to_have_text("building the image")
    uuid = next(iter(bench.node.commits))
    bench.turns()
    expect(page.locator("#log")).to_contain_text("made an image")
    assert uuid
    bench.turns(3)
    expect(page.locator("#commit")).to_contain_text("The last commit is version 2.")
    expect(page.locator("#history")).to_contain_text("version 2")


def test_what_was_typed_stays_when_the_page_follows(made: Stage, bench: Workbench, page: Page) -> None:
    page.goto(f"{made.url}/author/textstats/")
    page.locator("#steps").get_by_role("button", name="Start").click()
    bench.turns()
    page.locator("#changelog").type("half a sen")
    page.request.post(
        f"{made.url}/api/v1/apps/textstats/sandbox/stop",
        headers={"X-CSRF-Token": page.locator("meta[name=csrf-token]").get_attribute("content") or ""},
    )
    expect(page.locator("#machine-box")).to_contain_text("stopping")
    bench.turns()
    expect(page.locator("#machine-box")).to_contain_text("stopped")
    expect(page.locator("#changelog")).to_have_value("half a sen")


def test_the_schema_editor_shows_the_form_as_it_is_made(made: Stage, page: Page) -> None:
    page.goto(f"{made.url}/author/textstats/parameters")
    page.click("#parameter-add")
    page.fill("#parameter-0-name", "Noise")
    page.fill("#parameter-0-option", "-noise")
    expect(page.locator("#tried label")).to_have_text("Noise")
    page.select_option("#parameter-0-type", "number")
    page.fill("#parameter-0-max", "10")
    expect(page.locator("#tried input[type=number]")).to_have_attribute("max", "10")
    page.fill("#value-0", "7")
    expect(page.locator("#made")).to_have_text("-noise 7")
    page.fill("#value-0", "70")
    expect(page.locator("#made .wrong")).to_contain_text("at most 10")
    # Nothing is stored until it is saved.
    made.world.session.refresh(made.world.app)
    assert not made.world.app.parameters
    page.click("#parameter-save")
    expect(page.locator(".message.good")).to_contain_text("Stored")
    made.world.session.refresh(made.world.app)
    assert [one["name"] for one in made.world.app.parameters or []] == ["Noise"]


def test_rows_are_moved_by_the_keyboard_and_the_focus_goes_with_them(made: Stage, page: Page) -> None:
    page.goto(f"{made.url}/author/textstats/parameters")
    for at, name in enumerate(("First", "Second", "Third")):
        page.locator("#parameter-add").press("Enter")
        expect(page.locator(f"#parameter-{at}-name")).to_be_focused()
        page.keyboard.type(name)
    page.locator("#parameter-up-2").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#parameter-1-name")).to_have_value("Third")
    expect(page.locator("#parameter-up-1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#parameter-0-name")).to_have_value("Third")
    expect(page.locator("#parameter-down-0")).to_be_focused()
    page.locator("#parameter-remove-0").press("Enter")
    expect(page.locator("#parameter-0-name")).to_have_value("First")
    expect(page.locator("#parameter-remove-0")).to_be_focused()


def test_a_name_is_tried_as_it_is_typed(made: Stage, page: Page) -> None:
    page.goto(f"{made.url}/author/new")
    page.fill("#name", "textstats")
    expect(page.locator("#name-state")).to_contain_text("is taken")
    page.fill("#name", "denoise")
    expect(page.locator("#name-state")).to_contain_text("denoise is free")
    page.fill("#description", "It **denoises**.")
    expect(page.locator("#preview strong")).to_have_text("denoises")
    page.get_by_role("button", name="Make the app").click()
    expect(page).to_have_url(f"{made.url}/author/denoise/")

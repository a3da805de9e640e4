"""The run form with scripts: files sent as they are chosen, resumed, known; fields and their text; refusals."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from allgo_hpc.models import Job
from allgo_hpc.parameters.schema import check_parameters
from slurm import State
from tests.browser.areas.running import PARAMETERS, PRESETS
from tests.browser.browsing import sign_in, watched
from tests.browser.stage import Stage, stage

MIB = 1024 * 1024
RUN = "/apps/textstats/run"
UPLOADS = re.compile(r"/api/v1/uploads/")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage")) as made:
        made.world.app.parameters = check_parameters(PARAMETERS)
        made.world.app.presets = PRESETS
        made.world.session.commit()
        yield made


@pytest.fixture(scope="module")
def signed_in(browser: Browser, portal: Stage) -> Iterator[BrowserContext]:
    context = browser.new_context()
    sign_in(context.new_page(), portal.url, "ada")
    yield context
    context.close()


@pytest.fixture
def page(signed_in: BrowserContext, portal: Stage) -> Iterator[Page]:
    page, wrong = watched(signed_in, portal.url)
    page.goto(portal.url + RUN)
    expect(page.locator("#run-code")).to_be_attached()
    page.fill("[name='value[Rounds]']", "1")
    yield page
    page.close(run_before_unload=False)
    assert [one for one in wrong if "ERR_FAILED" not in one and "ERR_CONNECTION" not in one] == []


def _ready(page: Page, count: int) -> None:
    expect(page.locator("#run-list li.ready")).to_have_count(count, timeout=60_000)


def _run(page: Page, portal: Stage) -> Job:
    page.click("#run-submit")
    page.wait_for_url(re.compile(r"/jobs/\d+$"), timeout=30_000)
    portal.world.session.expire_all()
    return portal.world.session.get_one(Job, int(page.url.rsplit("/", 1)[1]))


def _inputs(portal: Stage, job: Job) -> dict[str, int]:
    folder = portal.world.services.layout.job_dir(job)
    return {one.name: (folder / one.name).stat().st_size for one in job.inputs}


def _large(folder: Path, name: str = "large.bin", size: int = 40 * MIB) -> Path:
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


def _sent(page: Page) -> list[tuple[int, int]]:
    """Offset and status of each PATCH; filled while the page works."""
    found: list[tuple[int, int]] = []
    page.on(
        "response",
        lambda answer: found.append((int(answer.request.headers["upload-offset"]), answer.status))
        if answer.request.method == "PATCH" else None,
    )  # fmt: skip
    return found


def test_files_and_a_folder_become_a_jobs_inputs(page: Page, portal: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    (folder / "day 1").mkdir(parents=True)
    (folder / "day 1" / "a.txt").write_text("in a folder")
    (folder / "b.txt").write_text("b")
    # A dropped folder has entries that only the browser itself makes; what is read from them is the same as here.
    page.set_input_files("#run-folder", str(folder))
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["one"], "one.txt"));
            data.items.add(new File(["two two"], "two <b>.txt"));
            const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector("#run-drop").dispatchEvent(drop);
        }"""
    )
    _ready(page, 4)
    expect(page.locator("#run-total")).to_contain_text("4")
    expect(page.locator("#run-file-names option")).to_have_count(4)
    job = _run(page, portal)
    assert _inputs(portal, job) == {"scans_day 1_a.txt": 11, "scans_b.txt": 1, "one.txt": 3, "two <b>.txt": 7}


def test_a_dropped_folder_is_walked(page: Page) -> None:
    names = page.evaluate(
        """async () => {
            const { fromDrop } = await import("/static/js/running/dropped.js");
            const made = (path) => new File(["x"], path.split("/").pop());
            const file = (path) => ({ isFile: true, fullPath: path, file: (done) => done(made(path)) });
            const folder = (path, parts) => ({ isFile: false, fullPath: path, createReader: () => {
                const rounds = [parts.slice(0, 1), parts.slice(1), []];
                return { readEntries: (done) => done(rounds.shift()) };
            } });
            const inner = folder("/f/g", [file("/f/g/b"), file("/f/g/c")]);
            const entries = [folder("/f", [file("/f/a"), inner]), file("/d")];
            const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
            const found = await fromDrop({ items, files: [] });
            return found.map(([, path]) => path);
        }"""
    )
    assert names == ["f/a", "f/g/b", "f/g/c", "d"]


def test_a_cut_connection_goes_on_where_it_stopped(page: Page, portal: Stage, tmp_path: Path) -> None:
    cut: list[str] = []

    def once(route: Route) -> None:
        if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0" and not cut:
            cut.append(route.request.headers["upload-offset"])
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(UPLOADS, once)
    sent = _sent(page)
    page.set_input_files("#run-files", _large(tmp_path))
    expect(page.locator("#run-list li.retrying, #run-list li.ready")).to_have_count(1, timeout=60_000)
    _ready(page, 1)
    assert cut == [str(16 * MIB)]
    assert sent == [(0, 204), (16 * MIB, 204), (32 * MIB, 204)]
    page.unroute(UPLOADS)
    assert _inputs(portal, _run(page, portal)) == {"large.bin": 40 * MIB}


def _broken_at_16_mib(route: Route) -> None:
    if route.request.headers.get("upload-offset") == str(16 * MIB):
        route.abort()
    else:
        route.continue_()


def test_a_reload_in_the_middle(page: Page, portal: Stage, tmp_path: Path) -> None:
    path = _large(tmp_path, "reloaded.bin")
    page.route(UPLOADS, _broken_at_16_mib)
    page.set_input_files("#run-files", path)
    expect(page.locator("#run-list li.retrying")).to_have_count(1, timeout=60_000)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    page.unroute(UPLOADS)
    row = page.locator("#run-list li.again")
    expect(row).to_contain_text("40 %")
    page.fill("[name='value[Rounds]']", "1")
    page.click("#run-submit")
    expect(page.locator("[data-wrong=files]")).to_contain_text("choose the file again")
    sent = _sent(page)
    page.set_input_files("#run-files", path)
    _ready(page, 1)
    assert [offset for offset, _ in sent] == [16 * MIB, 32 * MIB]
    assert _inputs(portal, _run(page, portal)) == {"reloaded.bin": 40 * MIB}


def test_a_file_that_the_portal_has_is_not_sent(page: Page, portal: Stage, tmp_path: Path) -> None:
    path = _large(tmp_path, "known.bin", 2 * MIB)
    page.set_input_files("#run-files", path)
    _ready(page, 1)
    job = _run(page, portal)
    portal.world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    portal.world.sweep()
    page.goto(portal.url + RUN)
    page.fill("[name='value[Rounds]']", "1")
    sent = _sent(page)
    page.set_input_files("#run-files", path)
    _ready(page, 1)
    expect(page.locator("#run-list li")).to_contain_text("already")
    assert sent == []
    assert _inputs(portal, _run(page, portal)) == {"known.bin": 2 * MIB}


def test_fields_and_text_follow_each_other(page: Page) -> None:
    text = page.locator("#run-param")
    page.fill("[name='value[Noise level]']", "2.5")
    page.check("[name='value[Verbose]']")
    expect(text).to_have_value("-noise 2.5 --iter 1 --how fast -v")
    page.fill("[name='value[Noise level]']", "99")
    expect(page.locator("[data-wrong='value[Noise level]']")).to_contain_text("at most 50")
    page.click("#run-submit")
    expect(page.locator("[name='value[Noise level]']")).to_be_focused()
    text.fill("--iter 7 --how exact")
    expect(page.locator("[name='value[Rounds]']")).to_have_value("7")
    expect(page.locator("[name='value[Method]']")).to_have_value("exact")
    expect(page.locator("[name='value[Verbose]']")).not_to_be_checked()
    text.fill("--iter 7 --unheard of")
    expect(page.locator("#run-param-wins")).to_be_visible()
    page.select_option("#run-preset", "For the paper")
    expect(text).to_have_value("-noise 0.5 --iter 5 --how exact")
    expect(page.locator("[name='value[Rounds]']")).to_have_value("5")
    expect(page.locator("#run-param-wins")).to_be_hidden()
    expect(page.locator("#run-preset-said")).to_have_text("As in <b>our</b> article.")
    expect(page.locator("#code-python")).to_contain_text("-noise 0.5 --iter 5 --how exact")


def test_what_the_fields_cannot_show_is_submitted_as_it_is(page: Page, portal: Stage) -> None:
    page.fill("#run-param", "--iter 7 --unheard 'of it'")
    assert _run(page, portal).param == "--iter 7 --unheard 'of it'"


def test_run_at_once_takes_what_was_just_typed(page: Page, portal: Stage) -> None:
    page.fill("[name='value[Rounds]']", "8")
    assert "--iter 8" in _run(page, portal).param


def test_by_keyboard_alone(page: Page, portal: Stage, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("k")
    page.focus("#run-files")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(tmp_path / "key.txt")
    _ready(page, 1)
    page.focus("[name='job[queue]']:checked")
    page.keyboard.press("ArrowDown")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "run-submit":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/jobs/\d+$"))
    portal.world.session.expire_all()
    job = portal.world.session.get_one(Job, int(page.url.rsplit("/", 1)[1]))
    assert (job.queue, _inputs(portal, job)) == ("batch", {"key.txt": 1})


def test_refused_it_loses_nothing(page: Page, portal: Stage, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("k")
    page.set_input_files("#run-files", tmp_path / "kept.txt")
    _ready(page, 1)
    page.click("#run-advanced summary")
    page.fill("#run-memory", "5")
    page.click("#run-submit")
    wrong = page.locator("[data-wrong='job[memory_mb]']")
    expect(wrong).to_contain_text("it may be")
    expect(page.locator("#run-memory")).to_be_focused()
    expect(page.locator("#run-list li.ready")).to_have_count(1)
    page.fill("#run-memory", "100")
    page.fill("#run-cores", "0")
    page.click("#run-submit")
    expect(page.locator("[data-wrong='job[cpus]']")).to_contain_text("it may be 1 to")
    expect(page.locator("#run-cores")).to_be_focused()
    page.fill("#run-cores", "2")
    expect(page.locator("#code-curl")).to_contain_text("job[cpus]=2")
    job = _run(page, portal)
    assert (job.memory_mb, job.cpus, _inputs(portal, job)) == (100, 2, {"kept.txt": 1})


def test_removed_and_two_of_one_name(page: Page, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text(folder * 5 if folder == "a" else folder)
    page.set_input_files("#run-files", tmp_path / "a" / "same.txt")
    _ready(page, 1)
    page.set_input_files("#run-files", tmp_path / "b" / "same.txt")
    expect(page.locator("#run-list li.failed")).to_contain_text("this name already")
    page.locator("#run-list li.ready").get_by_role("button", name="Remove").click()
    _ready(page, 1)
    expect(page.locator("#run-list li")).to_have_count(1)


def test_advice_stands_beside_the_queues(page: Page, portal: Stage) -> None:
    expect(page.locator("[data-advice=standard]")).to_contain_text("starts")
    expect(page.locator("[data-recommended]:visible")).to_have_count(1)
    portal.world.slurm.be_away()
    try:
        page.reload()
        expect(page.locator("[data-advice=standard]")).to_contain_text("does not say")
    finally:
        portal.world.slurm.come_back()


def test_an_earlier_job_run_again_with_a_change(page: Page, portal: Stage) -> None:
    job = portal.world.submit("--iter 3", {"a.txt": b"1"})
    page.goto(f"{portal.url}{RUN}?from={job.id}")
    expect(page.locator("[name='value[Rounds]']")).to_have_value("3")
    page.fill("[name='value[Rounds]']", "4")
    expect(page.locator("#code-curl")).to_contain_text(f"/jobs/{job.id}/rerun")
    again = _run(page, portal)
    assert (again.rerun_of, again.param, _inputs(portal, again)) == (job.id, "--iter 4", {"a.txt": 1})

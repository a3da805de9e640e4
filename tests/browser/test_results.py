"""What a job left, in a browser: the slider, the waveform, the table; and files that try to act on the portal."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests import media
from tests.browser.browsing import sign_in, watched
from tests.browser.stage import Stage, stage


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("results")) as made:
        job = made.ended(
            {
                "output.png": media.gradient(), "talk_segments.txt": media.SEGMENTS, "page.html": media.PAGE,
                "drawing.svg": media.DRAWING, "paper.pdf": media.document(),
                "scripted.pdf": media.document("app.alert\\(1\\)"),
                "table.csv": b"name,n\nb,10\na,9\nc,100\nd,\n",
            },
            files={"cells.png": media.gradient(noisy=True), "talk.wav": media.sound()},
        )  # fmt: skip
        made.ids["files"] = f"{made.url}/jobs/{job.id}/files"
        made.ids["raw"] = f"{made.url}/jobs/{job.id}/raw"
        yield made


@pytest.fixture
def page(browser: Browser, played: Stage) -> Iterator[Page]:
    context = browser.new_context()
    made, wrong = watched(context, played.url)
    sign_in(made, played.url, "ada")
    yield made
    context.close()
    assert not wrong


def test_the_slider_goes_by_the_keyboard(page: Page, played: Stage) -> None:
    page.goto(f"{played.ids['files']}/output.png")
    clip = "getComputedStyle(document.querySelector('.compare .upper')).clipPath"
    page.wait_for_selector(".compare.live")
    assert page.evaluate(clip) == "inset(0px 0px 0px 50%)"
    page.focus("#split")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(clip) == "inset(0px 0px 0px 53%)"
    page.keyboard.press("Home")
    assert page.evaluate(clip).startswith("inset(0px")
    assert page.input_value("#split") == "0"
    assert page.locator(".compare img").nth(0).get_attribute("alt") == "Before: cells.png"
    page.wait_for_function("[...document.images].every((image) => image.complete && image.naturalWidth === 240)")


def test_the_waveform_has_its_segments_and_a_row_jumps(page: Page, played: Stage) -> None:
    page.goto(f"{played.ids['files']}/talk.wav")
    page.wait_for_selector("canvas[data-drawn='3']")
    # In the first quarter it is silent, after it loud; over each the colour of its segment.
    pixel = (
        "([x, y]) => { const c = document.querySelector('canvas'); return [...c.getContext('2d')"
        ".getImageData(Math.round(x * c.width), Math.round(y * c.height), 1, 1).data].join(); }"
    )
    silent, loud, above, speech = (
        page.evaluate(pixel, place) for place in ([0.1, 0.4], [0.5, 0.4], [0.5, 0.05], [0.9, 0.05])
    )
    assert len({silent, loud, above, speech}) == 4
    assert page.locator("table.segments tbody tr").count() == 3
    page.locator("table.segments button", has_text="1.50").click()
    page.wait_for_function("document.querySelector('audio').currentTime >= 1.5")


def test_a_sound_that_cannot_be_decoded_says_so(page: Page, played: Stage) -> None:
    job = played.ended({"broken.wav": b"RIFF\x10\0\0\0WAVEjunk"})
    page.goto(f"{played.url}/jobs/{job.id}/files/broken.wav")
    page.locator("[data-said]", has_text="cannot be drawn").wait_for()
    assert page.locator("canvas").is_hidden()


def test_a_table_is_sorted_by_its_heads(page: Page, played: Stage) -> None:
    page.goto(f"{played.ids['files']}/table.csv")
    cells = "[...document.querySelectorAll('tbody tr')].map((row) => row.cells[0].textContent).join('')"
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("th a", has_text="n").nth(1).click()
    assert page.evaluate(cells) == "abcd"
    page.locator("th a", has_text="n").nth(1).click()
    assert page.evaluate(cells) == "cbad"
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("n")
    assert not asked
    page.goto(f"{played.ids['files']}/table.csv?sort=2&order=descending")
    assert page.evaluate(cells) == "cbad"


@pytest.mark.parametrize("name", ["page.html", "drawing.svg"])
def test_what_an_app_wrote_cannot_act(browser: Browser, played: Stage, name: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, played.url, "ada")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.goto(f"{played.ids['files']}/{name}")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.dataset.acted ?? ''") == ""
    with context.expect_page() as opened:
        page.get_by_role("link", name="Open as an isolated page").click()
    alone = opened.value
    alone.wait_for_load_state("networkidle")
    assert alone.url.endswith("isolated=1")
    assert alone.evaluate("origin") == "null"
    assert alone.evaluate("document.documentElement.getAttribute('data-acted') ?? ''") == ""
    # Were its scripts let in after all, a stranger's origin would still keep them from the portal.
    cookie = alone.evaluate("(() => { try { return document.cookie } catch (error) { return error.name } })()")
    assert cookie == "SecurityError"
    call = "fetch('/api/v1/jobs', { credentials: 'include' }).then((answer) => answer.status, () => 'refused')"
    assert alone.evaluate(call) == "refused"
    # In a frame of the portal's own, too.
    frame = (
        "(url) => new Promise((done) => { const made = document.createElement('iframe'); made.onload = done;"
        " made.src = url; document.body.append(made); }).then(() => true)"
    )
    page.evaluate(frame, f"{played.ids['raw']}/{name}?isolated=1")
    assert page.evaluate("document.title").startswith(name)
    assert page.evaluate("document.querySelector('iframe').contentDocument") is None
    assert not [url for url in asked if "/api/v1" in url]
    context.close()


def test_a_document_is_shown_unless_it_acts(page: Page, played: Stage) -> None:
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    with page.expect_response(lambda answer: answer.url.endswith("/raw/paper.pdf")) as got:
        page.goto(f"{played.ids['files']}/paper.pdf")
    assert got.value.headers["content-type"] == "application/pdf"
    page.goto(f"{played.ids['files']}/scripted.pdf")
    assert page.locator("iframe").count() == 0
    assert "does something when it is opened" in page.inner_text("main")
    assert not said


def test_a_link_is_made_copied_and_followed_without_an_account(browser: Browser, page: Page, played: Stage) -> None:
    job = played.ids["files"].removesuffix("/files")
    page.goto(f"{job}/share")
    page.get_by_label("Days that the link is valid").fill("3")
    page.get_by_role("button", name="Make a link").click()
    page.goto(f"{job}/share")
    link = page.locator("ul.links input").first.input_value()
    context = browser.new_context()
    other = context.new_page()
    other.goto(link)
    other.get_by_role("link", name="output.png").first.click()
    other.wait_for_selector(".compare.live")
    other.wait_for_function("[...document.images].every((image) => image.naturalWidth === 240)")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take back").first.click()
    page.wait_for_url("**/jobs/*#sharing")
    answer = other.goto(link)
    assert answer is not None
    assert answer.status == 410
    context.close()

"""Debian's Chromium, driven by Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.stage import PASSWORD

_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDTHS = {"wide": 1280, "narrow": 390}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        yield browser
        browser.close()


def sign_in(page: Page, url: str, name: str, password: str = PASSWORD) -> None:
    """Sign in by the form."""
    page.goto(f"{url}/login")
    page.fill("#email", name)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_url(lambda address: "/login" not in address, timeout=10_000)


def watched(context: BrowserContext, url: str) -> tuple[Page, list[str]]:
    """Open a page; the list gets what goes wrong on it: requests to other hosts, script errors, refused loads."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda request: None if _is_own(request.url, url) else wrong.append(f"asked {request.url}"))
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if _matters(said.type, said.text) else None)
    return page, wrong


def _is_own(asked: str, url: str) -> bool:
    # The last two are the browser's own parts, such as its viewer of documents.
    return asked.startswith((f"{url}/", "data:", "blob:", "chrome:", "chrome-extension:"))


def _matters(kind: str, text: str) -> bool:
    return kind == "error" and "status of 4" not in text  # a page that is refused says so itself

"""Somebody at a browser: goes to pages, reads them, follows links."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.browsing import sign_in, watched
from tests.cluster.portal import until

MAILS = Path("/var/lib/allgo-hpc/mails")


class Person:
    """One browser, and what went wrong on the pages that it showed."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.page, self.wrong = watched(context, url)
        self.page.on("dialog", lambda dialog: dialog.accept())

    def sign_in(self, name: str, password: str) -> None:
        sign_in(self.page, self.url, name, password)

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def at(self, pattern: str, *, within_s: float = 30) -> re.Match[str]:
        """Wait until the address of the page is of this form."""
        self.page.wait_for_url(re.compile(re.escape(self.url) + pattern), timeout=within_s * 1000)
        found = re.search(pattern, self.page.url)
        assert found
        return found

    def state(self, word: str, *, within_s: float = 60) -> None:
        """Wait until the job's page, which nobody reloads, says that it is in this state."""
        expect(self.page.locator("h1 .state")).to_have_text(re.compile(word), timeout=within_s * 1000)


def mail_to(address: str, about: str) -> str:
    """Wait for the mail to this address whose subject holds these words; returns its text."""

    def there() -> str | None:
        for file in sorted(MAILS.glob("*.eml"), reverse=True):
            mail = message_from_bytes(file.read_bytes(), policy=default)
            if mail["To"] == address and about.lower() in mail["Subject"].lower():
                body = mail.get_body(("plain",))
                assert body is not None
                return str(body.get_content())
        return None

    text: str = until(f"a mail to {address} about {about}", there, within_s=30)
    return text


def link_in(text: str) -> str:
    """The first address in a mail."""
    found = re.search(r"https?://\S+", text)
    assert found, text
    return found.group(0)

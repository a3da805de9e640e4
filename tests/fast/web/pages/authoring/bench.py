"""An author at a browser without scripts, with a build node in memory; the turns of the sweep's process are by hand."""

from dataclasses import dataclass
from html import unescape

import pytest

from allgo_hpc.accounts import add_user
from allgo_hpc.commits import candidate
from allgo_hpc.models import App, User
from tests.fast.domain.workbench import Looked, Workbench, make_workbench
from tests.fast.web.conftest import MakePortal
from tests.fast.web.page import Page
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit


@dataclass
class Bench:
    """The author's browser and what stands behind it."""

    portal: Portal
    work: Workbench
    browser: Visitor
    looked: Looked

    @property
    def app(self) -> App:
        """The app as it is stored now."""
        self.work.session.expire_all()
        return self.work.app

    def page(self, what: str = "/") -> str:
        """A page of the app; that it is well formed is checked."""
        text = self.browser.page(f"/author/textstats{what}")
        Page(text)
        return unescape(text)

    def send(self, what: str, data: dict[str, object] | None = None, status: int = 303) -> str:
        """Send a form of the app's; returns the page that comes after it."""
        answer = self.browser.post(f"/author/textstats{what}", data)
        assert answer.status_code == status, answer.text
        if status == 303:
            return unescape(self.browser.page(answer.headers["Location"]))
        Page(answer.text)
        return unescape(answer.text)

    def other(self, name: str = "eve", role: str = "author") -> Visitor:
        """Somebody else's browser."""
        user: User = add_user(self.work.session, name=name, email=f"{name}@example.org", role=role)
        return visit(self.portal, user)


def make_bench(make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch, **settings: object) -> Bench:
    """Make one; the settings are the portal's."""
    looked = Looked()
    monkeypatch.setattr(candidate, "inspect_image", looked)
    portal = make_portal(**{"build_node_host": "build.example.org", "contact": "help@example.org"} | settings)
    work = make_workbench(portal.world)
    return Bench(portal, work, visit(portal, work.author), looked)

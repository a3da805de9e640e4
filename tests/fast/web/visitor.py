"""Somebody at a browser without scripts: pages and forms, by Flask's client."""

import re
import time
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from allgo_hpc.models import User
from tests.fast.web.portal import Portal

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')


@dataclass
class Visitor:
    """One browser; with ``user`` signed in."""

    portal: Portal
    client: FlaskClient

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, buffered=True, **more)

    def page(self, path: str) -> str:
        """A page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def token(self) -> str:
        """What every form of this browser carries."""
        found = _TOKEN.search(self.page("/"))
        assert found
        return found.group(1)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form, with the token of the page that it stood on."""
        return self.client.post(path, data={"csrf_token": self.token()} | (data or {}), buffered=True, **more)


def visit(portal: Portal, user: User | None = None) -> Visitor:
    """Open a browser; with a user, signed in (without the form, whose password takes a while to check)."""
    client = portal.app.test_client()
    if user is not None:
        with client.session_transaction() as session:
            session.update(_user_id=user.session_key, _fresh=True, fs_cc="set", fs_paa=time.time(), identity_via="x")
    return Visitor(portal, client)

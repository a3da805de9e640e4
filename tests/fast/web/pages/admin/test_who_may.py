"""Every address below /admin, taken from the application itself: for administrators, and for nobody else."""

import pytest
from werkzeug.routing import Rule

from allgo_hpc.accounts import add_user
from allgo_hpc.administration.actor import COMMAND_LINE
from allgo_hpc.administration.announcements import announce
from allgo_hpc.models import Announcement, Audit, Group, User
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit

PLACES = {"name": "ada", "act": "role", "number": "1", "group": "lab", "group_id": "1", "user": "ada", "member": "ada"}
ASKED = 9


def _rules(portal: Portal) -> list[Rule]:
    found = [rule for rule in portal.app.url_map.iter_rules() if rule.rule.split("/")[1] == "admin"]
    assert len(found) >= ASKED, "the pages of administrators are not there"
    return found


def _address(rule: Rule) -> str:
    parts = [
        PLACES[part.strip("<>").rpartition(":")[2]] if part.startswith("<") else part for part in rule.rule.split("/")
    ]
    return "/".join(parts)


def _user(portal: Portal, role: str) -> User:
    return add_user(portal.world.session, name=f"one-{role}", email=f"one-{role}@example.org", role=role)


def test_nobody_who_is_signed_out(portal: Portal) -> None:
    browser = visit(portal)
    for rule in _rules(portal):
        if "GET" in (rule.methods or ()):
            answer = browser.get(_address(rule))
            assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login"), rule
        if "POST" in (rule.methods or ()):
            answer = browser.post(_address(rule))
            assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login"), rule


@pytest.mark.parametrize("role", ["user", "author"])
def test_no_user_and_no_author(portal: Portal, role: str) -> None:
    browser = visit(portal, _user(portal, role))
    before = portal.world.session.query(Audit).count()
    for rule in _rules(portal):
        answer = browser.get(_address(rule)) if "GET" in (rule.methods or ()) else browser.post(_address(rule))
        assert answer.status_code == 403, rule
        assert "This page is for administrators" in answer.text, rule
        if "POST" in (rule.methods or ()):
            assert browser.post(_address(rule), {"role": "admin"}).status_code == 403, rule
    portal.world.session.expire_all()
    assert portal.world.user.role == "user"
    assert portal.world.session.query(Audit).count() == before


def test_an_administrator_sees_every_page(portal: Portal) -> None:
    announce(portal.world.session, COMMAND_LINE, "Maintenance on Friday")
    portal.world.session.add(Group(name="lab"))
    portal.world.session.commit()
    browser = visit(portal, _user(portal, "admin"))
    for rule in _rules(portal):
        if "GET" in (rule.methods or ()):
            assert browser.get(_address(rule)).status_code == 200, rule


def test_no_form_without_its_proof(portal: Portal) -> None:
    announce(portal.world.session, COMMAND_LINE, "Maintenance on Friday")
    browser = visit(portal, _user(portal, "admin"))
    before = portal.world.session.query(Audit).count()
    for rule in _rules(portal):
        if "POST" in (rule.methods or ()):
            answer = browser.client.post(_address(rule), data={"role": "admin", "text": "x", "level": "info"})
            assert answer.status_code == 400, rule
    portal.world.session.expire_all()
    assert portal.world.session.query(Audit).count() == before
    assert portal.world.session.query(Announcement).count() == 1

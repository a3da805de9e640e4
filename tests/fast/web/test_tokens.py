"""POST /api/v1/tokens: a token for a name and a password, not too often."""

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import set_password
from allgo_hpc.models import Token
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal, assert_refused

TOKENS = "/api/v1/tokens"
PASSWORD = "correct horse"


@pytest.fixture
def portal(make_portal: MakePortal) -> Portal:
    made = make_portal()
    set_password(made.world.session, made.world.user, PASSWORD)
    return made


def test_a_new_token_works(portal: Portal) -> None:
    answer = portal.client.post(TOKENS, auth=("ada", PASSWORD), data={"name": "notebook"})
    assert answer.status_code == 201
    told = answer.get_json()
    assert (told["user"], told["name"]) == ("ada", "notebook")
    assert answer.headers["Cache-Control"] == "no-store"
    assert portal.get(f"{JOBS}/1", headers=portal.auth_of(told["token"])).status_code == 404


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "wrong"), ("eve", PASSWORD), ("ada", ""), ("author", ""), ("ada\0", PASSWORD), ("ada", "é" * 1000)],
)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_wrong_password(make_portal: MakePortal, kind: str, name: str, password: str) -> None:
    portal = make_portal(kind)
    set_password(portal.world.session, portal.world.user, PASSWORD)
    answer = portal.client.post(TOKENS, auth=(name, password))
    assert_refused(answer, 401, code="wrong_password")


@pytest.mark.parametrize("header", [None, "Basic", "Basic !!!", "Basic /w==", "Basic OmE=", "Token token=", "Bearer"])
def test_no_password(portal: Portal, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    assert_refused(portal.client.post(TOKENS, headers=headers), 401, code="no_password", field="Authorization")


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb"])
def test_a_name_that_may_not_be(portal: Portal, name: str) -> None:
    before = len(portal.world.session.scalars(select(Token)).all())
    answer = portal.client.post(TOKENS, auth=("ada", PASSWORD), data={"name": name})
    assert_refused(answer, 400, code="bad_input", field="name")
    portal.world.session.expire_all()
    assert len(portal.world.session.scalars(select(Token)).all()) == before


def test_guessing_is_slowed_down_for_one_address_and_polls_are_not(portal: Portal) -> None:
    for _ in range(20):
        assert portal.client.post(TOKENS, auth=("eve", "guess")).status_code == 401
    answer = portal.client.post(TOKENS, auth=("ada", PASSWORD))
    assert_refused(answer, 429, code="http_429")
    other = portal.client.post(TOKENS, auth=("ada", PASSWORD), environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert other.status_code == 201
    number = portal.submit()
    assert {portal.get(f"{JOBS}/{number}").status_code for _ in range(100)} == {200}


def test_another_method_is_told_which_there_are(portal: Portal) -> None:
    answer = portal.client.put(TOKENS)
    assert_refused(answer, 405, code="http_405")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))

"""A token hands on no more than it has, and ends when it is told to."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from allgo_hpc.accounts import add_user
from allgo_hpc.errors import BadInput, NotAllowed, NotFound, NotSignedIn
from allgo_hpc.models import Token, utc_now
from allgo_hpc.tokens import (
    ALL_SCOPES,
    SCOPES,
    Access,
    access_of_token,
    list_tokens,
    make_token,
    new_token,
    revoke_token,
)
from tests.fast.domain.world import World
from tests.hostile import CONTROLS, TEXTS

HOUR = timedelta(hours=1)


def _by(world: World, secret: str) -> Access:
    return access_of_token(world.session, secret)


@pytest.mark.parametrize("scopes", [["jobs:read"], ["apps:write", "jobs:read"], list(SCOPES)])
def test_it_may_do_what_its_scopes_say_and_nothing_else(world: World, scopes: list[str]) -> None:
    access = _by(world, new_token(world.session, world.user, name="n", scopes=scopes))
    assert access.scopes == set(scopes)
    for scope in SCOPES:
        if scope in scopes:
            assert access.need(scope).id == world.user.id
        else:
            with pytest.raises(NotAllowed, match=scope) as caught:
                access.need(scope)
            assert (caught.value.code, caught.value.field) == ("scope_missing", "Authorization")


def test_without_a_word_it_may_do_everything(world: World) -> None:
    assert _by(world, new_token(world.session, world.user, name="n")).scopes == ALL_SCOPES


@pytest.mark.parametrize(
    "scopes", [[], ["jobs:reed"], ["jobs:read", ""], ["*"], *([text] for text in TEXTS)], ids=ascii
)
def test_scopes_that_do_not_exist_are_refused(world: World, scopes: list[str]) -> None:
    with pytest.raises(BadInput, match=r"^scopes: ") as caught:
        new_token(world.session, world.user, name="n", scopes=scopes)
    assert caught.value.field == "scopes"
    assert str(caught.value).isprintable()
    assert world.session.scalars(select(Token)).all() == []


@pytest.mark.parametrize("name", ["", " ", "x" * 65, *CONTROLS], ids=ascii)
def test_names_that_may_not_be(world: World, name: str) -> None:
    with pytest.raises(BadInput, match=r"^name: "):
        new_token(world.session, world.user, name=name)
    assert world.session.scalars(select(Token)).all() == []


def test_it_is_over_at_its_time(world: World) -> None:
    secret = new_token(world.session, world.user, name="n", expires_at=utc_now() + HOUR)
    assert _by(world, secret).user.id == world.user.id
    token = world.session.scalars(select(Token)).one()
    token.expires_at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    world.session.commit()
    with pytest.raises(NotSignedIn, match="2026-01-02 03:04 UTC") as caught:
        _by(world, secret)
    assert caught.value.code == "token_expired"


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(microseconds=1), timedelta(days=9999)])
def test_an_end_in_the_past_is_refused(world: World, ago: timedelta) -> None:
    with pytest.raises(BadInput, match="future"):
        new_token(world.session, world.user, name="n", expires_at=utc_now() - ago)


@pytest.mark.parametrize("wanted", [None, 2 * HOUR, HOUR, HOUR / 2])
def test_one_made_by_a_token_ends_with_it_at_the_latest(world: World, wanted: timedelta | None) -> None:
    end = utc_now() + HOUR
    by = _by(world, new_token(world.session, world.user, name="parent", expires_at=end))
    child, _ = make_token(world.session, by, name="child", expires_at=utc_now() + wanted if wanted else None)
    assert child.expires_at is not None
    assert child.expires_at <= end
    assert (child.expires_at < end) == (wanted == HOUR / 2)


def test_one_made_by_a_password_or_a_lasting_token_lasts(world: World) -> None:
    lasting = _by(world, new_token(world.session, world.user, name="n"))
    for by in (Access(world.user), lasting):
        assert make_token(world.session, by, name="child")[0].expires_at is None


def test_revoking_ends_it_at_once_and_no_other(world: World) -> None:
    secrets = [new_token(world.session, world.user, name=f"{number}") for number in range(3)]
    tokens = list_tokens(world.session, world.user)
    assert [token.name for token in tokens] == ["0", "1", "2"]
    revoke_token(world.session, world.user, tokens[1].id)
    with pytest.raises(NotSignedIn) as caught:
        _by(world, secrets[1])
    assert caught.value.code == "wrong_token"
    assert [_by(world, secret).token is not None for secret in (secrets[0], secrets[2])] == [True, True]
    with pytest.raises(NotFound):
        revoke_token(world.session, world.user, tokens[1].id)


def test_another_users_token_is_neither_listed_nor_revoked(world: World) -> None:
    eve = add_user(world.session, name="eve", email="eve@example.org")
    secret = new_token(world.session, world.user, name="n")
    token = list_tokens(world.session, world.user)[0]
    assert list_tokens(world.session, eve) == []
    with pytest.raises(NotFound) as caught:
        revoke_token(world.session, eve, token.id)
    assert caught.value.code == "unknown_token"
    assert _by(world, secret).user.id == world.user.id


def test_a_closed_account_has_no_valid_token(world: World) -> None:
    secret = new_token(world.session, world.user, name="n")
    world.user.active = False
    world.session.commit()
    with pytest.raises(NotSignedIn):
        _by(world, secret)


def test_no_secret_is_kept(world: World) -> None:
    secret = new_token(world.session, world.user, name="n")
    assert len(secret) == 40
    rows = world.session.execute(text("SELECT * FROM token")).all()
    assert secret not in repr(rows)
    assert len({new_token(world.session, world.user, name="n") for _ in range(20)}) == 20

"""When a token was last used is known to the minute, and costs no write at each request."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError

from allgo_hpc.errors import NotSignedIn
from allgo_hpc.models import Token, utc_now
from allgo_hpc.tokens import access_of_token, new_token
from tests.fast.domain.world import World
from tests.hostile import TEXTS


@pytest.fixture
def writes(engine: Engine) -> Iterator[list[str]]:
    """The statements that write, as they are sent."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def _use(world: World, secret: str) -> None:
    with world.sessions() as session:
        access_of_token(session, secret)


def _token(world: World) -> Token:
    world.session.expire_all()
    return world.session.scalars(select(Token)).one()


def test_the_first_use_is_noted_and_the_next_hundred_write_nothing(world: World, writes: list[str]) -> None:
    secret = new_token(world.session, world.user, name="n")
    assert _token(world).last_used_at is None
    before = utc_now()
    writes.clear()
    _use(world, secret)
    noted = _token(world).last_used_at
    assert noted is not None
    assert noted >= before - timedelta(milliseconds=1)
    assert len(writes) == 1
    for _ in range(100):
        _use(world, secret)
    assert len(writes) == 1
    assert _token(world).last_used_at == noted


@pytest.mark.parametrize(("ago", "noted"), [(58, False), (61, True), (86_400, True)])
def test_a_use_is_noted_again_after_a_minute(world: World, ago: int, *, noted: bool) -> None:
    secret = new_token(world.session, world.user, name="n")
    earlier = utc_now() - timedelta(seconds=ago)
    _token(world).last_used_at = earlier
    world.session.commit()
    _use(world, secret)
    assert (_token(world).last_used_at != earlier) == noted


def test_a_use_of_a_token_that_is_over_is_not_noted(world: World) -> None:
    secret = new_token(world.session, world.user, name="n")
    _token(world).expires_at = utc_now()
    world.session.commit()
    with pytest.raises(NotSignedIn):
        _use(world, secret)
    assert _token(world).last_used_at is None


def test_a_locked_database_fails_no_request(world: World, engine: Engine) -> None:
    secret = new_token(world.session, world.user, name="n")

    def locked(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE token"):
            raise OperationalError(statement, {}, Exception("database is locked"))

    event.listen(engine, "before_cursor_execute", locked)
    with world.sessions() as session:
        assert access_of_token(session, secret).user.name == "ada"
    event.remove(engine, "before_cursor_execute", locked)


@pytest.mark.parametrize("secret", TEXTS, ids=ascii)
def test_what_is_no_token_is_refused(world: World, secret: str) -> None:
    with pytest.raises(NotSignedIn) as caught:
        access_of_token(world.session, secret)
    assert caught.value.code == "wrong_token"

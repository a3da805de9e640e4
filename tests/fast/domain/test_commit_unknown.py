"""A database that is lost around a commit: what was stored keeps its files, what was not leaves none for ever."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from allgo_hpc.housekeeping import remove_stale_uploads
from allgo_hpc.models import Job, utc_now
from tests.fast.domain.world import World


def _lost(*_: object) -> Any:
    raise OperationalError("COMMIT", {}, Exception("server closed the connection"))


def _lose(world: World, monkeypatch: pytest.MonkeyPatch, *, stored: bool, look_fails: bool = False) -> None:
    """Let the commit of a new job fail, after it was done or before; and what is asked then."""
    real = type(world.session).commit
    begun: list[bool] = []

    def commit(session: Any) -> None:
        if not begun:  # the one before only ends the reading
            begun.append(True)
            real(session)
            return
        monkeypatch.undo()
        if look_fails:
            monkeypatch.setattr(type(session), "scalar", _lost)
        if stored:
            real(session)
        _lost()

    monkeypatch.setattr(type(world.session), "commit", commit)


def _folders(world: World) -> int:
    layout = world.services.layout
    return len(list(layout.datastore.glob("*/*/*"))) + len(list(layout.control.iterdir()))


def _rows(world: World) -> int:
    return world.session.scalar(select(func.count()).select_from(Job)) or 0


def test_stored_without_an_answer_it_is_accepted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _lose(world, monkeypatch, stored=True)
    job = world.submit("", {"a.txt": b"x"})
    assert (job.state, _rows(world), _folders(world)) == ("created", 1, 2)
    assert (world.services.layout.job_dir(job) / "a.txt").read_bytes() == b"x"


def test_not_stored_nothing_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _lose(world, monkeypatch, stored=False)
    with pytest.raises(OperationalError):
        world.submit("", {"a.txt": b"x"})
    assert (_rows(world), _folders(world)) == (0, 0)
    assert list(world.services.layout.staging.iterdir()) == []


@pytest.mark.parametrize("stored", [True, False])
def test_nobody_knows_the_housekeeping_looks_later(
    world: World, monkeypatch: pytest.MonkeyPatch, *, stored: bool
) -> None:
    _lose(world, monkeypatch, stored=stored, look_fails=True)
    with pytest.raises(OperationalError):
        world.submit("", {"a.txt": b"x"})
    monkeypatch.undo()
    assert _folders(world) == 2
    remove_stale_uploads(world.session, world.services.layout, before=utc_now() + timedelta(days=1))
    assert (_rows(world), _folders(world)) == ((1, 2) if stored else (0, 0))
    assert list(world.services.layout.staging.iterdir()) == []

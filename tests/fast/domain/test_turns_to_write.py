"""How submissions write: in turn, and without waiting for the disk what may be lost by a power cut, and only that."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from allgo_hpc.database import take_turn, write_lazily
from allgo_hpc.states import JobState
from tests.fast.domain.world import World


def _level(world: World) -> str:
    name = world.session.get_bind().dialect.name
    asked = text("PRAGMA synchronous" if name == "sqlite" else "SHOW synchronous_commit")
    return str(world.session.scalar(asked))


def test_it_holds_for_one_transaction(world: World) -> None:
    durable = _level(world)
    world.session.commit()
    write_lazily(world.session)
    assert _level(world) != durable
    world.session.commit()
    assert _level(world) == durable


def test_it_holds_for_none_after_a_rollback(world: World) -> None:
    durable = _level(world)
    world.session.commit()
    write_lazily(world.session)
    world.session.rollback()
    assert _level(world) == durable


def test_a_submission_is_durable_and_its_number_in_slurm_may_be_found_again(world: World) -> None:
    durable = _level(world)
    world.session.commit()
    job = world.submit()
    assert job.state == JobState.SUBMITTED
    assert _level(world) == durable


def test_one_writes_after_the_other_and_the_next_is_woken_at_once(world: World) -> None:
    waits = world.session.get_bind().dialect.name == "sqlite"  # PostgreSQL has many writers
    world.session.commit()
    take_turn(world.session)
    came = threading.Event()

    def other() -> None:
        with world.sessions() as session:
            take_turn(session)
            came.set()

    thread = threading.Thread(target=other)
    thread.start()
    assert came.wait(0.2) is not waits
    world.session.commit()
    assert came.wait(10)
    thread.join(10)


def test_where_its_file_cannot_be_made_it_goes_on_without(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    world.session.commit()
    with monkeypatch.context() as patch:
        patch.setattr("allgo_hpc.database.os.open", full)
        take_turn(world.session)
    world.session.commit()
    file = world.session.get_bind().engine.url.database
    assert not Path(f"{file}-turn").exists()

"""What may be lost by a power cut is written without waiting for the disk, and only that."""

from sqlalchemy import text

from allgo_hpc.database import write_lazily
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

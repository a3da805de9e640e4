"""What happens in the portal wakes the sweep, which may be looking only every few seconds."""

from pathlib import Path

from allgo_hpc.jobs.cancel import cancel_job
from tests.fast.domain.world import World


def _poke(world: World) -> Path:
    return world.services.layout.poke


def test_a_submission_calls_it_and_does_not_wake_it(world: World) -> None:
    assert not world.services.layout.submitted.exists()
    world.submit()
    assert world.services.layout.submitted.exists()
    assert not _poke(world).exists(), "it starts a little later"


def test_the_script_touches_the_same_file_at_its_end(world: World) -> None:
    world.submit()
    assert [spec.poke_file for spec in world.slurm.submitted] == [_poke(world)]


def test_cancelling_wakes_it(world: World) -> None:
    job = world.submit()
    cancel_job(world.session, world.services, job)
    assert _poke(world).exists()


def test_that_it_cannot_be_touched_fails_nothing(world: World) -> None:
    _poke(world).mkdir()
    _poke(world).chmod(0o500)
    world.services.layout.poke = world.services.layout.submitted = Path("/proc/nothing/there")
    assert world.submit().state == "submitted"

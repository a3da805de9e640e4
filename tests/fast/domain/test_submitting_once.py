"""One accepted job, one execution: whatever is lost on the way to Slurm."""

import threading
from datetime import timedelta

import pytest

from allgo_hpc.models import Job, utc_now
from allgo_hpc.states import JobState
from slurm import JobSpec, State
from tests.fakes import record
from tests.fast.domain.world import World


def _later(world: World, job: Job, seconds: float = 31) -> None:
    """Let time pass: the last attempt was so long ago."""
    job.attempted_at = utc_now() - timedelta(seconds=seconds)
    world.session.commit()


def test_what_slurm_gets(world: World) -> None:
    job = world.submit("-n 1 'two words'", {"a.txt": b"x"})
    spec = world.slurm.submitted[0]
    layout = world.services.layout
    assert (spec.name, spec.comment, spec.partition, spec.time_limit_min) == (
        f"allgo-{job.id}", job.uuid, "standard", 20,
    )  # fmt: skip
    assert (spec.work_dir, spec.control_dir) == (layout.job_dir(job), layout.control_dir(job))
    assert "two words" not in " ".join(spec.command)
    assert world.words(job) == ["-n", "1", "two words"]


def test_when_slurm_is_away_the_row_waits_and_is_sent_later(world: World) -> None:
    world.slurm.be_away()
    job = world.submit()
    assert (job.state, job.slurm_id) == ("created", None)
    assert "Waiting for Slurm" in job.reason
    world.slurm.come_back()
    world.sweep()
    assert job.state == "created", "somebody may still be submitting it"
    _later(world, job)
    world.sweep()
    assert (job.state, job.slurm_id, len(world.slurm.submitted)) == ("submitted", 102, 2)
    assert job.reason == ""


def test_a_lost_answer_leads_to_no_second_run(world: World) -> None:
    world.slurm.lose_answers()
    job = world.submit()
    assert job.state == "created"
    _later(world, job, 10_000)
    world.sweep()
    assert (job.state, job.slurm_id, len(world.slurm.submitted)) == ("pending", 101, 1)


def test_a_lost_answer_of_a_job_that_ended_is_found_in_the_accounting(world: World) -> None:
    world.slurm.lose_answers()
    job = world.submit()
    world.slurm.forget(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    _later(world, job)
    world.sweep()
    assert (job.state, job.slurm_id, len(world.slurm.submitted)) == ("done", 101, 1)


def test_two_sweeps_at_once_send_it_once(world: World) -> None:
    world.slurm.be_away()
    job = world.submit()
    world.slurm.come_back()
    _later(world, job)
    both_asked = threading.Barrier(2)

    def wait_for_the_other() -> None:
        both_asked.wait(timeout=60)

    world.slurm.in_accounted = wait_for_the_other
    threads = [threading.Thread(target=world.sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.session.refresh(job)
    assert job.state == "submitted"
    assert len(world.slurm.submitted) == 2, "once by the POST, once by one of the two sweeps"


def test_a_job_that_has_begun_is_not_sent_again(world: World) -> None:
    job = world.job(JobState.CREATED, slurm_id=None, attempted_at=utc_now() - timedelta(days=1))
    owner = world.services.layout.control_dir(job) / "claim" / "owner"
    owner.parent.mkdir()
    owner.write_text("slurm_job_id=5\nnode=c1\nstarted_at=1700000000\n")
    world.sweep()
    assert world.slurm.submitted == []
    assert job.absent_since is not None


@pytest.mark.parametrize("transient", [True, False])
def test_a_refusal_ends_it_unless_it_may_be_taken_later(world: World, *, transient: bool) -> None:
    world.slurm.refuse("Requested node configuration is not available", transient=transient)
    job = world.submit()
    assert "Requested node configuration" in job.reason
    assert job.state == ("created" if transient else "error")
    assert [file.name for file in job.files] == ([] if transient else ["allgo.log"])


def test_a_sweep_that_was_faster_keeps_its_word(world: World) -> None:
    def found_meanwhile(spec: JobSpec) -> None:
        world.slurm.controller = [record(spec.comment, State.RUNNING, job_id=55)]
        world.sweep()

    world.slurm.in_submit = found_meanwhile
    world.slurm.lose_answers()
    job = world.submit()
    assert (job.state, job.reason) == ("running", "")


def test_a_fault_after_the_row_is_stored_is_no_refusal(world: World) -> None:
    world.slurm.break_submit(RuntimeError("a mistake of the program"))
    job = world.submit()
    assert job.state == "created"
    world.slurm.accept()
    _later(world, job)
    world.sweep()
    assert job.state == "submitted"


def test_a_queue_that_is_gone_from_the_settings_ends_the_job_with_a_sentence(world: World) -> None:
    job = world.job(JobState.CREATED, queue="gone", slurm_id=None, attempted_at=utc_now() - timedelta(days=1))
    world.sweep()
    assert job.state == "error"
    assert "queue 'gone' is not in the settings" in job.reason

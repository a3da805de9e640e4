"""A batch reaches Slurm once: sent later, found again, refused; and what Slurm forgets of it."""

from datetime import timedelta

import pytest

from allgo_hpc.models import Job, utc_now
from slurm import SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World

OK = {"exit_code": 0, "signal": 0}


def _states(world: World, batch: Job) -> list[str]:
    return [task.state for task in world.tasks(batch)]


def _later(world: World, batch: Job, seconds: float = 31) -> None:
    batch.attempted_at = utc_now() - timedelta(seconds=seconds)
    world.session.commit()


def test_when_slurm_is_away_it_waits_and_is_sent_once(world: World) -> None:
    world.slurm.be_away()
    batch = world.batch(2)
    assert (batch.state, _states(world, batch)) == ("created", ["created", "created"])
    world.slurm.come_back()
    world.sweep()
    assert batch.state == "created", "somebody may still be submitting it"
    _later(world, batch)
    for _ in range(3):
        world.sweep()
        _later(world, batch)
    assert (batch.state, _states(world, batch)) == ("pending", ["pending", "pending"])
    assert [spec.tasks for spec in world.slurm.submitted] == [2, 2], "once by the POST, once by the sweep"


def test_while_the_accounting_is_away_it_is_not_sent_again(world: World) -> None:
    world.slurm.be_away()
    batch = world.batch(2)
    world.slurm.come_back()
    world.slurm.accounted_fail = SlurmUnavailable("slurmdbd is away")
    _later(world, batch, 10_000)
    world.sweep()
    assert (batch.state, len(world.slurm.submitted)) == ("created", 1)


def test_a_lost_answer_leads_to_no_second_array(world: World) -> None:
    world.slurm.lose_answers()
    batch = world.batch(2)
    assert batch.state == "created"
    _later(world, batch, 10_000)
    world.sweep()
    assert (batch.state, batch.slurm_id, len(world.slurm.submitted)) == ("submitted", 101, 1)
    assert {task.slurm_id for task in world.tasks(batch)} == {101}


def test_a_lost_answer_of_an_array_that_ended_is_found_in_the_accounting(world: World) -> None:
    world.slurm.lose_answers()
    batch = world.batch(2)
    world.slurm.forget(batch.uuid, State.COMPLETED, **OK)
    _later(world, batch, 10_000)
    for _ in range(2):
        world.sweep()
    assert (batch.state, _states(world, batch), len(world.slurm.submitted)) == ("done", ["done", "done"], 1)


def test_one_that_has_begun_is_not_sent_again(world: World) -> None:
    world.slurm.be_away()
    batch = world.batch(2)
    world.slurm.come_back()
    owner = world.services.layout.control_dir(batch) / "1" / "claim" / "owner"
    owner.parent.mkdir(parents=True)
    owner.write_text("slurm_job_id=5\nnode=c1\nstarted_at=1700000000\n")
    _later(world, batch, 10_000)
    world.sweep()
    assert len(world.slurm.submitted) == 1


@pytest.mark.parametrize("how", ["refuse", "gone"])
def test_a_refusal_ends_the_batch_and_all_tasks(world: World, how: str) -> None:
    if how == "refuse":
        world.slurm.refuse("invalid job array specification")
        batch = world.batch(2)
    else:
        world.slurm.be_away()
        batch = world.batch(2)
        world.slurm.come_back()
        batch.queue = "gone"
        _later(world, batch)
        world.sweep()
    tasks = world.tasks(batch)
    assert [each.state for each in [batch, *tasks]] == ["error"] * 3
    assert len({each.reason for each in [batch, *tasks]}) == 1
    assert ("invalid job array" if how == "refuse" else "queue 'gone'") in batch.reason
    assert [[file.name for file in task.files] for task in tasks] == [["0.txt", "allgo.log"], ["1.txt", "allgo.log"]]
    assert all(each.expires_at is not None for each in [batch, *tasks])


def test_a_refusal_that_passes_leaves_it_waiting(world: World) -> None:
    world.slurm.refuse("MaxJobCount limit reached", transient=True)
    batch = world.batch(2)
    assert [batch.state, *_states(world, batch)] == ["created"] * 3
    assert "MaxJobCount" in batch.reason


def test_a_task_that_slurm_forgot_is_lost_in_its_time_while_the_others_go_on(world: World) -> None:
    batch = world.batch(2)
    world.slurm.say(batch.uuid, State.RUNNING)
    world.sweep()
    world.slurm.forget(batch.uuid, task=1)
    now = utc_now()
    for seconds in (0, 299, 300):
        world.sweep(now + timedelta(seconds=seconds))
    assert (batch.state, _states(world, batch)) == ("running", ["running", "lost"])
    world.slurm.say(batch.uuid, State.COMPLETED, task=0, **OK)
    world.sweep()
    assert (batch.state, _states(world, batch)) == ("lost", ["done", "lost"])


def test_a_task_that_was_never_seen_is_lost_too(world: World) -> None:
    """The portal was killed between noting the array and noting its tasks."""
    batch = world.batch(2)
    for task in world.tasks(batch):
        task.state, task.slurm_id = "created", None
    world.session.commit()
    world.slurm.forget(batch.uuid, task=1)
    now = utc_now()
    for seconds in (0, 300):
        world.sweep(now + timedelta(seconds=seconds))
    assert _states(world, batch) == ["pending", "lost"]
    assert len(world.slurm.submitted) == 1


def test_what_only_the_accounting_knows_counts(world: World) -> None:
    batch = world.batch(3)
    world.slurm.forget(batch.uuid, State.FAILED, task=0, exit_code=3, signal=0)
    world.slurm.forget(batch.uuid, State.COMPLETED, task=1, **OK)
    world.sweep()
    assert _states(world, batch) == ["error", "done", "pending"]
    assert [task.exit_code for task in world.tasks(batch)] == [3, 0, None]


def test_a_task_that_left_its_marker_ends_by_it(world: World) -> None:
    batch = world.batch(2)
    world.slurm.forget(batch.uuid, task=0)
    task = world.tasks(batch)[0]
    world.services.layout.control_dir(task).mkdir()
    world.mark(task, 4, slurm_id=101)
    world.sweep()
    assert (_states(world, batch)[0], world.tasks(batch)[0].exit_code) == ("error", 4)


@pytest.mark.parametrize("source", ["controller", "accounting"])
def test_a_record_of_the_array_that_is_no_tasks_says_nothing(world: World, source: str) -> None:
    """Slurm leaves one where the last waiting tasks of an array were cancelled."""
    batch = world.batch(2)
    said = world.slurm.controller if source == "controller" else world.slurm.accounting
    said.append(record(batch.uuid, State.CANCELLED, job_id=101, name=f"allgo-{batch.id}", source=source))
    world.sweep()
    assert [batch.state, *_states(world, batch)] == ["pending"] * 3


def test_such_a_record_does_not_pass_for_the_array_either(world: World) -> None:
    world.slurm.lose_answers()
    batch = world.batch(2)
    world.slurm.controller = [record(batch.uuid, State.CANCELLED, job_id=101)]
    world.slurm.accounting = []
    world.sweep()
    assert [batch.state, *_states(world, batch)] == ["created"] * 3


def test_a_single_job_does_not_listen_to_a_task_with_its_mark(world: World) -> None:
    job = world.job()
    world.slurm.controller = [record(job.uuid, State.COMPLETED, task=0, **OK)]
    world.sweep()
    assert job.state == "submitted"

"""The stand-in for Slurm treats arrays as Slurm does."""

from dataclasses import replace

import pytest

from slurm import SlurmClient, SlurmUnavailable, State, SubmitRefused
from tests.fakes import FakeSlurm
from tests.fast.slurm import golden


def test_an_array_is_one_id_and_a_record_per_task() -> None:
    fake = FakeSlurm()
    client: SlurmClient = fake
    array = replace(golden.SPECS["array"], tasks=3)
    job_id, plain_id = client.submit(array), client.submit(golden.SPECS["plain"])
    fake.say(array.comment, State.RUNNING)
    fake.say(array.comment, State.FAILED, task=1, exit_code=3)
    assert [(job.job_id, job.task, job.state, job.exit_code) for job in client.jobs()] == [
        (job_id, 0, State.RUNNING, None),
        (job_id, 1, State.FAILED, 3),
        (job_id, 2, State.RUNNING, None),
        (plain_id, None, State.PENDING, None),
    ]


def test_tasks_are_forgotten_and_cancelled_one_by_one() -> None:
    fake = FakeSlurm()
    array = replace(golden.SPECS["array"], tasks=3)
    job_id = fake.submit(array)
    fake.forget(array.comment, State.COMPLETED, task=0)
    fake.forget(array.comment, task=1)
    assert [job.task for job in fake.jobs()] == [2]
    assert [(job.task, job.state) for job in fake.accounted(job_ids=[job_id])] == [
        (2, State.PENDING),
        (0, State.COMPLETED),
    ]
    fake.cancel([7], [(job_id, 2)])
    assert (fake.cancelled, fake.cancelled_tasks) == ([7], [(job_id, 2)])


def test_advice_creates_nothing_and_fails_as_a_submission_does() -> None:
    fake = FakeSlurm()
    client: SlurmClient = fake
    assert client.start_estimate(golden.SPECS["plain"]) == fake.advice
    assert (fake.submitted, fake.controller, fake.calls["start_estimate"]) == ([], [], 1)
    fake.refuse()
    with pytest.raises(SubmitRefused):
        client.start_estimate(golden.SPECS["plain"])
    for silence in (fake.lose_answers, fake.be_away):
        silence()
        with pytest.raises(SlurmUnavailable):
            client.start_estimate(golden.SPECS["plain"])

"""A job that says that it ends is looked at alone; whatever is not as plain as that is left to the sweep."""

import os
import time
from pathlib import Path

import pytest

from allgo_hpc.models import Job
from allgo_hpc.services import Services
from allgo_hpc.states import JobState
from allgo_hpc.sweeping import ends as ending
from allgo_hpc.sweeping import rest as resting
from allgo_hpc.sweeping.ends import Ends
from allgo_hpc.sweeping.pace import Soon
from allgo_hpc.sweeping.turns import Turns
from slurm import SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World, make_services

ENDED = {"exit_code": 0, "signal": 0}


class Watch:
    """A sweeping process that has swept once, and whose scripts are believed at once."""

    def __init__(self, world: World, controllers: Path) -> None:
        self.world = world
        self.controllers = controllers
        self.services: Services = make_services(
            world.services.layout.root, world.slurm, controller_poke=controllers, sweep_interval_s=60
        )
        self.turns = Turns(world.sessions, self.services, "me")
        self.ends = Ends(world.sessions, self.services, self.turns)
        self._at = time.time_ns()
        self.look()
        world.slurm.calls.clear()

    def look(self) -> dict[str, int]:
        """Look once, and sweep where that is due; returns what Slurm was asked since the last time."""
        self.world.slurm.calls.clear()
        self.ends.look()
        self.turns.look()
        self.world.session.expire_all()
        return dict(self.world.slurm.calls)

    def say(self, text: str, path: Path | None = None) -> None:
        """Let a script, or another one, write something at a time that no other had."""
        path = path or self.services.layout.poke
        with path.open("a" if path == self.services.layout.poke else "w") as file:
            file.write(text)
        self._at += 1_000_000
        os.utime(path, ns=(self._at, self._at))

    def running(self, number: int) -> Job:
        """A job that runs under this Slurm id."""
        job = self.world.job(JobState.RUNNING, slurm_id=number)
        self.world.slurm.controller.append(record(job.uuid, State.RUNNING, job_id=number))
        return job


@pytest.fixture
def watch(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watch:
    monkeypatch.setattr(ending, "ENDING_S", 0.0)
    monkeypatch.setattr(resting, "CREDIT_S", 3600.0)  # on a busy machine a look takes long, and would ask for a rest
    watch = Watch(world, tmp_path / "ended")
    watch.ends._soon = Soon(0.0)
    return watch


def test_one_job_that_ends_is_asked_for_alone(watch: Watch) -> None:
    job, other = watch.running(7), watch.running(8)
    for each in (job, other):
        watch.world.slurm.say(each.uuid, State.COMPLETED, **ENDED)
    watch.services.layout.news.unlink(missing_ok=True)
    watch.say("7\n")
    assert watch.look() == {"job": 1}
    assert (job.state, other.state) == ("done", "running")
    assert watch.services.layout.news.exists()


def test_the_controller_names_one_whose_script_was_killed(watch: Watch) -> None:
    job = watch.running(7)
    watch.world.slurm.say(job.uuid, State.TIMEOUT)
    watch.say("7                   \n", watch.controllers)
    assert watch.look() == {"job": 1}
    assert job.state == "timeout"


def test_both_words_of_one_job_are_one_question(watch: Watch) -> None:
    job = watch.running(7)
    watch.world.slurm.say(job.uuid, State.COMPLETED, **ENDED)
    watch.say("7\n")
    watch.say("7\n", watch.controllers)
    assert watch.look() == {"job": 1}
    watch.say("7\n", watch.controllers)
    assert watch.look() == {}, "it is known to have ended"


def test_the_script_is_given_time(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "ENDING_S", 3600.0)
    job = watch.running(7)
    watch.say("7\n")
    assert watch.look() == {}
    watch.world.slurm.say(job.uuid, State.COMPLETED, **ENDED)
    watch.say("7\n", watch.controllers)
    assert watch.look() == {"job": 1}
    assert job.state == "done"


def test_without_a_last_word_it_is_looked_at_again(watch: Watch) -> None:
    job = watch.running(7)
    watch.world.slurm.say(job.uuid, State.COMPLETING)
    watch.say("7\n")
    assert watch.look() == {"job": 1}
    assert job.state == "finishing"
    watch.world.slurm.say(job.uuid, State.COMPLETED, **ENDED)
    assert watch.look() == {"job": 1}
    assert job.state == "done"
    assert watch.look() == {}


def test_a_word_is_no_end(watch: Watch) -> None:
    job = watch.running(7)
    watch.say("7\n")
    assert watch.look() == {"job": 1, "jobs": 1}
    assert job.state == "running"


@pytest.mark.parametrize("text", ["7\n8\n", "all\n", "7\nall\n", "what?\n", ""])
def test_what_is_not_one_job_is_swept(watch: Watch, text: str) -> None:
    for number in (7, 8):
        watch.world.slurm.say(watch.running(number).uuid, State.COMPLETED, **ENDED)
    watch.say(text)
    assert watch.look() == {"jobs": 1}
    assert watch.look() == {}


def test_a_job_that_slurm_has_forgotten_is_swept(watch: Watch) -> None:
    watch.running(7)
    watch.world.slurm.controller = []
    watch.say("7\n")
    asked = watch.look()
    assert (asked["job"], asked["jobs"]) == (1, 1)


def test_an_id_that_another_job_has_now_says_nothing(watch: Watch) -> None:
    job = watch.running(7)
    watch.world.slurm.controller = [record("another", State.COMPLETED, job_id=7, **ENDED)]
    watch.say("7\n")
    asked = watch.look()
    assert (asked["job"], asked["jobs"]) == (1, 1)
    assert job.state == "running"


def test_silence_moves_nothing(watch: Watch) -> None:
    job = watch.running(7)
    watch.world.slurm.jobs_fail = SlurmUnavailable("nobody answers")
    watch.say("7\n")
    assert watch.look() == {"job": 1, "jobs": 1}
    assert job.state == "running"


def test_a_batch_is_swept(watch: Watch) -> None:
    batch = watch.world.job(JobState.RUNNING, slurm_id=7, tasks=1)
    watch.world.job(JobState.RUNNING, slurm_id=7, parent_id=batch.id, task=0)
    watch.say("7_0\n")
    assert "job" not in watch.look()


def test_a_job_that_cannot_be_read_is_left_to_the_sweep(watch: Watch) -> None:
    job = watch.running(7)
    (watch.services.layout.control_dir(job) / "exit").write_text("exit_code=oops")
    watch.world.slurm.say(job.uuid, State.COMPLETED, **ENDED)
    watch.say("7\n")
    assert watch.look() == {"job": 1, "jobs": 1}
    assert job.state == "running"


def test_who_has_no_right_to_sweep_does_not_look(watch: Watch) -> None:
    watch.world.slurm.say(watch.running(7).uuid, State.COMPLETED, **ENDED)
    ends = Ends(watch.world.sessions, watch.services, Turns(watch.world.sessions, watch.services, "another"))
    watch.say("7\n")
    ends.look()
    assert watch.world.slurm.calls == {}


def test_jobs_that_end_all_the_time_leave_most_of_a_processor_to_others(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(resting, "CREDIT_S", 0.5)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    watch.ends._rest.took(1.0, now)
    watch.say("7\n")
    assert watch.look() == {}
    now += 2
    watch.running(7)
    assert watch.look()["job"] == 1


def test_it_ends(watch: Watch) -> None:
    watch.ends.end()
    watch.ends.take()
    assert watch.world.slurm.calls == {}

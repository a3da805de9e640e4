"""The fast path: what it submits is what sbatch would, once, whatever becomes of the helper and the controller."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest

from slurm import CommandClient, FastClient, JobSpec, SubmitRefused, SubmitUnknown
from slurm.fast.link import Link
from slurm.fast.start import Start
from tests.slurm.lab import Lab, until
from tests.slurm.situations import Situations

pytestmark = pytest.mark.scheduler
# What two submissions of the same job never share.
_OWN = re.compile(
    r"(Job(Id|Name)|ArrayJobId|Comment|\w+Time|LastSchedEval|RunTime|Scheduler|AllocNode:Sid|OOMKillStep|Reason)="
)
_OWN_VARIABLES = {
    "SLURM_JOBID", "SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_JOB_NAME", "SLURM_JOB_SLUID", "SLURM_JOB_START_TIME",
    "SLURM_JOB_END_TIME", "SLURM_TASK_PID", "SLURM_JOB_NODELIST", "SLURM_NODELIST", "SLURMD_NODENAME", "HOSTNAME",
    "SLURM_TOPOLOGY_ADDR", "SLURM_ARRAY_JOB_SLUID", "SLURM_JOB_COMMENT",
}  # fmt: skip


class NoCommand(CommandClient):
    """One that submits nothing: whatever comes to be was the helper's."""

    def submit(self, spec: JobSpec, *, within_s: float | None = None) -> int:  # noqa: ARG002
        raise AssertionError("the commands were asked")


class Ways:
    """The same laboratory by the commands and by the fast path alone."""

    def __init__(self, folder: Path) -> None:
        self.commands = Lab(CommandClient(user="allgo"), folder)
        self.client = FastClient(NoCommand(user="allgo"))
        self.fast = Lab(self.client, folder)

    def marked(self, spec: JobSpec) -> list[int]:
        return [job.job_id for job in self.commands.client.jobs() if job.comment == spec.comment]


@pytest.fixture
def ways(service_user: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ways]:
    # Whatever this process holds is none of the job's business, and none of Slurm's options.
    for name in ("SECRET_OF_THE_PORTAL", "SBATCH_COMMENT", "SBATCH_PARTITION", "SLURM_OF_THE_PORTAL"):
        monkeypatch.setenv(name, "leaked")
    with TemporaryDirectory(prefix="allgo-jobs-") as folder:
        made = Ways(Path(folder))
        state = made.client.fast_path()
        assert state.on, state.said
        yield made
        made.client.close()


def _shown(job: int) -> list[str]:
    """What scontrol says of a job, word by word, but for what is each job's own."""
    told = subprocess.check_output(["scontrol", "show", "job", str(job)], text=True)
    words = [word for line in told.splitlines() if "SubmitLine=" not in line for word in line.split()]
    return [word for word in words if not _OWN.match(word)]


_SHAPES: dict[str, Callable[[Lab], JobSpec]] = {
    "plain": lambda lab: replace(lab.spec("true"), cpus=2, memory_mb=333, time_limit_min=17),
    "short": lambda lab: replace(lab.spec("true"), time_limit_min=1),
    "warned early": lambda lab: replace(lab.spec("true"), time_limit_min=20, grace_s=300),
    "partitions": lambda lab: replace(lab.spec("true"), partition="standard,batch"),
    "array": lambda lab: lab.array(5, "true"),
    "array of one": lambda lab: lab.array(1, "true"),
}


@pytest.mark.parametrize("shape", _SHAPES)
def test_slurm_shows_no_difference(ways: Ways, situations: Situations, shape: str) -> None:
    with (
        situations.partition("DOWN", "standard"),
        situations.partition("DOWN", "batch"),
        situations.partition("DOWN", "interactive"),
    ):
        jobs = [lab.client.submit(_SHAPES[shape](lab)) for lab in (ways.commands, ways.fast)]
        by_command, by_library = map(_shown, jobs)
        assert by_library == by_command
        flags, others = until(partial(_tested, jobs), "the scheduler to have tested what both depend on")
        assert others == flags
        ways.commands.client.cancel(jobs)


def _flags(job: int) -> dict[str, object]:
    """What only the longer form says: flags, profile, shared."""
    told = json.loads(subprocess.check_output(["scontrol", "show", "job", str(job), "--json"]))["jobs"][0]
    flags = set(told["flags"]) - {"BACKFILL_ATTEMPTED", "MAIN_SCHEDULER_ATTEMPTED"}
    return {"flags": flags} | {name: told[name] for name in ("profile", "shared", "mail_type", "kill_on_node_fail")
                               if name in told}  # fmt: skip


def _tested(jobs: list[int]) -> list[dict[str, object]] | None:
    """The flags of jobs; None while one may depend on something: a new one does until the scheduler has looked."""
    found = list(map(_flags, jobs))
    return None if any("DEPENDENT" in cast("set[str]", one["flags"]) for one in found) else found


@pytest.mark.parametrize("shape", ["plain", "array"])
def test_the_job_sees_no_difference(ways: Ways, shape: str) -> None:
    words = ("bash", "-c", "env | sort; umask; ulimit -a; ulimit -Ha; id; pwd; nice; ls /proc/self/fd | wc -l")
    said = []
    for lab in (ways.commands, ways.fast):
        spec = replace(_SHAPES[shape](lab), command=words)
        job = lab.client.submit(spec)
        if shape == "array":
            lab.ended_tasks(job, spec, set(range(5)))
            said.append(lab.task_log(spec, 3))
        else:
            lab.final(job, spec)
            said.append(spec.log_file.read_text())
    by_command, by_library = ([_less(line) for line in text.splitlines()] for text in said)
    assert by_library == by_command
    assert len(by_command) > 60
    assert not any("leaked" in text for text in said)


def _less(line: str) -> str:
    name = line.partition("=")[0]
    return name if name in _OWN_VARIABLES else re.sub("[0-9a-f]{32}", "*", line)


@pytest.mark.parametrize("wrong", [{"partition": "nowhere"}, {"memory_mb": 10**9}, {"cpus": 5000}, {"gpus": 3},
                                   {"time_limit_min": 10**6}])  # fmt: skip
def test_a_refusal_has_the_words_of_sbatch(ways: Ways, wrong: dict[str, int]) -> None:
    both = FastClient(CommandClient(user="allgo"))
    assert both.fast_path().on
    said = []
    for client in (ways.commands.client, both):
        with pytest.raises(SubmitRefused) as refused:
            client.submit(replace(ways.fast.spec("true"), **wrong))
        said.append((str(refused.value), refused.value.transient))
    assert said[0] == said[1]
    assert both.fast_path().on, "a refusal is no failure of the fast path"
    both.close()


def test_many_at_once_are_each_submitted_once(ways: Ways, situations: Situations) -> None:
    both = FastClient(CommandClient(user="allgo"))
    assert both.fast_path().on
    specs = [ways.fast.spec("true") for _ in range(60)]
    with situations.partition("DOWN", "standard"):
        with ThreadPoolExecutor(8) as pool:
            ids = list(pool.map(both.submit, specs))
        found = {job.comment: job.job_id for job in both.jobs()}
        assert [found[spec.comment] for spec in specs] == ids
        assert len(set(ids)) == len(ids)
        both.cancel(ids)
    both.close()


def test_a_helper_that_is_killed(ways: Ways) -> None:
    commands = CommandClient(user="allgo")
    both = FastClient(commands, Link(Start(commands.env, commands.version), pause_s=0))
    assert both.fast_path().on
    for _ in range(3):
        killed = _helpers()
        for helper in killed:
            os.kill(helper, signal.SIGKILL)
        # Its command line is empty before its pipes are closed: until then it takes a question and answers none.
        until(partial(_are_over, killed), "the helpers to be gone")
        spec = ways.fast.spec("true")
        job = both.submit(spec)
        assert ways.marked(spec) == [job]
        assert both.fast_path().on
    both.close()


def test_a_controller_that_is_frozen(ways: Ways, situations: Situations) -> None:
    both = FastClient(CommandClient(user="allgo", sbatch_timeout_s=3))
    assert both.fast_path().on
    spec = ways.fast.spec("true")
    with _frozen(situations):
        began = time.monotonic()
        with pytest.raises(SubmitUnknown):
            both.submit(spec)
        assert 2.5 < time.monotonic() - began < 5
        assert not both.fast_path().on
    until(lambda: ways.marked(spec), "the job that was on its way")
    other = ways.fast.spec("true")
    both.submit(other)  # by sbatch, which the controller answers after all that came before
    assert [len(ways.marked(each)) for each in (spec, other)] == [1, 1]
    both.close()


def test_others_do_not_wait_for_one_that_hangs(ways: Ways, situations: Situations) -> None:
    """Nor does the process itself: libslurm would hold its interpreter."""
    both = FastClient(CommandClient(user="allgo", sbatch_timeout_s=3))
    assert both.fast_path().on
    specs = [ways.fast.spec("true") for _ in range(4)]
    with _frozen(situations), ThreadPoolExecutor(5) as pool:
        began = time.monotonic()
        sent = [pool.submit(both.submit, spec) for spec in specs]
        ticks = 0
        while not all(each.done() for each in sent):
            time.sleep(0.01)
            ticks += 1
        assert all(isinstance(each.exception(), SubmitUnknown) for each in sent)
        assert time.monotonic() - began < 6
        assert ticks > 50
    until(lambda: all(ways.marked(spec) for spec in specs), "the jobs that were on their way")
    assert [len(ways.marked(spec)) for spec in specs] == [1] * len(specs)
    both.close()


@contextmanager
def _frozen(situations: Situations) -> Iterator[None]:
    pid = Path("/run/slurm/slurmctld.pid").read_text().strip()
    situations.admin("kill", "-STOP", pid)
    try:
        yield
    finally:
        situations.admin("kill", "-CONT", pid)


def _are_over(processes: list[int]) -> bool:
    with suppress(FileNotFoundError):
        return all("State:\tZ" in Path(f"/proc/{number}/status").read_text() for number in processes)
    return True


def _helpers() -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and b"slurm.fast.helper" in (entry / "cmdline").read_bytes():
                status = (entry / "status").read_text()
                if f"PPid:\t{os.getpid()}\n" in status and "State:\tZ" not in status:
                    found.append(int(entry.name))
    return found

"""The one class that runs Slurm's commands; everything it knows of their text is in the pure functions."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from slurm.advice import Advice, advise_argv, parse_advice
from slurm.cluster import (
    Overview,
    load_argv,
    nodes_argv,
    parse_load,
    parse_nodes,
    parse_partitions,
    partitions_argv,
)
from slurm.config import config_argv, parse_config
from slurm.errors import CommandTimedOut, SubmitUnknown
from slurm.failures import main_error
from slurm.ping import parse_ping, ping_argv
from slurm.record import JobRecord
from slurm.runner import Answer, environment, run
from slurm.sacct import parse_sacct, sacct_argv
from slurm.sbatch import parse_sbatch, sbatch_argv
from slurm.scancel import parse_scancel, scancel_argv
from slurm.script import render
from slurm.short import parse_short, short_argv
from slurm.sinfo import parse_closed, sinfo_argv
from slurm.spec import JobSpec
from slurm.squeue import parse_squeue, read_squeue, squeue_argv
from slurm.version import parse_version, version_argv
from slurm.waiting import Waiting, parse_waiting, waiting_argv

# Linux takes 128 KiB as one argument: 5 000 ids of 10 digits, or 1 500 names of 64 characters.
_IDS_AT_ONCE = 5000
_NAMES_AT_ONCE = 1500


class CommandClient:
    """A SlurmClient that runs sbatch, squeue, sacct, scancel, sinfo and scontrol as the process's own user.

    Args:
        user: the system user as whom the portal runs, whose jobs are listed.
        timeout_s: seconds for each question. With the controller away, Slurm 26.05 gives up after about 9 s by itself.
        sbatch_timeout_s: seconds for a submission. Just above Slurm's own MessageTimeout (10 s by default), so that
            a frozen controller is told by sbatch, and the person who waits for the answer does not wait longer.
        advice_timeout_s: seconds for the question when a job would start, which is answered in some milliseconds or
            not worth the wait.
        bin_dir: folder of the commands; without it they are looked for in the usual places.
        slurm_conf: Slurm's configuration file, where it is not the one that Slurm finds by itself.
    """

    def __init__(
        self,
        user: str,
        *,
        timeout_s: float = 15.0,
        sbatch_timeout_s: float = 11.0,
        advice_timeout_s: float = 3.0,
        bin_dir: Path | None = None,
        slurm_conf: Path | None = None,
    ) -> None:
        self._user = user
        self._timeout_s = timeout_s
        self.sbatch_timeout_s = sbatch_timeout_s
        self._advice_timeout_s = advice_timeout_s
        self._bin_dir = bin_dir
        self.env = environment(slurm_conf)
        self._read: dict[str, JobRecord] = {}  # the last answer of squeue, by the text of its rows

    def submit(self, spec: JobSpec, *, within_s: float | None = None) -> int:
        """Submit a job and return its id; of an array, the one id of all its tasks.

        Args:
            spec: the job.
            within_s: seconds for it; by default ``sbatch_timeout_s``.

        Raises:
            SlurmUnavailable: nobody was reached, nothing was created.
            SubmitRefused: Slurm refused, nothing will run.
            SubmitUnknown: the answer was lost (or sbatch was still trying again, as it does for two minutes while the
                controller's MaxJobCount is reached). The job may exist: look for its name and comment in ``jobs`` and
                ``accounted`` before submitting again.
        """
        script = render(spec).encode()
        try:
            answer = self._run(sbatch_argv(spec), timeout_s=within_s or self.sbatch_timeout_s, stdin=script)
        except CommandTimedOut as cause:
            said = main_error(cause.err)
            raise SubmitUnknown(f"{cause}, the job may have been created{said and f'; it said: {said}'}") from cause
        return parse_sbatch(answer.rc, answer.out, answer.err)

    def start_estimate(self, spec: JobSpec) -> Advice:
        """Return when a job would start if it were submitted now, by one sbatch --test-only.

        Raises:
            SlurmUnavailable: nobody answered in ``advice_timeout_s``.
            SubmitRefused: the job would be refused; the reason is in its text.
            CommandFailed: see ``parse_advice``.
        """
        answer = self._run(advise_argv(spec), timeout_s=self._advice_timeout_s, stdin=render(spec).encode())
        return parse_advice(answer.rc, answer.out, answer.err)

    def closed_partitions(self) -> frozenset[str]:
        """Return the partitions that start no jobs at the moment, by one sinfo.

        Raises:
            SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known of any (see ``parse_closed``).
        """
        answer = self._run(sinfo_argv(), timeout_s=self._advice_timeout_s)
        return parse_closed(answer.rc, answer.out, answer.err)

    def overview(self) -> Overview:
        """Return the cluster's partitions and nodes with everybody's jobs, by one squeue and two sinfo.

        Where a site lets nobody see others' jobs (PrivateData), only our user's are counted.

        Raises:
            SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known of it.
        """
        jobs = self._run(load_argv(), timeout_s=self._advice_timeout_s)
        load = parse_load(jobs.rc, jobs.out, jobs.err)
        told = self._run(partitions_argv(), timeout_s=self._advice_timeout_s)
        partitions = parse_partitions(told.rc, told.out, told.err, load)
        told = self._run(nodes_argv(), timeout_s=self._advice_timeout_s)
        return Overview(partitions=partitions, nodes=parse_nodes(told.rc, told.out, told.err))

    def jobs(self) -> list[JobRecord]:
        """Return all of our user's jobs that the controller still knows, by one squeue.

        Raises:
            SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known of any job (see
                ``slurm.squeue.parse_squeue``).
        """
        answer = self._run(squeue_argv(self._user))
        self._read = read_squeue(answer.rc, answer.out, answer.err, self._read)
        return list(self._read.values())

    def job(self, job_id: int) -> list[JobRecord]:
        """Return what the controller knows under one id of our user's: a job, or the tasks of an array; by one squeue.

        Raises:
            SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known of it; the controller may have forgotten
                it.
        """
        answer = self._run(squeue_argv(self._user, job_id))
        return parse_squeue(answer.rc, answer.out, answer.err)

    def state_lines(self) -> frozenset[str]:
        """Return a line for each job of anybody's that the controller knows, by one short squeue.

        Raises:
            SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known of any job (see ``parse_short``).
        """
        answer = self._run(short_argv())
        return parse_short(answer.rc, answer.out, answer.err)

    def waiting(self) -> list[Waiting]:
        """Return whatever waits, also other people's, in the order in which it is looked at; by one squeue.

        Raises:
            SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known (see ``parse_waiting``).
        """
        answer = self._run(waiting_argv(), timeout_s=self._advice_timeout_s)
        return parse_waiting(answer.rc, answer.out, answer.err)

    def accounted(
        self, *, job_ids: Sequence[int] = (), names: Sequence[str] = (), since: datetime | None = None
    ) -> list[JobRecord]:
        """Return what the accounting knows of our user's jobs with these ids, or these names, or both.

        One sacct; more only where ids and names pass what one command line takes. No ids and no names is no question.

        Raises:
            SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known of any job (see ``parse_sacct``).
        """
        if not job_ids and not names:
            return []
        records: list[JobRecord] = []
        for some_ids in _parts(job_ids, _IDS_AT_ONCE):
            for some_names in _parts(names, _NAMES_AT_ONCE):
                answer = self._run(sacct_argv(self._user, job_ids=some_ids, names=some_names, since=since))
                records += parse_sacct(answer.rc, answer.out, answer.err)
        return records

    def cancel(self, job_ids: Sequence[int], tasks: Sequence[tuple[int, int]] = ()) -> None:
        """End jobs, pending or running; those that have ended already, or never were, are left alone.

        Slurm sends SIGTERM, and SIGKILL after KillWait. An id alone identifies nothing after a crash of the controller:
        the caller compares the job's comment first.

        A task that waits is gone at once, and Slurm keeps no record of it (see ``parse_squeue``): who needs to know
        that it never ran makes its claim in its stead before this call.

        Args:
            job_ids: ids of jobs, or of arrays with all their tasks.
            tasks: single tasks, as the id of the array and the number in it.

        Raises:
            SlurmUnavailable: the controller was not reached; some of the jobs may have been ended.
            CommandFailed: a job could not be ended.
        """
        asks = [scancel_argv(some) for some in _parts(job_ids, _IDS_AT_ONCE) if some]
        asks += [scancel_argv((), some) for some in _parts(tasks, _IDS_AT_ONCE) if some]
        for argv in asks:
            answer = self._run(argv)
            parse_scancel(answer.rc, answer.out, answer.err)

    def ping(self) -> bool:
        """Return whether a controller is up; one that does not answer in time is not.

        Raises:
            SlurmUnavailable: scontrol itself cannot be started.
        """
        try:
            answer = self._run(ping_argv())
        except CommandTimedOut:
            return False
        return parse_ping(answer.rc, answer.out, answer.err)

    def config(self) -> dict[str, str]:
        """Return the controller's settings by their names, by one scontrol.

        Raises:
            SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known of them (see ``parse_config``).
        """
        answer = self._run(config_argv())
        return parse_config(answer.rc, answer.out, answer.err)

    def version(self) -> str:
        """Return the release of the commands, such as 26.05.5.

        Raises:
            SlurmUnavailable, CommandFailed, AnswerUnreadable: see ``parse_version``.
        """
        answer = self._run(version_argv())
        year, month, patch = parse_version(answer.rc, answer.out, answer.err)
        return f"{year}.{month:02}.{patch}"

    def _run(self, argv: list[str], *, timeout_s: float | None = None, stdin: bytes = b"") -> Answer:
        if self._bin_dir is not None:
            argv = [str(self._bin_dir / argv[0]), *argv[1:]]
        return run(argv, env=self.env, timeout_s=timeout_s or self._timeout_s, stdin=stdin)


def _parts[T](items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut a sequence in parts; an empty one is one empty part."""
    for start in range(0, len(items) or 1, size):
        yield items[start : start + size]

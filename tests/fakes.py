"""A Slurm made of lists: told to refuse, to lose its answer, to be away, or to say anything at all."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from slurm import (
    Advice,
    CommandFailed,
    JobRecord,
    JobSpec,
    Node,
    Overview,
    Partition,
    SlurmError,
    SlurmUnavailable,
    State,
    SubmitRefused,
    SubmitUnknown,
    Waiting,
    state_line,
)

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def node(name: str, state: str = "mixed", **more: Any) -> Node:
    """One machine as Slurm would describe it."""
    values: dict[str, Any] = {
        "name": name, "partitions": ("interactive", "standard", "batch"), "state": state, "responds": True,
        "reason": "", "cpus": 8, "cpus_used": 2, "memory_mb": 7000, "memory_used_mb": 512,
    }  # fmt: skip
    return Node(**(values | more))


def record(comment: str, state: State = State.PENDING, **more: Any) -> JobRecord:
    """One job as Slurm would describe it."""
    values: dict[str, Any] = {
        "job_id": 1,
        "name": "allgo-1",
        "comment": comment,
        "state": state,
        "word": state.value,
        "reason": "",
        "exit_code": None,
        "signal": None,
        "submitted_at": AT,
        "started_at": None,
        "finished_at": None,
        "nodes": "",
        "source": "controller",
    }
    return JobRecord(**(values | more))


class FakeSlurm:
    """An in-memory SlurmClient.

    Attributes:
        submitted: every JobSpec that came, also those that were refused.
        controller: what ``jobs`` answers; the tests change it as they like.
        accounting: what ``accounted`` answers from, filtered as sacct does.
        cancelled: the ids of jobs and arrays that were to end; ``cancelled_tasks`` the single tasks, as (id, number).
        advice: what ``start_estimate`` answers, unless jobs are refused or nobody answers.
        closed: what ``closed_partitions`` answers, unless nobody answers.
        line: what ``waiting`` answers, unless nobody answers.
        cluster: what ``overview`` answers, unless nobody answers.
        settings: what ``config`` answers, unless nobody answers.
        estimated: every JobSpec that ``start_estimate`` was asked about.
        calls: how often each method was called.
        asked_since: the ``since`` of the last call of ``accounted``.
        jobs_fail: what ``jobs`` raises, if anything; ``accounted_fail`` likewise.
        short_fails: what ``state_lines`` raises, where ``jobs`` would answer.
        in_submit: called in each submission before its outcome; ``in_accounted`` likewise.
    """

    def __init__(self) -> None:
        self.submitted: list[JobSpec] = []
        self.controller: list[JobRecord] = []
        self.accounting: list[JobRecord] = []
        self.cancelled: list[int] = []
        self.cancelled_tasks: list[tuple[int, int]] = []
        self.advice = Advice(starts_at=AT, nodes="c1", said="Job 1 to start at ...", partition="standard")
        self.closed: frozenset[str] = frozenset()
        self.line: list[Waiting] = []
        self.cluster = Overview(
            partitions=tuple(
                Partition(name=name, is_open=True, limit=limit, waiting=1, running=2)
                for name, limit in (("interactive", "1:00"), ("standard", "20:00"), ("batch", "1-00:00:00"))
            ),
            nodes=(node("c1"), node("c2", "drained", reason="disk is full", cpus_used=0, memory_used_mb=0)),
        )
        self.settings = {
            "ClusterName": "fake", "AccountingStoreFlags": "job_comment,job_env", "EnforcePartLimits": "ALL",
            "SchedulerParameters": "batch_sched_delay=0,sched_min_interval=0",
        }  # fmt: skip
        self.estimated: list[JobSpec] = []
        self.calls: Counter[str] = Counter()
        self.asked_since: datetime | None = None
        self.jobs_fail: Exception | None = None
        self.accounted_fail: Exception | None = None
        self.short_fails: Exception | None = None
        self.in_submit: Callable[[JobSpec], None] = lambda _spec: None
        self.in_accounted: Callable[[], None] = lambda: None
        self._submit_fails: Exception | None = None
        self._creates = True
        self._next_id = 100
        self._lock = threading.Lock()

    def accept(self) -> None:
        """Take every job (as at the beginning)."""
        self._submit_fails, self._creates = None, True

    def refuse(self, message: str = "invalid partition", *, transient: bool = False, lacking: str = "") -> None:
        """Refuse every job; none is created."""
        self._submit_fails, self._creates = SubmitRefused(message, transient=transient, lacking=lacking), False

    def lose_answers(self) -> None:
        """Create every job and lose the answer."""
        self._submit_fails, self._creates = SubmitUnknown("no answer in 11 s: the job may have been created"), True

    def be_away(self) -> None:
        """Answer nothing at all."""
        away = SlurmUnavailable("Slurm cannot be reached")
        self._submit_fails, self._creates = away, False
        self.jobs_fail = self.accounted_fail = away

    def break_submit(self, error: Exception) -> None:
        """Raise what no client should."""
        self._submit_fails, self._creates = error, False

    def come_back(self) -> None:
        """Answer again."""
        self.accept()
        self.jobs_fail = self.accounted_fail = None

    def say(self, comment: str, state: State, *, task: int | None = None, **more: Any) -> None:
        """Let the controller describe the job, or all tasks, or one task, with this comment otherwise."""
        self._known(comment, task)
        self.controller = [
            replace(each, state=state, word=state.value, **more) if _is(each, comment, task) else each
            for each in self.controller
        ]

    def forget(self, comment: str, final: State | None = None, *, task: int | None = None, **more: Any) -> None:
        """Take a job, all tasks or one task out of the controller.

        The accounting keeps it with its final word, or (None) never had it.
        """
        known = self._known(comment, task)
        self.controller = [each for each in self.controller if not _is(each, comment, task)]
        self.accounting = [each for each in self.accounting if not _is(each, comment, task)]
        if final is not None:
            ended: dict[str, Any] = {"state": final, "word": final.value, "source": "accounting"}
            self.accounting += [replace(each, **(ended | more)) for each in known]

    def submit(self, spec: JobSpec) -> int:
        """See slurm.SlurmClient."""
        with self._lock:
            self.calls["submit"] += 1
            self.submitted.append(spec)
            self._next_id += 1
            made = self._next_id
        self.in_submit(spec)
        if self._creates:
            tasks: Sequence[int | None] = range(spec.tasks) if spec.tasks else [None]
            new = [record(spec.comment, job_id=made, name=spec.name, task=task) for task in tasks]
            with self._lock:
                self.controller += new
                self.accounting += [replace(each, source="accounting") for each in new]
        if self._submit_fails is not None:
            raise self._submit_fails
        return made

    def start_estimate(self, spec: JobSpec) -> Advice:
        """See slurm.SlurmClient."""
        with self._lock:
            self.calls["start_estimate"] += 1
            self.estimated.append(spec)
        if isinstance(self._submit_fails, SubmitUnknown):
            raise SlurmUnavailable(str(self._submit_fails))
        if self._submit_fails is not None:
            raise self._submit_fails
        return self.advice

    def closed_partitions(self) -> frozenset[str]:
        """See slurm.SlurmClient."""
        if self._submit_fails is not None and not isinstance(self._submit_fails, SubmitRefused):
            raise SlurmUnavailable(str(self._submit_fails))
        return self.closed

    def overview(self) -> Overview:
        """See slurm.SlurmClient."""
        with self._lock:
            self.calls["overview"] += 1
        if self.jobs_fail is not None:
            raise self.jobs_fail
        return self.cluster

    def jobs(self) -> list[JobRecord]:
        """See slurm.SlurmClient."""
        with self._lock:
            self.calls["jobs"] += 1
        if self.jobs_fail is not None:
            raise self.jobs_fail
        return list(self.controller)

    def job(self, job_id: int) -> list[JobRecord]:
        """See slurm.SlurmClient."""
        with self._lock:
            self.calls["job"] += 1
        if self.jobs_fail is not None:
            raise self.jobs_fail
        found = [each for each in self.controller if each.job_id == job_id]
        if not found:
            raise CommandFailed("squeue failed: Invalid job id specified")
        return found

    def state_lines(self) -> frozenset[str]:
        """See slurm.SlurmClient."""
        with self._lock:
            self.calls["state_lines"] += 1
        if self.jobs_fail is not None:
            raise self.jobs_fail
        if self.short_fails is not None:
            raise self.short_fails
        return frozenset(state_line(each) for each in self.controller)

    def waiting(self) -> list[Waiting]:
        """See slurm.SlurmClient."""
        with self._lock:
            self.calls["waiting"] += 1
        if self.jobs_fail is not None:
            raise self.jobs_fail
        return list(self.line)

    def accounted(
        self, *, job_ids: Sequence[int] = (), names: Sequence[str] = (), since: datetime | None = None
    ) -> list[JobRecord]:
        """See slurm.SlurmClient."""
        with self._lock:
            self.calls["accounted"] += 1
            self.asked_since = since
        self.in_accounted()
        if self.accounted_fail is not None:
            raise self.accounted_fail
        return [each for each in self.accounting if each.name in names or each.job_id in job_ids]

    def cancel(self, job_ids: Sequence[int], tasks: Sequence[tuple[int, int]] = ()) -> None:
        """See slurm.SlurmClient."""
        self.calls["cancel"] += 1
        if isinstance(self.jobs_fail, SlurmError):
            raise self.jobs_fail
        self.cancelled += job_ids
        self.cancelled_tasks += tasks

    def ping(self) -> bool:
        """See slurm.SlurmClient."""
        return self.jobs_fail is None

    def config(self) -> dict[str, str]:
        """See slurm.SlurmClient."""
        if self.jobs_fail is not None:
            raise self.jobs_fail
        return self.settings

    def version(self) -> str:
        """See slurm.SlurmClient."""
        return "26.05.5"

    def _known(self, comment: str, task: int | None) -> list[JobRecord]:
        """What is known of a job or task: the controller's word where it has one, never nothing."""
        for said in (self.controller, self.accounting):
            if found := [each for each in said if _is(each, comment, task)]:
                return found
        raise LookupError(f"no job {comment}, task {task}")


def _is(record: JobRecord, comment: str, task: int | None) -> bool:
    return record.comment == comment and task in (None, record.task)

"""From what Slurm and the job itself said to where the job stands: pure, and the only such place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allgo_hpc.states import JobState
from slurm import EXIT_CLAIMED, NOT_STARTED, Claim, JobRecord, Marker, Phase, State, reason_sentence


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Where a job stands, and who said so."""

    state: JobState
    source: str
    reason: str = ""
    exit_code: int | None = None
    signal: int | None = None
    slurm_id: int | None = None
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None


_ENDS = {
    State.TIMEOUT: (JobState.TIMEOUT, "Slurm ended it at its time limit."),
    State.DEADLINE: (JobState.TIMEOUT, "Slurm ended it at its deadline."),
    State.OUT_OF_MEMORY: (JobState.OUT_OF_MEMORY, "It needed more memory than it had asked for."),
    State.CANCELLED: (JobState.CANCELLED, "It was cancelled."),
    State.REVOKED: (JobState.CANCELLED, "Slurm revoked it."),
    State.NODE_FAIL: (JobState.NODE_FAILURE, "The node that it ran on failed."),
    State.BOOT_FAIL: (JobState.NODE_FAILURE, "The node that it was to run on did not start."),
    State.PREEMPTED: (JobState.ERROR, "Slurm ended it in favour of another job."),
}
"""Slurm's final words that say all by themselves, whatever the exit code (a job can exit 0 and be out of memory)."""


_PROBLEMS = {
    "control": "the portal's storage could not be written: it may be full or away",
    "argv": "the words of its param string could not be read from the portal's storage",
    "work_dir": "its folder on the portal's storage could not be entered",
    "log": "its log could not be opened",
    "scratch": "the local disk took no folder for it",
    "tasks": "the list of its batch's tasks could not be read from the portal's storage",
}
"""What the batch script says that it could not do (slurm.script)."""
_LIMIT = "It was told to end shortly before its time limit; what it had written until then is kept."
_SAY_MORE = {State.OUT_OF_MEMORY, State.NODE_FAIL, State.BOOT_FAIL, State.CANCELLED}
"""Ends that count even though the script had noticed the limit coming."""
_NOT_STARTED = "It was cancelled before it started."


def choose_record(records: Sequence[JobRecord], slurm_id: int | None, claim: Claim | None) -> JobRecord | None:
    """Return the Slurm job that is this job, among those that carry its uuid.

    There is more than one only when an answer of sbatch was lost and the job was submitted again: then the one that
    holds the claim ran it (the other refused to), else the one that the row knows, else the newest.
    """
    wanted = claim.slurm_job_id if claim is not None and claim.slurm_job_id else slurm_id
    # Of a job that was requeued the accounting has a record for each start under one id, the newest last.
    for record in reversed(records):
        if record.job_id == wanted:
            return record
    return max(records, key=lambda record: record.job_id, default=None)


def decide(record: JobRecord, marker: Marker | None, *, cancel_asked: bool = False) -> Verdict | None:
    """Return where the job stands after what Slurm said of it, or None when that moves nothing.

    A final word of Slurm ends it. Without one the marker says only that the app has ended (finishing): Slurm may still
    have to say that it was out of memory.
    """
    phase = record.state.phase
    if phase is Phase.PENDING:
        return _verdict(record, JobState.PENDING, reason=reason_sentence(record.reason))
    if phase is Phase.FINISHING or (phase is Phase.RUNNING and marker is not None):
        return _verdict(record, JobState.FINISHING)
    if phase is Phase.RUNNING:
        stopped = record.state in {State.SUSPENDED, State.STOPPED}
        return _verdict(record, JobState.RUNNING, reason=record.state.sentence if stopped else "")
    if phase is Phase.FINAL:
        if cancel_asked and marker is None and record.exit_code == EXIT_CLAIMED:
            # The portal had taken the claim when the script came, so that the app was not started.
            return _verdict(record, JobState.CANCELLED, reason=_NOT_STARTED)
        return _ended(record, marker)
    return None


def cancelled_before_start(slurm_id: int | None, now: datetime) -> Verdict:
    """Return the end of a job that Slurm does not know (any more) and whose claim the portal holds."""
    return Verdict(state=JobState.CANCELLED, source="portal", reason=_NOT_STARTED, slurm_id=slurm_id, finished_at=now)


def decide_by_marker(marker: Marker) -> Verdict:
    """Return where a job stands that Slurm has forgotten but that left its exit marker."""
    failed = marker.exit_code != 0 or marker.signal != 0
    why = _why_failed(marker.exit_code, marker.signal, marker.problem) if failed else ""
    state = JobState.ERROR if failed else JobState.DONE
    return Verdict(
        state=JobState.TIMEOUT if marker.limit_reached else state,
        source="marker",
        reason=_LIMIT if marker.limit_reached else why,
        exit_code=marker.exit_code,
        signal=marker.signal,
        slurm_id=marker.slurm_job_id,
        started_at=marker.started_at,
        finished_at=marker.finished_at,
        cpu_s=marker.cpu_s,
        peak_memory_bytes=marker.peak_memory_bytes,
    )


def _ended(record: JobRecord, marker: Marker | None) -> Verdict:
    code = marker.exit_code if marker is not None else record.exit_code
    signal = marker.signal if marker is not None else record.signal
    if marker is not None and marker.limit_reached and record.state not in _SAY_MORE:
        return _verdict(record, JobState.TIMEOUT, marker=marker, reason=_LIMIT, exit_code=code, signal=signal)
    if record.state in _ENDS:
        state, reason = _ENDS[record.state]
        return _verdict(record, state, marker=marker, reason=reason, exit_code=code, signal=signal)
    if record.state is State.COMPLETED and not code and not signal:
        return _verdict(record, JobState.DONE, marker=marker, exit_code=0, signal=0)
    # An app's own exit code comes with a marker, unless it could not be written at the end; these are not apps' words.
    problem = marker.problem if marker is not None else NOT_STARTED.get(code or 0, "")
    said = f"Slurm says {record.word}: {record.reason or 'no reason given'}."
    reason = _why_failed(code, signal, problem) if code or signal else said
    return _verdict(record, JobState.ERROR, marker=marker, reason=reason, exit_code=code, signal=signal)


def _why_failed(code: int | None, signal: int | None, problem: str) -> str:
    if problem:
        what = _PROBLEMS.get(problem, "something of the job could not be read")
        return f"The app was not started, for on its node {what}. Run it again, or tell the administrator."
    if signal:
        return f"The app was ended by signal {signal}."
    return f"The app ended with exit code {code}."


def _verdict(
    record: JobRecord,
    state: JobState,
    *,
    marker: Marker | None = None,
    reason: str = "",
    exit_code: int | None = None,
    signal: int | None = None,
) -> Verdict:
    return Verdict(
        state=state,
        source=record.source,
        reason=reason,
        exit_code=exit_code,
        signal=signal,
        slurm_id=record.job_id,
        submitted_at=record.submitted_at,
        # The marker's times have fractions of a second, Slurm's have not.
        started_at=marker.started_at if marker is not None else record.started_at,
        finished_at=marker.finished_at if marker is not None else record.finished_at,
        cpu_s=marker.cpu_s if marker is not None else None,
        peak_memory_bytes=marker.peak_memory_bytes if marker is not None else None,
    )

"""One job in one sweep: what was said of it becomes a move, or a clock, or a second try to submit it."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.dispatch import send
from allgo_hpc.jobs.ended import end_values, results_of
from allgo_hpc.jobs.events import add_event
from allgo_hpc.jobs.moves import Move, move
from allgo_hpc.jobs.restart import may_restart, restart
from allgo_hpc.models import Job, utc_now
from allgo_hpc.services import Services
from allgo_hpc.states import JobState, is_legal
from allgo_hpc.sweeping.decide import Verdict, cancelled_before_start, choose_record, decide, decide_by_marker
from allgo_hpc.sweeping.forgotten import has_not_started, send_back
from allgo_hpc.sweeping.gather import Answer
from allgo_hpc.sweeping.progress import last_words
from allgo_hpc.sweeping.together import Moves
from slurm import EXIT_CLAIMED, JobRecord, Marker, Phase, read_claim, read_marker

_log = logging.getLogger(__name__)
_BELIEVED = timedelta(minutes=2)
"""So long a controller is believed that a job runs whose exit marker is there: it may have more to say of its end. One
that was killed can have forgotten that end, and then says so until the job's time limit."""


def follow(services: Services, job: Job, answer: Answer, now: datetime, moves: Moves) -> bool:
    """Bring one job to where it truly stands; returns whether anything changed but by ``moves``, which it adds to.

    Raises:
        Exception: whatever went wrong with this job; the caller goes on with the next.
    """
    control = services.layout.control_dir(job)
    records = answer.of(job)
    marker = read_marker(control)
    if records:
        claim = read_claim(control) if len(records) > 1 else None
        record = choose_record(records, job.slurm_id, claim)
        if record is not None and marker is not None and _says_nothing(record, marker, job, now):
            return answer.accounting_answered and _apply(services, job, moves, decide_by_marker(marker))
        verdict = decide(record, marker, cancel_asked=job.cancel_at is not None) if record is not None else None
        return verdict is not None and _apply(services, job, moves, verdict)
    if marker is not None and answer.accounting_answered:
        return _apply(services, job, moves, decide_by_marker(marker))
    if not answer.accounting_answered or job.state == JobState.LOST:
        return False
    return _unknown_to_slurm(services, job, answer, now, moves)


def _says_nothing(record: JobRecord, marker: Marker, job: Job, now: datetime) -> bool:
    """True when what Slurm says of a job that left its marker is of another start, or of the past."""
    return _is_a_second_start(record, marker) or (
        job.state == JobState.FINISHING and record.state.phase is Phase.RUNNING and marker.finished_at < now - _BELIEVED
    )


def _is_a_second_start(record: JobRecord, marker: Marker) -> bool:
    """True when Slurm speaks of the end of a start that refused to run; the one that ran left the marker.

    It is a second submission, or the same one that a controller started again which was killed before it had noted it.
    """
    refused = record.exit_code == EXIT_CLAIMED and marker.exit_code != EXIT_CLAIMED
    return record.state.is_final and (refused or marker.slurm_job_id != record.job_id)


def _unknown_to_slurm(services: Services, job: Job, answer: Answer, now: datetime, moves: Moves) -> bool:
    """Bring on a job of which controller and accounting, both answering, know nothing, and which left no marker."""
    control = services.layout.control_dir(job)
    if job.cancel_at is not None and _holds_claim(control):
        return _apply(services, job, moves, cancelled_before_start(job.slurm_id, now))
    if job.state == JobState.CREATED and read_claim(control) is None:
        if job.batch is None:
            return submit_again(moves.session, services, job, now)
        if job.batch.state == JobState.CREATED:
            return False  # it is submitted with its batch
    return _count_absence(moves.session, services, job, answer, now)


def _holds_claim(control: Path) -> bool:
    """True when the portal has the job's claim: a script writes its name into it at once."""
    claim = read_claim(control)
    return claim is not None and claim.slurm_job_id is None


def _apply(services: Services, job: Job, moves: Moves, verdict: Verdict) -> bool:
    old = JobState(job.state)
    if verdict.state == old:
        return _tell_reason(moves.session, job, verdict)
    if not is_legal(old, verdict.state):
        # For example "running" from a controller that is slower than the exit marker: later words decide.
        return False
    if verdict.state is JobState.NODE_FAILURE and may_restart(job) and restart(moves.session, services, job):
        return True
    values = {"reason": verdict.reason, "slurm_id": verdict.slurm_id}
    for name in ("submitted_at", "started_at", "finished_at", "exit_code", "signal", "cpu_s", "peak_memory_bytes"):
        told = getattr(verdict, name)
        if told is not None and (name != "submitted_at" or job.submitted_at is None):
            values[name] = told
    if verdict.state.is_final:
        values |= last_words(services.layout, job)
        values |= end_values(services, verdict.finished_at or utc_now())
    elif job.cancel_at is not None:
        values["reason"] = job.reason
    files = results_of(job, services) if verdict.state.is_final else None
    if files is not None:
        reach("end.listed")
    moves.add(Move(job, verdict.state, source=verdict.source, values=values, files=files))
    return False


def _tell_reason(session: Session, job: Job, verdict: Verdict) -> bool:
    """Note why a job that stands where it stood waits, or does not go on, now; returns whether that changed."""
    if verdict.state not in {JobState.PENDING, JobState.RUNNING} or job.cancel_at is not None:
        return False
    if verdict.reason == job.reason:
        return False
    told = session.scalar(
        update(Job)
        .where(Job.id == job.id, Job.state == job.state, Job.cancel_at.is_(None))
        .values(reason=verdict.reason)
        .returning(Job.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(job)
    if told is not None:
        add_event(session, [job], old=job.state, source=verdict.source)
    session.commit()
    return told is not None


def submit_again(session: Session, services: Services, job: Job, now: datetime) -> bool:
    """Submit a job or batch that Slurm was asked for by uuid, in controller and accounting, and does not have.

    Returns whether it was submitted: not while an earlier try may still be on its way.
    """
    before = now - timedelta(seconds=services.settings.resubmit_after_s)
    result = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.state == JobState.CREATED.value, Job.attempted_at < before)
        .values(attempted_at=utc_now()),  # not the sweep's start: the jobs before it may have taken long
        execution_options={"synchronize_session": False},
    )
    session.commit()
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        return False
    session.refresh(job)
    reach("sweep.retrying")
    _log.info("job %s: submitting it, for Slurm does not have it", job.id)
    return send(session, services, job)


def _count_absence(session: Session, services: Services, job: Job, answer: Answer, now: datetime) -> bool:
    if job.absent_since is None:
        job.absent_since = now
        session.commit()
        return True
    if now - job.absent_since < timedelta(seconds=services.settings.lost_after_s):
        return False
    if has_not_started(services, job):
        if job.batch is None:
            return send_back(session, [job])
        if not answer.of(job.batch):
            return False  # Slurm forgot the whole array: it is submitted again with its batch
    since = f"{job.absent_since:%Y-%m-%d %H:%M:%S} UTC"
    reason = f"Slurm answers and has not known this job since {since}, and it left no exit marker."
    values = {"reason": reason, "absent_since": job.absent_since, **end_values(services, now)}
    files = results_of(job, services)
    return move(session, job, JobState.LOST, source="portal", values=values, files=files)

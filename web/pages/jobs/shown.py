"""What the page of a job shows: gathered once for the page and for the parts of it that are fetched again."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import current_app

from allgo_hpc.jobs.log import plain
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.models import Job, utc_now
from allgo_hpc.reading.compared import comparable
from allgo_hpc.reading.events import job_events
from allgo_hpc.reading.history import history_of
from allgo_hpc.reading.line import Line, Place
from allgo_hpc.reading.log_window import Window, window_before
from allgo_hpc.reading.outlook import Outlook, needs_history, outlook
from allgo_hpc.reading.timeline import timeline
from allgo_hpc.reading.why import actions, hint, why
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.health import CONTROLLER, read_health
from web.context import EXTENSION, base_url, get_services, get_session
from web.pages.jobs.curl import curl_of
from web.pages.jobs.keeping import days_to_keep
from web.pages.jobs.seen import Seen
from web.pages.jobs.tasks import tasks_context
from web.pages.results.part import results_context

_LINE = f"{EXTENSION}-line"
_MOST_INPUTS = 50
_MOST_EVENTS = 60
_WAITS = {JobState.SUBMITTED, JobState.PENDING}


def parts_context(seen: Seen, args: Mapping[str, str]) -> dict[str, Any]:
    """Return what the parts of the page that change by themselves show.

    Args:
        seen: the job and its reader.
        args: of the address: which page of a batch's tasks.
    """
    session, services, job = get_session(), get_services(), seen.job
    settings, now, state = services.settings, utc_now(), JobState(job.state)
    controller = read_health(session).get(CONTROLLER)
    steps = timeline(job, job_events(session, job.id))
    return {
        "job": job,
        "state": state,
        "mine": seen.mine,
        "why": why(job),
        "hint": hint(job, settings.queues) if seen.mine and job.deleted_at is None else "",
        "buttons": actions(job, settings.queues, memory_max_mb=settings.memory_max_mb) if seen.mine else [],
        "key": secrets.token_hex(16),
        "now": now,
        "silent_since": controller.silent_since if controller is not None and not state.is_final else None,
        "steps": steps[-_MOST_EVENTS:],
        "steps_left_out": max(0, len(steps) - _MOST_EVENTS),
        "in_line": _place(job) if state in _WAITS else None,
        "outlook": _outlook(job),
        "keep_days": days_to_keep(job, settings.retention_max_days, now) if seen.mine else [],
        **(tasks_context(session, job, args) if job.tasks else {}),
        **results_context(job, seen.user),
    }


def side_context(seen: Seen) -> dict[str, Any]:
    """Return what the rest of the page shows: what does not change while the job runs."""
    session, job = get_session(), seen.job
    inputs = job.inputs
    return {
        "inputs": inputs[:_MOST_INPUTS],
        "inputs_left_out": max(0, len(inputs) - _MOST_INPUTS),
        "others": comparable(session, job) if seen.mine and job.parent_id is None else [],
        "curl": curl_of(job, base_url()) if seen.mine and not job.tasks else "",
    }


def log_context(seen: Seen) -> dict[str, Any]:
    """Return the end of the job's log, for readers without scripts; None where it has none."""
    log = log_end(seen.job)
    return {"log": log, "log_text": plain(log.text) if log is not None else ""}


def log_end(job: Job) -> Window | None:
    """Return the last part of a job's log; None for a batch, a deleted job, and while the storage is away."""
    if job.tasks or job.deleted_at is not None:
        return None
    try:
        path = get_services().layout.job_dir(job) / LOG_NAME
        return window_before(path, None, ended=JobState(job.state).is_final)
    except OSError:
        return None


def _outlook(job: Job) -> Outlook | None:
    typical = None
    if needs_history(job) and not job.tasks:
        typical = history_of(get_session(), job.app, input_bytes=job.input_bytes).quantile(0.5)
    return outlook(job, utc_now(), typical)


def _place(job: Job) -> Place | None:
    own = job.batch or job
    if own.slurm_id is None:
        return None
    line: Line = current_app.extensions.get(_LINE) or current_app.extensions.setdefault(
        _LINE, Line(get_services().slurm)
    )
    return line.place(own.slurm_id)

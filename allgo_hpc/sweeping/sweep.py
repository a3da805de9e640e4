"""One pass over all unfinished jobs."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy.orm import Session

from allgo_hpc.failpoints import reach
from allgo_hpc.reading.events import newest_event
from allgo_hpc.services import Services
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.cancelling import end_cancelled
from allgo_hpc.sweeping.confirm import confirm, stop_clocks
from allgo_hpc.sweeping.followed import follow_all
from allgo_hpc.sweeping.gather import Answer, Silence, ask_accounting, ask_controller
from allgo_hpc.sweeping.health import ACCOUNTING, CONTROLLER, note_health
from allgo_hpc.sweeping.leftovers import end_leftovers
from allgo_hpc.sweeping.memory import Memory
from allgo_hpc.sweeping.progress import ProgressReader
from allgo_hpc.sweeping.rows import jobs_of, unfinished_rows
from allgo_hpc.sweeping.swept import Swept
from slurm import CommandFailed, SlurmError

_log = logging.getLogger(__name__)


def sweep(
    session: Session,
    services: Services,
    now: datetime,
    progress: ProgressReader | None = None,
    memory: Memory | None = None,
) -> Swept:
    """Ask Slurm once for all unfinished jobs and bring each to where it truly stands.

    The rows are read first: a job that has a Slurm id then must be in an answer that is asked for afterwards.

    Args:
        session: of this pass.
        services: settings, folders, Slurm.
        now: when it begins.
        progress: remembers how far the logs of running apps were read.
        memory: of this process, where it has one: then jobs that stand where they stood are not looked at again, and
            where none moved for a while Slurm is asked whether any has moved, and nothing else.
    """
    begun = monotonic()
    memory = memory or Memory()
    memory.begin(begun)
    event = newest_event(session)
    if memory.may_ask_shortly(event, begun):
        return _look_shortly(session, services, now, progress, memory)
    memory.ask_wholly()
    rows = unfinished_rows(session, now)
    session.commit()  # ends the reading: nothing is held while Slurm is asked
    answer = ask_controller(services.slurm)
    note_health(session, CONTROLLER, now, answered=isinstance(answer, Answer), said=getattr(answer, "said", ""))
    if isinstance(answer, Silence):
        if any(row.odd for row in rows):
            stop_clocks(session)
        return Swept(len(rows), 0, 0, slurm_answered=False)
    reach("sweep.answered")
    controllers = [record for records in answer.records.values() for record in records]
    followed, more = memory.portion(memory.to_be_followed(rows, answer.records, services.layout.control))
    jobs = list(jobs_of(session, followed))
    answer = ask_accounting(services.slurm, answer, jobs)
    if answer.accounting_asked:
        note_health(session, ACCOUNTING, now, answered=answer.accounting_answered, said=answer.accounting_said)
    end_cancelled(services, jobs, answer)
    changed, failed, stayed = follow_all(session, services, jobs, answer, now)
    end_leftovers(session, services, rows, answer, now)
    if progress is not None:
        progress.read(session, services.layout)
    confirm(session, rows, answer, now, timedelta(seconds=monotonic() - begun))
    if not answer.accounting_answered and any(row.odd for row in rows):
        stop_clocks(session)
    memory.note((row for row in followed if row.id in stayed), answer.records)
    memory.forget_all_but(rows)
    if not more and not changed and not failed and all(row.state == JobState.LOST for row in followed):
        memory.note_pass(controllers, event, begun)
    finishing = sum(job.state == JobState.FINISHING for job in jobs)
    return Swept(len(rows), changed, failed, slurm_answered=True, finishing=finishing, again=more)


def _look_shortly(
    session: Session, services: Services, now: datetime, progress: ProgressReader | None, memory: Memory
) -> Swept:
    """Ask Slurm only whether any job has another state than in its last whole answer."""
    try:
        same = memory.says_the_same(services.slurm.state_lines(), monotonic())
    except CommandFailed as error:
        _log.info("this Slurm is always asked the whole question: %s", error)
        memory.never_shortly()
        same = False
    except SlurmError:  # the whole question will say what is wrong
        same = False
    if not same:
        memory.ask_wholly()
        return Swept(memory.unfinished, 0, 0, slurm_answered=True, again=True)
    note_health(session, CONTROLLER, now, answered=True)
    if progress is not None:
        progress.read(session, services.layout)
    return Swept(memory.unfinished, 0, 0, slurm_answered=True)

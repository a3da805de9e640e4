"""Follows jobs one after the other, and tells at once that something has moved."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

from allgo_hpc.models import Job
from allgo_hpc.services import Services
from allgo_hpc.sweeping.batches import follow_batch
from allgo_hpc.sweeping.follow import follow
from allgo_hpc.sweeping.gather import Answer
from allgo_hpc.sweeping.together import Moves

_log = logging.getLogger(__name__)


def follow_all(
    session: Session, services: Services, jobs: Sequence[Job], answer: Answer, now: datetime
) -> tuple[int, int, set[int]]:
    """Follow each of these jobs; returns how many changed, how many could not be followed, and which stayed."""
    changed = failed = 0
    stayed = set()
    moves = Moves(session)
    single = [job for job in jobs if not job.tasks]
    for job in [*single, *(job for job in jobs if job.tasks)]:  # a batch after its tasks: it is what they are
        try:
            if job.tasks:
                moves.write()
                did = follow_batch(session, services, job, answer, now)
            else:
                with session.no_autoflush:  # no lock is held while results are listed
                    did = follow(services, job, answer, now, moves)
            moves.write_if_due()
        except Exception:
            # One job that cannot be read must not keep the others from ending; it is tried again at the next sweep.
            moves.write()
            session.rollback()
            failed += 1
            _log.exception("job %s could not be followed", job.id)
            continue
        changed += did
        if not did and job.id not in moves.planned:
            stayed.add(job.id)
    moves.write()
    changed += moves.moved
    if changed:
        with suppress(OSError):  # those who wait for events look a little later anyhow
            services.layout.news.touch()
    return changed, failed + moves.failed, stayed

"""Removes uploads that nobody goes on with and no job took, and the records of those that a job has."""

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.errors import Refusal
from allgo_hpc.models import Upload, User
from allgo_hpc.services import Services
from allgo_hpc.uploading.bring_back import is_at_work
from allgo_hpc.uploading.claim import recover
from allgo_hpc.uploading.find import remove_upload
from allgo_hpc.uploading.place import Place

_log = logging.getLogger(__name__)


def remove_stale(session: Session, services: Services, *, before: datetime) -> int:
    """Remove uploads that were last touched before then, whole or not; returns how many no job had."""
    removed = 0
    for upload in session.scalars(select(Upload).where(Upload.touched_at < before)).all():
        place = Place(services.layout, upload.key)
        try:
            if place.touched_s() >= before.timestamp():
                continue  # one long piece is growing
            holder = place.taken_by() if upload.job_id is None else None
            if holder is not None and is_at_work(services.layout, holder):
                continue
            removed += upload.job_id is None
            remove_upload(session, services, upload)
        except OSError as error:
            session.rollback()
            _log.warning("upload %s stays for now: %s", upload.key, error)
    return removed


def recover_all(session: Session, services: Services) -> None:
    """Bring back the files of uploads that submissions took which came to nothing: before what they left is removed."""
    for upload in session.scalars(select(Upload).where(Upload.job_id.is_(None), Upload.finished_at.is_not(None))).all():
        holder = Place(services.layout, upload.key).taken_by()
        if holder is not None and not is_at_work(services.layout, holder):
            try:
                recover(session, services, upload)
            except (OSError, Refusal) as error:
                session.rollback()
                _log.warning("upload %s could not be brought back now: %s", upload.key, error)


def waiting_keys(session: Session) -> set[str]:
    """Return the keys of the uploads that no job has, which are the names of their folders."""
    return set(session.scalars(select(Upload.key).where(Upload.job_id.is_(None))))


def remove_all(session: Session, services: Services, user: User) -> None:
    """Remove every upload of a user's: the account is closed."""
    for upload in session.scalars(select(Upload).where(Upload.user_id == user.id)).all():
        remove_upload(session, services, upload)

"""Removes what uploads left that never became a job: their process was killed."""

import logging
import re
import shutil
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.layout import Layout
from allgo_hpc.models import Job

_log = logging.getLogger(__name__)
_FOLDER = re.compile(r"[0-9a-f]{40}")


def remove_stale_uploads(session: Session, layout: Layout, *, before: datetime) -> int:
    """Remove staging folders older than ``before``, and what they had placed without a row; returns how many."""
    removed = 0
    for folder in layout.staging.iterdir():
        try:
            # A folder's own time stands still while one long file grows in it.
            if max(path.stat().st_mtime for path in (folder, *folder.rglob("*"))) >= before.timestamp():
                continue
            known = session.scalar(select(Job.id).where(Job.uuid == folder.name)) is not None
            note = folder / "target"
            if not known and note.exists():
                target = (layout.root / note.read_text()).resolve()
                if target.is_relative_to(layout.datastore.resolve()) and _FOLDER.fullmatch(target.name):
                    shutil.rmtree(target, ignore_errors=True)
                    shutil.rmtree(layout.control / target.name, ignore_errors=True)
            shutil.rmtree(folder)
            removed += 1
        except OSError as error:
            _log.warning("stale upload %s stays for now: %s", folder.name, error)
    return removed


def stale_before(now: datetime, hours: float) -> datetime:
    """Return the time before which an upload without a job is stale."""
    return now - timedelta(hours=hours)

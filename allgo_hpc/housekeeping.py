"""Removes what uploads left that never became a job: their process was killed."""

import logging
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

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
                for line in note.read_text().splitlines():
                    _remove_placed(layout, (layout.root / line).resolve())
            shutil.rmtree(folder)
            removed += 1
        except OSError as error:
            _log.warning("stale upload %s stays for now: %s", folder.name, error)
    return removed


def _remove_placed(layout: Layout, target: Path) -> None:
    """Remove a job or control folder, and nothing that is none."""
    parents = (layout.datastore.resolve(), layout.control.resolve())
    if any(target.is_relative_to(parent) for parent in parents) and _FOLDER.fullmatch(target.name):
        shutil.rmtree(target, ignore_errors=True)


def stale_before(now: datetime, hours: float) -> datetime:
    """Return the time before which an upload without a job is stale."""
    return now - timedelta(hours=hours)

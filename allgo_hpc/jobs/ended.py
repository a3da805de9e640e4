"""The results of an ended job, also those that the app left under other users' ids or closed to their owner."""

import logging
import os
import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from allgo_hpc.jobs.results import list_results
from allgo_hpc.models import Job, JobFile
from allgo_hpc.services import Services
from containers import reclaim_argv

_log = logging.getLogger(__name__)
_RECLAIM_S = 120.0


def end_values(services: Services, finished_at: datetime) -> dict[str, Any]:
    """Return the columns that every end sets: when it was, and when the files will be removed."""
    return {
        "finished_at": finished_at,
        "expires_at": finished_at + timedelta(days=services.settings.retention_days),
    }


def results_of(job: Job, services: Services) -> list[JobFile]:
    """List the files of an ended job; a batch has none of its own, its tasks have.

    Inside its container an app is root and may give files to other users or close them; outside these are sub-ids of
    the service user, who takes them back first.

    Raises:
        OSError: the folder cannot be read now; to be tried again.
    """
    if job.tasks:
        return []
    folder = services.layout.job_dir(job)
    try:
        files = list_results(job.id, folder, strict=True)
    except PermissionError:
        ended = subprocess.run(reclaim_argv(folder), capture_output=True, timeout=_RECLAIM_S, check=False)
        _log.info("job %s: took its files back (exit status %s)", job.id, ended.returncode)
        files = list_results(job.id, folder)
    _note_digests(job, files, folder)
    return files


def _note_digests(job: Job, files: Sequence[JobFile], folder: Path) -> None:
    """Note the digest of each input that is still what was sent: it outlives the file."""
    digests = {file.path: (file.size, file.sha256) for file in files} if job.inputs else {}
    for one in job.inputs:
        size, sha256 = digests.get(quote_from_bytes(os.fsencode(one.name)), (-1, ""))
        try:
            unchanged = size == one.size and (folder / one.name).lstat().st_ctime_ns == one.changed_ns
        except OSError:
            unchanged = False
        one.sha256 = sha256 if unchanged else None  # it may have been known before the app changed it

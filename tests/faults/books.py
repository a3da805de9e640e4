"""Run as the service user: what stands in the records and on the disk, as one line of JSON.

``python -m tests.faults.books look`` reads; ``tidy`` has the housekeeping remove first what is due, as if it were
two days later.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.database import make_engine
from allgo_hpc.housekeeping import remove_stale_uploads
from allgo_hpc.jobs.deletion import finish_deletions
from allgo_hpc.layout import Layout
from allgo_hpc.models import Job, utc_now
from allgo_hpc.services import make_services
from allgo_hpc.settings import load_settings


def main() -> None:
    settings = load_settings()
    services = make_services(settings)
    with Session(make_engine(settings.database_url)) as session:
        if sys.argv[1] == "tidy":
            remove_stale_uploads(session, services.layout, before=utc_now() + timedelta(days=2))
            finish_deletions(session, services)
        print(json.dumps(_look(session, services.layout)))  # noqa: T201


def _look(session: Session, layout: Layout) -> dict[str, Any]:
    jobs = [
        {
            "id": job.id, "parent": job.parent_id, "task": job.task, "tasks": job.tasks, "state": job.state,
            "param": job.param, "deleted": job.deleted_at is not None, "folder": job.folder, "reruns": job.reruns,
            "uuid": job.uuid, "job_dir": str(layout.job_dir(job)), "control": str(layout.control_dir(job)),
        }
        for job in session.scalars(select(Job).order_by(Job.id))
    ]  # fmt: skip
    notes = [note for note in layout.staging.glob("*/target") if note.is_file()]
    return {
        "jobs": jobs,
        "job_dirs": [str(path) for path in layout.datastore.glob("*/*/*")],
        "controls": [path.name for path in layout.control.iterdir()],
        "staging": [path.name for path in layout.staging.iterdir()],
        "noted": [Path(line).name for note in notes for line in note.read_text().splitlines()],
    }


if __name__ == "__main__":
    main()

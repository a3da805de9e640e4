"""For how many days a job's files can be kept from now on, as a choice; pure."""

from datetime import datetime, timedelta

from allgo_hpc.models import Job

_DAYS = (7, 30, 90, 180, 365)


def days_to_keep(job: Job, most_days: float, now: datetime) -> list[int]:
    """Return the choices that keep the files longer than now and not longer than the site allows."""
    if job.finished_at is None or job.expires_at is None or job.deleted_at is not None or job.parent_id is not None:
        return []
    left = (job.expires_at - now) / timedelta(days=1)
    most = int((job.finished_at + timedelta(days=most_days) - now) / timedelta(days=1))
    return sorted(days for days in {*_DAYS, most} if left < days <= most)

"""The app's sample as a real job of a new image: what it says decides whether there is a version."""

from sqlalchemy.orm import Session

from allgo_hpc.models import Commit, Job, Sample, Version
from allgo_hpc.reading.why import why
from allgo_hpc.samples.store import copy_inputs
from allgo_hpc.services import Services
from allgo_hpc.states import JobState
from allgo_hpc.submitting.idempotency import Key
from allgo_hpc.submitting.request import Request
from allgo_hpc.submitting.submission import new_staging, submit_job


def submit_sample(session: Session, services: Services, commit: Commit, sample: Sample, version: Version) -> Job:
    """Submit the sample as a job of whoever commits; done twice it is one job all the same.

    Raises:
        Refusal: such a job is refused, for example because of a quota.
    """
    request = Request(app=commit.app.name, version=str(version.number), param=sample.param, untested=True)
    key = Key(f"commit-{commit.uuid}", sample.folder.ljust(64, "0"))
    with new_staging(services) as staging:
        copy_inputs(services, sample, staging)
        return submit_job(session, services, commit.user, request, staging, key=key)


def told_by(job: Job | None) -> tuple[bool | None, str]:
    """Return whether the sample's job passed (None: it has not ended), and a sentence; pure but for the job's rows."""
    if job is None:
        return False, "The job of its sample is not there any more: try again."
    state = JobState(job.state)
    if not state.is_final:
        return None, f"Its sample runs as job {job.id} ({job.state})."
    if state is JobState.DONE:
        return True, f"Its sample passed as job {job.id}."
    return False, f"Its sample did not pass: job {job.id} ended as {job.state}. {why(job)}"

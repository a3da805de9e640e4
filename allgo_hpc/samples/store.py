"""Keeping an app's sample: files that were sent, or the inputs of a job that went well."""

import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, Conflict, NotFound
from allgo_hpc.jobs.trash import move_to_trash
from allgo_hpc.models import App, Job, Sample, User, utc_now
from allgo_hpc.services import Services
from allgo_hpc.storage import storage_errors
from allgo_hpc.submitting.inputs import take_over
from allgo_hpc.submitting.params import split_param
from allgo_hpc.submitting.request import check_input_bytes
from allgo_hpc.submitting.staging import Staging

_CHUNK = 1024 * 1024


def keep_sample(session: Session, services: Services, user: User, app: App, staging: Staging, *, param: str) -> Sample:
    """Make an upload the app's sample, in place of the one before.

    Raises:
        BadInput: the param string is none that a job could be submitted with.
        TooLarge: more bytes than a job of the app may have.
        Conflict: another one was kept at the same moment.
    """
    split_param(param, most_bytes=services.settings.param_max_bytes)
    check_input_bytes(app, staging)
    folder = secrets.token_hex(20)
    target = services.layout.samples / folder
    staging.note([target], target)
    files = [{"name": name, "size": size} for name, size, _ in staging.inputs()]
    old = session.scalar(select(Sample.folder).where(Sample.app_id == app.id))
    try:
        staging.place(target)
        staging.settle()
        _store(session, app, old, {"user_id": user.id, "folder": folder, "param": param, "files": files})
    except BaseException as error:
        if not _is_stored_all_the_same(session, staging, folder, error):
            raise
    if old is not None:
        move_to_trash(services.layout, services.layout.samples / old)
    return find_sample(session, app)


def _store(session: Session, app: App, old: str | None, values: dict[str, Any]) -> None:
    """Store the row in place of the one whose folder is ``old``, and commit.

    Raises:
        Conflict: another one was kept meanwhile.
    """
    values = values | {"created_at": utc_now()}
    try:
        if old is None:
            session.add(Sample(app_id=app.id, **values))
            session.flush()
        else:
            change = update(Sample).where(Sample.app_id == app.id, Sample.folder == old).values(values)
            if session.scalar(change.returning(Sample.app_id)) is None:
                raise _meanwhile(app)
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise _meanwhile(app) from error
    session.expire_all()


def _meanwhile(app: App) -> Conflict:
    return Conflict(f"the sample of '{app.name}' was changed at the same moment: look at it, then send yours again")


def _is_stored_all_the_same(session: Session, staging: Staging, folder: str, error: BaseException) -> bool:
    """Take back what could not be stored; a database can be lost after it committed and before it said so.

    Where that cannot be told now, the files stay until the housekeeping looks.
    """
    session.rollback()
    if isinstance(error, DBAPIError):
        try:
            if session.scalar(select(Sample).where(Sample.folder == folder)) is not None:
                return True
        except DBAPIError:
            session.rollback()
            staging.leave()
            return False
    staging.take_back()
    return False


def keep_sample_of_job(  # noqa: PLR0917  # as keep_sample, and the job
    session: Session, services: Services, user: User, app: App, job: Job, staging: Staging
) -> Sample:
    """Make the inputs and the param string of a job the app's sample.

    Raises:
        BadInput: it is a job of another app, or a batch.
        Conflict: its inputs are not there any more, or the app has changed them.
    """
    if job.app_id != app.id:
        raise BadInput(f"job: job {job.id} is of the app '{job.app.name}', not of '{app.name}'", field="job")
    if job.tasks:
        raise BadInput(f"job: job {job.id} is a batch; choose one of its tasks", field="job")
    session.commit()  # nothing is held while files are copied
    for one in job.inputs:
        take_over(services.layout.job_dir(job), one, staging, field="job")
    return keep_sample(session, services, user, app, staging, param=job.param)


def find_sample(session: Session, app: App) -> Sample:
    """Return the app's sample.

    Raises:
        NotFound: it has none.
    """
    sample = session.get(Sample, app.id)
    if sample is None:
        raise NotFound(f"the app '{app.name}' has no sample", field="app_name", code="no_sample")
    return sample


def file_of_sample(session: Session, services: Services, app: App, name: str) -> Path:
    """Return where a file of the app's sample lies.

    Raises:
        NotFound: the app has no sample, or it has no such file (any more).
    """
    sample = find_sample(session, app)
    path = services.layout.samples / sample.folder / name
    if name not in {one["name"] for one in sample.files} or not path.is_file():
        raise NotFound("the sample has no such file (any more)", field="name", code="unknown_file")
    return path


def drop_sample(session: Session, services: Services, app: App) -> None:
    """Give the app's sample up; without one, new versions are not tested.

    Raises:
        NotFound: it has none.
    """
    sample = find_sample(session, app)
    folder = services.layout.samples / sample.folder
    session.delete(sample)
    session.commit()
    move_to_trash(services.layout, folder)


def copy_inputs(services: Services, sample: Sample, staging: Staging) -> None:
    """Copy the sample's files into an upload."""
    for one in sample.files:
        path = services.layout.samples / sample.folder / one["name"]
        with storage_errors(), path.open("rb") as source, staging.new_file(one["name"], field="sample") as target:
            while data := source.read(_CHUNK):
                target.write(data)

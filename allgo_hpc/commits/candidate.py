"""The image of a commit on its way to a version: fetched, hashed and inspected by the portal itself, stored unseen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_ISREG

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.commits.build_job import built_file
from allgo_hpc.durable import sync_file
from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.models import Commit, Job, Version, utc_now
from allgo_hpc.services import Services
from allgo_hpc.states import JobState
from allgo_hpc.storage import storage_errors
from allgo_hpc.versions.store import StoredImage, store_version
from containers import ENTRYPOINT, ImageError, ImageLimits, inspect_image

_TELL_EVERY = 5
"""Per cent."""


def fetch_image(services: Services, commit: Commit, on_percent: Callable[[int], None]) -> None:
    """Bring the image over from the build node, beside the app's images; what was there half is fetched anew.

    Raises:
        ContainerError: the node does not answer, or the image is larger than it was said to be.
        StorageFull, StorageAway: it could not be written.
    """
    target = _place(services, commit)
    with storage_errors():
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        size, told = commit.size or 0, -1
        with target.open("wb") as file:
            done = 0
            with services.need_build_node().fetch_built(commit.app.name, commit.sha256 or "") as (offered, parts):
                if offered != size:
                    raise ImageError(f"the image has {offered} bytes on the build node; {size} were told before")
                for part in parts:
                    file.write(part)
                    done += len(part)
                    percent = done * 100 // max(size, 1)
                    if percent >= told + _TELL_EVERY:
                        told = percent
                        on_percent(percent)


def was_delivered(services: Services, commit: Commit, size: int) -> bool:
    """Whether an image lies where ``fetch_image`` would put it; what is in it is looked at by ``check_image``.

    The build node says so, and may see another file system than the portal: then the image is fetched.
    """
    try:
        found = _place(services, commit).lstat()
    except OSError:
        return False
    return S_ISREG(found.st_mode) and found.st_size == size


def check_image(session: Session, services: Services, commit: Commit) -> Version:
    """Hash and inspect the image, and store it as a version that only its test may run.

    The build node is not trusted with that: what is stored is what was looked at here.

    Raises:
        ImageError: it is not what the build node said, or no image that can be run.
    """
    made = _stored(session, commit)
    if made is not None:  # stored before a crash
        return made
    path = _place(services, commit) if commit.origin == "sandbox" else built_file(services, commit)
    limits = ImageLimits(image_bytes=services.settings.image_max_bytes)
    with ThreadPoolExecutor(1) as beside:
        beside.submit(sync_file, path)  # what is written to the disk now need not be waited for when it is stored
        found = inspect_image(path, ENTRYPOINT, limits=limits, sha256=commit.sha256)
    return store_version(
        session,
        services,
        commit.app,
        StoredImage(path, found.sha256, found.size),
        user=commit.user,
        origin=commit.origin,
        entrypoint=str(ENTRYPOINT),
        changelog=commit.changelog,
        recipe=commit.recipe,
        packages=[{"name": one.name, "version": one.version} for one in found.packages.packages],
        publish=False,
        ready=False,
        commit_id=commit.id,
    )


def forget_image(services: Services, commit: Commit) -> None:
    """Remove what was fetched of an image that became no version."""
    with storage_errors():
        _place(services, commit).unlink(missing_ok=True)


def drop_candidate(session: Session, services: Services, commit: Commit) -> None:
    """Give up the version of a commit that did not pass, and cancel its test; the housekeeping removes the image."""
    job = session.get(Job, commit.job_id) if commit.job_id is not None else None
    if job is not None and not JobState(job.state).is_final:
        cancel_job(session, services, job)
    version = _stored(session, commit)
    if version is not None and not version.ready and version.deleted_at is None:
        version.deleted_at = utc_now()
        session.commit()


def _stored(session: Session, commit: Commit) -> Version | None:
    return session.scalar(select(Version).where(Version.commit_id == commit.id))


def _place(services: Services, commit: Commit) -> Path:
    return services.layout.images / commit.app.name / f".{commit.uuid}.fetched"

"""A recipe or an import as a Slurm job: submitted once, followed by what it leaves and by Slurm's word, cancelled."""

import logging
import math
from pathlib import Path

from sqlalchemy.orm import Session

from allgo_hpc.commits.recipes import source_of
from allgo_hpc.commits.told import Told
from allgo_hpc.errors import StorageAway
from allgo_hpc.jobs.trash import move_to_trash
from allgo_hpc.models import Commit, utc_now
from allgo_hpc.publishing.images import provide_base
from allgo_hpc.services import Services
from containers import (
    BuildRequest,
    ContainerError,
    ImageLimits,
    find_recipe,
    job_argv,
    read_recipe,
    read_result,
    write_request,
)
from slurm import CommandFailed, JobRecord, JobSpec, SlurmError, SubmitRefused, read_marker

_log = logging.getLogger(__name__)
_LOG_MOST = 64 * 1024
_LAST_MINUTES = 2
"""So long before Slurm's limit the build itself must end, to say what it was."""
_RESULT_WITHIN_S = 20.0
"""So long after a job's end its result may take to be seen on a shared file system."""


def begin_build(session: Session, services: Services, commit: Commit) -> None:
    """Submit the build; one that Slurm has already under the commit's mark is not submitted again.

    Raises:
        ContainerError: Slurm does not answer (transient), or refuses.
    """
    control = services.layout.control / str(commit.folder)
    (control / "out").mkdir(exist_ok=True)
    settings, source = services.settings, source_of(services, commit)
    if commit.origin == "recipe":
        session.commit()
        provide_base(services, read_recipe(find_recipe(source)).base, lambda line: _log.info("%s", line))
    request = BuildRequest(
        kind="recipe" if commit.origin == "recipe" else "import",
        source=source,
        target_dir=control / "out",
        bases=services.layout.bases,
        timeout_s=settings.build_timeout_s,
        limits=ImageLimits(image_bytes=settings.image_max_bytes),
        work_dir=settings.node_scratch,
        apptainer=settings.apptainer,
    )
    write_request(control, request)
    session.commit()  # nothing is held while Slurm is asked
    try:
        found = _found(services, commit)
        if found is None:
            services.slurm.submit(_spec(services, commit, control))
    except SubmitRefused as error:
        raise ContainerError(f"the build was not taken: {error}", transient=error.transient) from error
    except SlurmError as error:
        # Whether it was taken shows at the next turn, by its mark.
        raise ContainerError(f"the build waits for Slurm: {error}", transient=True) from error


def follow_build(session: Session, services: Services, commit: Commit) -> Told:
    """Tell how far the build is.

    Raises:
        ContainerError: Slurm does not answer (transient).
    """
    control = services.layout.control / str(commit.folder)
    log = _tail(control / "build.log")
    result = read_result(control)
    if result is not None and result.image_made:
        notes = "".join(f"note: {note}\n" for note in result.notes)
        return Told(100, f"{log}{notes}", sha256=result.sha256, size=result.size)
    if result is not None:
        return Told(None, log, failed=result.sentence)
    session.commit()
    try:
        record = _found(services, commit)
    except SlurmError as error:
        raise ContainerError(f"Slurm does not answer: {error}", transient=True) from error
    if record is None:
        return Told(None, log, failed=_gone(services, commit, control))
    if record.state.is_final and _is_over(record):
        return Told(None, log, failed=f"Slurm ended the build: {record.state.sentence}")
    return Told(None, log)


def end_build(services: Services, commit: Commit) -> None:
    """Cancel the build if it is under way, and throw away what was sent and made for it."""
    if read_marker(services.layout.control / str(commit.folder)) is None:
        try:
            # By its mark: the answer that told its id may have been lost, and ids are used again.
            found = _found(services, commit)
            if found is not None and not found.state.is_final:
                services.slurm.cancel([found.job_id])
        except CommandFailed as error:
            _log.warning("commit %s: its build could not be cancelled: %s", commit.id, error)
        except SlurmError as error:
            raise ContainerError(f"the build cannot be cancelled now: {error}", transient=True) from error
    for folder in (services.layout.builds, services.layout.control):
        if (folder / str(commit.folder)).exists() and not move_to_trash(services.layout, folder / str(commit.folder)):
            raise StorageAway("the portal's storage cannot be reached now: try again")


def built_file(services: Services, commit: Commit) -> Path:
    """Return where the image lies that the build made."""
    return services.layout.control / str(commit.folder) / "out" / f"{commit.sha256}.sif"


def _spec(services: Services, commit: Commit, control: Path) -> JobSpec:
    settings = services.settings
    queue = settings.queue(settings.build_queue)
    if queue is None:
        raise ContainerError(f"build_queue: there is no queue '{settings.build_queue}': tell the administrator")
    minutes = math.ceil(settings.build_timeout_s / 60) + _LAST_MINUTES
    return JobSpec(
        name=_name(commit),
        comment=commit.uuid,
        partition=queue.partition,
        time_limit_min=min(minutes, queue.minutes),
        memory_mb=settings.build_memory_mb,
        cpus=settings.build_cpus,
        control_dir=control,
        work_dir=control,
        log_file=control / "job.log",
        command=job_argv(control),
        poke_file=services.layout.poke,
    )


def _name(commit: Commit) -> str:
    return f"allgo-build-{commit.id}"


def _found(services: Services, commit: Commit) -> JobRecord | None:
    """Return what Slurm has under the commit's mark, in the controller, else in the accounting."""
    for record in services.slurm.jobs():
        if record.comment == commit.uuid:
            return record
    for record in services.slurm.accounted(names=[_name(commit)], since=commit.created_at):
        if record.comment == commit.uuid:
            return record
    return None


def _is_over(record: JobRecord) -> bool:
    return record.finished_at is None or (utc_now() - record.finished_at).total_seconds() > _RESULT_WITHIN_S


def _gone(services: Services, commit: Commit, control: Path) -> str:
    """A sentence once Slurm has not known the build for long enough; empty before."""
    marker = read_marker(control)
    if marker is not None:
        return f"the build ended with exit code {marker.exit_code} and left no result"
    known_for = (utc_now() - commit.changed_at).total_seconds()
    return "Slurm knows nothing of the build any more: try again" if known_for > services.settings.lost_after_s else ""


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LOG_MOST))
            return file.read(_LOG_MOST).decode(errors="replace").replace("\0", "�")
    except OSError:
        return ""

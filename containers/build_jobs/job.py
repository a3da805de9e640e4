"""The job itself: does what the request says, and writes what came of it."""

from pathlib import Path

from containers.build import build_image
from containers.build_jobs.request import LOG, BuildRequest, load_request
from containers.build_jobs.result import BuildResult, write_result
from containers.building.built import BuiltImage
from containers.errors import BuildFailed, ContainerError
from containers.importing.import_image import import_image


class BuildEnded(BaseException):
    """Somebody, or Slurm, wants the build to end."""


def run_request(folder: Path) -> int:
    """Do what ``folder`` asks for; 0 when the image is there.

    Raises:
        OSError: the result cannot be written.
    """
    result = _result(folder)
    write_result(folder, result)
    return 0 if result.image_made else 1


def _result(folder: Path) -> BuildResult:
    try:
        built = _build(load_request(folder), folder / LOG)
    except BuildEnded:
        return BuildResult(
            sentence="the build was ended before its end: cancelled, or its time was over", transient=True
        )
    except BuildFailed as cause:
        return BuildResult(sentence=str(cause), transient=cause.transient, log_tail=cause.log_tail)
    except ContainerError as cause:
        return BuildResult(sentence=str(cause), transient=cause.transient)
    except (OSError, ValueError) as cause:
        return BuildResult(sentence=f"the build could not be started: {cause}")
    return BuildResult(built.sha256, built.size, built.base, built.notes)


def _build(request: BuildRequest, log: Path) -> BuiltImage:
    if request.kind == "import":
        return import_image(
            request.source,
            request.target_dir,
            request.limits,
            entrypoint=request.entrypoint,
            timeout_s=request.timeout_s,
            log=log,
            work_dir=request.work_dir,
            apptainer=request.apptainer,
        )
    return build_image(
        request.source,
        bases=request.bases,
        target_dir=request.target_dir,
        entrypoint=request.entrypoint,
        timeout_s=request.timeout_s,
        limits=request.limits,
        log=log,
        work_dir=request.work_dir,
        apptainer=request.apptainer,
    )

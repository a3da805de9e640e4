"""What a build job is to do, as a file. Written by the portal, read by the job."""

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from containers.paths import check_path, check_plain_path
from containers.surveying.limits import ImageLimits
from containers.surveying.program import ENTRYPOINT

REQUEST, LOG, RESULT = "request.json", "build.log", "result.json"
type Kind = Literal["recipe", "import"]


@dataclass(frozen=True, kw_only=True)
class BuildRequest:
    """One build.

    Attributes:
        kind: ``recipe``: ``source`` is a folder with one recipe; ``import``: it is an image or an archive.
        source: where it lies.
        target_dir: where the image goes, as ``<sha256>.sif``.
        bases: the folder of ``<base>.sif``.
        entrypoint: the program that the image must hold.
        timeout_s: seconds for the build; to be less than Slurm's limit, so that the job itself can say what it was.
        limits: how large it may be.
        work_dir: a folder on the node's own disk; None for its temporary folder.
        apptainer: the program.

    Raises:
        ValueError: a path is relative or climbs, or the kind is unknown.
    """

    kind: Kind
    source: Path
    target_dir: Path
    bases: Path
    entrypoint: PurePosixPath = ENTRYPOINT
    timeout_s: float = 1800.0
    limits: ImageLimits = field(default_factory=ImageLimits)
    work_dir: Path | None = None
    apptainer: str = "apptainer"

    def __post_init__(self) -> None:
        if self.kind not in {"recipe", "import"}:
            raise ValueError(f"the kind of a build is recipe or import, not {self.kind!r}")
        check_path("the source", self.source)
        check_plain_path("the folder for the image", self.target_dir)
        check_plain_path("the folder of bases", self.bases)
        check_path("the entrypoint", self.entrypoint)


def write_request(folder: Path, request: BuildRequest) -> None:
    """Write the request to ``folder``, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(folder / REQUEST, json.dumps(asdict(request), default=str))


def load_request(folder: Path) -> BuildRequest:
    """Return what ``write_request`` wrote.

    Raises:
        OSError: there is none.
        ValueError: it is not of that form.
    """
    found = json.loads((folder / REQUEST).read_text())
    try:
        return BuildRequest(
            kind=found["kind"],
            source=Path(found["source"]),
            target_dir=Path(found["target_dir"]),
            bases=Path(found["bases"]),
            entrypoint=PurePosixPath(found["entrypoint"]),
            timeout_s=float(found["timeout_s"]),
            limits=ImageLimits(**found["limits"]),
            work_dir=Path(found["work_dir"]) if found["work_dir"] else None,
            apptainer=found["apptainer"],
        )
    except (KeyError, TypeError) as cause:
        raise ValueError(f"the request in {folder} is not of the form that it must have: {cause}") from cause


def job_argv(folder: Path, *, python: str = sys.executable) -> tuple[str, ...]:
    """Return the command for the job, to be run as the unprivileged service user; 0 when the image is there, else 1.

    The output of the build goes to ``<folder>/build.log`` as it comes, what came of it to ``<folder>/result.json``.
    TERM, INT and HUP end it cleanly.

    Raises:
        ValueError: the path is relative, climbs, or holds a control character.
    """
    return (python, "-m", "containers.build_jobs", f"--folder={check_path('the folder', folder)}")


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all, also after a power cut.

    Raises:
        OSError: it cannot be written.
    """
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

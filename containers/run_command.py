"""The command that runs an app in its image: pure, one value in, words out."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from containers.paths import check_path

# The folder that an app sees as its job: both its /tmp and where it starts (the A||GO contract).
JOB_MOUNT = "/tmp"  # noqa: S108  # a path in the container, where the job folder is bound


@dataclass(frozen=True, kw_only=True)
class ContainerSpec:
    """One run of an app.

    Attributes:
        image: the SIF file.
        job_dir: the job's folder, all that the app sees of the shared file system; bound at /tmp.
        entrypoint: the program, a path in the image.
        network: whether the app may use the network. True shares the node's network, its loopback included.
        gpus: whether the app gets the NVIDIA devices that Slurm gave the job, and the node's driver for them.
        scratch_dir: a folder on the node, empty and the job's own, that takes what the app writes outside its job
            folder. Without it these writes are kept in memory and count as the job's, up to half of the node's.

    Raises:
        ValueError: when a path is relative, climbs, or holds what Apptainer would read as something else.
    """

    image: Path
    job_dir: Path
    entrypoint: PurePosixPath
    network: bool
    gpus: bool = False
    scratch_dir: Path | None = None

    def __post_init__(self) -> None:
        check_path("the image", self.image)
        check_path("the job folder", self.job_dir)
        check_path("the entrypoint", self.entrypoint)
        # --overlay reads what follows a colon as an option, and its value is cut at commas; there is no quoting.
        if self.scratch_dir is not None and set(check_path("the scratch folder", self.scratch_dir)) & set(':,"'):
            raise ValueError(f"the scratch folder may not hold ':', ',' or '\"': {str(self.scratch_dir)!r}")


def run_argv(spec: ContainerSpec, *, apptainer: str = "apptainer") -> tuple[str, ...]:
    """Return the command that runs the app; the user's words are appended to it as they are.

    Every flag was tried with apptainer 1.4.5 as an unprivileged user inside a Slurm job:

    * ``--containall``: own process ids, IPC and /dev; no folder of the node, also none of a site's ``bind path``.
    * ``--no-home``, ``--cleanenv``: no home folder, no variable of the job's environment; ``--containall`` implies both
      in 1.4.5, they are said for the reader and for other releases.
    * ``--fakeroot``: uid 0 inside (apps do ``mkdir /rundir``), the service user outside. Works for users without
      sub-ids as well, where a chown to another user is then refused.
    * ``--writable-tmpfs``: the rest of the root file system is writable and discarded. With ``--fakeroot`` the bound is
      half of the memory, without it 64 MB (``sessiondir max size``).
    * ``--net --network none``: a network of its own with nothing in it, not even the node's loopback.
    * ``--mount`` rather than ``--bind``: it is read as one line of CSV, so that ',' and ':' in a path can be quoted.

    The exit status is the program's own, 128 + n after signal n; 255 where Apptainer could not start it.

    Args:
        spec: what to run.
        apptainer: the program, where it is not the one on the PATH.
    """
    writable = ("--writable-tmpfs",) if spec.scratch_dir is None else ("--overlay", str(spec.scratch_dir))
    return (
        apptainer,
        "--quiet",
        "exec",
        "--containall",
        "--no-home",
        "--cleanenv",
        "--fakeroot",
        *writable,
        *(("--nv",) if spec.gpus else ()),
        *(() if spec.network else ("--net", "--network", "none")),
        "--mount",
        f"type=bind,{_csv_field(f'source={spec.job_dir}')},destination={JOB_MOUNT}",
        "--pwd",
        JOB_MOUNT,
        str(spec.image),
        str(spec.entrypoint),
    )


def _csv_field(text: str) -> str:
    """Quote one field as RFC 4180 says, which is what Apptainer reads ``--mount`` by."""
    if set(text) & set(',"'):
        return '"' + text.replace('"', '""') + '"'
    return text

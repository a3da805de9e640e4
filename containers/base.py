"""Builds a base image: a minimal Debian that can install packages wherever this machine can."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from containers.bases import KNOWN_BASES
from containers.building.apt_settings import AptSettings, machine_settings
from containers.building.base_command import CERTIFICATES, customize, debootstrap_argv, unpack_definition
from containers.building.build_command import build_argv
from containers.building.command import environment, run_logged
from containers.building.image_file import digest, fresh_name, put_in_place
from containers.building.workshop import workshop
from containers.errors import BuildFailed, ContainerError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BuiltBase:
    """A base image in its place: its path, SHA-256, size in bytes."""

    path: Path
    sha256: str
    size: int


def build_base(
    name: str,
    target: Path,
    *,
    timeout_s: float = 900.0,
    settings: AptSettings | None = None,
    on_line: Callable[[str], None] | None = None,
    work_dir: Path | None = None,
    apptainer: str = "apptainer",
) -> BuiltBase:
    """Build ``name`` and put it at ``target``, replacing what is there at once. As an unprivileged user with sub-ids.

    Args:
        name: such as ``debian-13``.
        target: the SIF file, as a rule ``bases/<name>.sif``.
        timeout_s: seconds for the whole.
        settings: where packages come from; None for the machine's own settings.
        on_line: is given each line of the output.
        work_dir: a folder on a local disk with half a gigabyte of room; None for the machine's temporary folder.
        apptainer: the program.

    Raises:
        ContainerError: there is no such base, or a program or room is missing.
        BuildFailed: no mirror is to be reached, or a step failed; holds the last lines.
    """
    base = KNOWN_BASES.get(name)
    if base is None:
        raise ContainerError(f"no base is named {name!r}; there are: {', '.join(KNOWN_BASES)}")
    settings = settings or machine_settings(base.suite)
    deadline = time.monotonic() + timeout_s
    fresh = fresh_name(target.parent)
    try:
        with workshop(work_dir) as place:
            env = environment(place)
            tar, script, definition = (place / part for part in ("base.tar", "customize", "base.def"))
            certificates = CERTIFICATES if CERTIFICATES.is_file() else None
            script.write_text(customize(settings))
            script.chmod(0o755)
            definition.write_text(unpack_definition(tar))
            _step(debootstrap_argv(base.suite, settings, script, certificates, tar), env, deadline, on_line)
            env = {**env, "APPTAINER_TMPDIR": str(place), "APPTAINER_CACHEDIR": str(place / "cache")}
            _step(build_argv(definition, fresh, apptainer=apptainer), env, deadline, on_line)
        built = BuiltBase(target, digest(fresh), fresh.stat().st_size)
        put_in_place(fresh, target)
    except OSError as cause:
        raise ContainerError(f"the base cannot be built here: {cause}", transient=True) from cause
    finally:
        fresh.unlink(missing_ok=True)
    _log.info("built base %s, %d bytes", name, built.size)
    return built


def _step(
    argv: tuple[str, ...], env: Mapping[str, str], deadline: float, on_line: Callable[[str], None] | None
) -> None:
    """Run one command to its good end."""
    ended = run_logged(argv, env=env, timeout_s=deadline - time.monotonic(), on_line=on_line)
    if ended.timed_out:
        raise BuildFailed("building the base took too long and was ended", log_tail=ended.tail, transient=True)
    if ended.rc != 0:
        sentence = "building the base failed: is the package mirror to be reached? See the log"
        raise BuildFailed(sentence, log_tail=ended.tail, transient=True)

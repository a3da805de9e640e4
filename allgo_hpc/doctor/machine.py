"""This machine: the account, the folders, their room, Apptainer, where mails go."""

import getpass
import os
import pwd
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from allgo_hpc.administration.attention import FULL, NEARLY_FULL
from allgo_hpc.administration.disk import look_at_disks
from allgo_hpc.doctor.finding import Finding, fail, ok, warn
from allgo_hpc.services import Services

_OTHERS = stat.S_IRWXO
_ANSWERS_IN_S = 20


def account(services: Services) -> Iterator[Finding]:
    """Whether the portal's account is there, and is the one that asks."""
    wanted = services.settings.slurm_user
    try:
        me = getpass.getuser() if not wanted else pwd.getpwuid(os.geteuid()).pw_name
        pwd.getpwnam(wanted or me)
    except (KeyError, OSError):
        yield fail("account", f"there is no account {wanted or os.geteuid()}", "make it, or change slurm_user")
        return
    if os.geteuid() == 0:
        yield fail("account", "this runs as root", "run it as the portal's service user: nothing should be root's")
    elif wanted and me != wanted:
        yield fail("account", f"this runs as {me}, slurm_user is {wanted}", f"run it as {wanted}, or change slurm_user")
    else:
        yield ok("account", me)


def folders(services: Services) -> Iterator[Finding]:
    """Whether the data root's folders are there, writable, and nobody else's."""
    layout = services.layout
    root = layout.root
    if not root.is_dir():
        yield fail("folders", f"{root} is not there", "mount the shared file system, or change root")
        return
    bad = False
    for folder in (root, layout.staging, layout.datastore, layout.control, layout.images, layout.trash):
        for problem in _folder(folder):
            bad = True
            yield problem
    if not bad:
        yield ok("folders", f"{root} and what is in it")


def _folder(folder: Path) -> Iterator[Finding]:
    try:
        status = folder.stat()
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileNotFoundError:
        yield fail("folders", f"{folder} is not there", "run allgo-hpc db upgrade as the service user")
        return
    except OSError as error:
        yield fail("folders", f"{folder} cannot be written: {error.strerror}", "give it to the service user")
        return
    if status.st_mode & _OTHERS:
        mode = stat.S_IMODE(status.st_mode)
        yield fail("folders", f"{folder} is open to everybody ({mode:04o})", f"chmod o= {folder}")


def disks(services: Services) -> Iterator[Finding]:
    """Whether there is room."""
    for disk in look_at_disks(services.layout):
        if disk.total is None:
            yield fail("disks", f"{disk.name}: {disk.said}", "mount it")
            continue
        said = f"{disk.name}: {disk.free / 2**30:.1f} GiB free ({disk.used_share:.0%} used)"
        if disk.used_share > FULL:
            yield fail("disks", said, "make room: lower the retention, or delete what nobody needs")
        elif disk.used_share > NEARLY_FULL:
            yield warn("disks", said, "make room soon")
        else:
            yield ok("disks", said)


def apptainer(services: Services) -> Iterator[Finding]:
    """Whether Apptainer is here; the nodes need it at the same path."""
    program = services.settings.apptainer
    try:
        told = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=_ANSWERS_IN_S, check=True, cwd="/"
        )
    except OSError as error:
        yield fail("apptainer", f"{program}: {error.strerror}", "install Apptainer, or change the setting apptainer")
    except subprocess.SubprocessError as error:
        yield fail("apptainer", str(error), "look at Apptainer's own settings")
    else:
        yield ok("apptainer", told.stdout.strip())


def mails(services: Services) -> Iterator[Finding]:
    """Whether mails go anywhere."""
    if services.settings.mail_url:
        yield ok("mails", f"from {services.settings.mail_from}; allgo-hpc mail test ADDRESS sends one")
    else:
        yield warn("mails", "none is sent", "set mail_url: people cannot confirm addresses or get new passwords")

"""The commands that make a recipe's tree: a copy of the base, and the author's steps in it. Pure."""

from collections.abc import Mapping
from pathlib import Path

from containers.paths import check_path, check_plain_path
from containers.recipes.script import STAGED

# Root is the calling user, all other ids are its sub-ids: as in a sandbox.
NAMESPACE = ("unshare", "--user", "--map-auto", "--map-root-user", "--")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def unpack_argv(base: Path, offset: int, tree: Path) -> tuple[str, ...]:
    """Return the command that copies a base's root file system, which begins at ``offset``, to a new folder.

    Raises:
        ValueError: a path is relative, climbs, or holds a control character.
    """
    words = ("unsquashfs", "-quiet", "-no-progress", "-no-xattrs", "-offset", str(offset))
    return (*NAMESPACE, *words, "-dest", check_path("the tree", tree), check_path("the base", base))


def run_steps_argv(
    tree: Path, staged: Path, work: Path, proxies: Mapping[str, str], *, apptainer: str = "apptainer"
) -> tuple[str, ...]:
    """Return the command that runs ``<staged>/script`` as root of the tree, which sees nothing else of the machine.

    Not ``apptainer build``, whose ``%post`` reaches the machine by ``/proc/1/root`` (seen with 1.4.5): with
    ``--containall`` the first process is in the tree as well. Set-uid programs and devices gain nothing
    (``no_new_privs``; mknod is refused). The network is the machine's, as packages must be fetched.

    Args:
        tree: the folder that is ``/``; it holds an empty folder for ``STAGED``.
        staged: the script and the files that it copies.
        work: an empty folder on the disk, for what is written to /tmp and /var/tmp.
        proxies: variables by which the machine reaches the network.
        apptainer: the program.

    Raises:
        ValueError: a path holds what the command line could take for something else.
    """
    return (
        *(apptainer, "--quiet", "exec", "--fakeroot", "--writable", "--containall", "--no-home", "--cleanenv"),
        *("--no-mount", "sys,hostfs,bind-paths", "--workdir", check_plain_path("the work folder", work)),
        *("--bind", f"{check_plain_path('the staged files', staged)}:{STAGED}:ro", "--pwd", "/"),
        check_plain_path("the tree", tree),
        *("/usr/bin/env", "-i", f"PATH={_PATH}", "HOME=/root", "LANG=C.UTF-8"),
        *(f"{name}={value}" for name, value in proxies.items()),
        *("/bin/sh", "-e", f"{STAGED}/script"),
    )

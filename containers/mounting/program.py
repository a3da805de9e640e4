"""``allgo-mount-image [APP/SHA256.sif]``, run as root on a compute node, by the service user's one sudo rule.

With a word it mounts that image below /run/allgo-hpc/images, unless it is; without, it unmounts what nobody uses. Exit
status 0 when the image is mounted. Whatever else comes of it, the job runs its image by Apptainer's own means.
"""

import fcntl
import os
import pwd
import re
import sys
from pathlib import Path

from containers.errors import ContainerError
from containers.mounting.mounts import Mounts, Owner
from containers.mounting.places import IMAGE_MOUNTS, RUN
from containers.node.accounts.account import SUBGID, SUBUID, parse_sub_ids

CONF = Path("/etc/allgo-hpc/image-mounts")
_WORD = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})/([0-9a-f]{64})\.sif")


def main() -> int:
    """Do what the words say; return the exit status."""
    os.umask(0o022)
    try:
        _act(sys.argv[1:])
    except (ContainerError, OSError, KeyError, ValueError) as cause:
        sys.stderr.write(f"allgo-mount-image: {cause}\n")
        return 1
    return 0


def read_word(words: list[str]) -> tuple[str, str]:
    """Return the app's name and the SHA-256 that the caller named; nothing of another form becomes a path.

    Raises:
        ValueError: it is none.
    """
    found = _WORD.fullmatch(words[0]) if len(words) == 1 else None
    if found is None:
        raise ValueError("one image is named, as APP/SHA256.sif")
    return found[1], found[2]


def images_folder(text: str) -> Path:
    """Return the folder that the administrator's file names: its one line that is no comment.

    Raises:
        ValueError: it names none, several, or one that is no absolute path.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) != 1 or not lines[0].startswith("/") or ".." in lines[0].split("/"):
        raise ValueError(f"{CONF} must name one folder, by an absolute path")
    return Path(lines[0])


def _act(words: list[str]) -> None:
    RUN.mkdir(mode=0o755, exist_ok=True)
    with (RUN / "images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mounts = Mounts(IMAGE_MOUNTS)
        if not words:
            mounts.tidy(most=0)
            return
        app, sha256 = read_word(words)
        folder = images_folder(CONF.read_text(encoding="utf-8"))
        mounts.mount(folder, app, sha256, _owner())


def _owner() -> Owner:
    """Who asks, as sudo tells it."""
    account = pwd.getpwuid(int(os.environ["SUDO_UID"]))
    users, groups = (parse_sub_ids(file.read_text(errors="replace")).get(account.pw_name) for file in (SUBUID, SUBGID))
    if account.pw_uid == 0 or users is None or groups is None:
        # By squashfuse all files of an image can be read; mounted, those of other ids could not.
        raise ValueError(f"the account {account.pw_name} has no sub-ids on this node")
    return Owner(account.pw_uid, account.pw_gid, users, groups)

"""What a session runs inside: a shell, a command, or the far end of a copy. Pure but for one look at the files."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from containers.node.sandboxes.spaces.toolbox import INSIDE, far_end

# What sshd's `Subsystem sftp` line of conf/build-node/sshd.conf calls.
SFTP = "allgo-sftp"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHELLS = ("/bin/bash", "/bin/sh")
_BUSYBOX = f"{INSIDE}/bin/busybox"
# What scp(1) and rsync(1) call at the far end.
_SCP_MODES = {"-t", "-f"}
_TERM_LENGTH = 64


@dataclass(frozen=True)
class Program:
    """What is to be executed: its file, its words (the first is the name it sees), its environment."""

    file: str
    words: tuple[str, ...]
    environment: Mapping[str, str]


def choose_program(
    command: str | None, *, is_executable: Callable[[str], bool], variables: Mapping[str, str], term: str = ""
) -> Program:
    """Return what a session runs.

    The far ends of scp, sftp and rsync are the toolbox's; everything else is the business of the image's shell, or of
    busybox where the image has none.

    Args:
        command: what the client asked for; None for a shell to type in.
        is_executable: whether a file of the sandbox can be run.
        variables: what the node adds to every session's environment.
        term: the client's kind of terminal.
    """
    environment = {
        "PATH": _PATH,
        "HOME": "/root",
        "USER": "root",
        "LOGNAME": "root",
        "LANG": "C.UTF-8",
        "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
        **variables,
    }
    if term and len(term) <= _TERM_LENGTH and term.isascii() and term.replace("-", "").replace(".", "").isalnum():
        environment["TERM"] = term
    copying = _far_end(command)
    if copying:
        return Program(copying[0], copying, environment)
    shell = next((path for path in _SHELLS if is_executable(path)), None)
    if shell is None:
        environment |= {"SHELL": _BUSYBOX, "PATH": f"{_PATH}:{INSIDE}/applets"}
        words: tuple[str, ...] = ("sh", "-l") if command is None else ("sh", "-c", command)
        return Program(_BUSYBOX, words, environment)
    environment["SHELL"] = shell
    name = shell.rpartition("/")[2]
    return Program(shell, (f"-{name}",) if command is None else (name, "-c", command), environment)


def _far_end(command: str | None) -> tuple[str, ...]:
    if command is None:
        return ()
    if command == SFTP:
        # -e: to stderr what goes wrong; there is no syslog inside.
        return (*far_end("sftp-server"), "-e", "-d", "/home/allgo")
    tool, _, rest = command.partition(" ")
    words = rest.split()
    if (tool == "scp" and _SCP_MODES & set(words)) or (tool == "rsync" and words[:1] == ["--server"]):
        # A shell all the same: clients quote for one, and leave patterns in names to it.
        return (_BUSYBOX, "sh", "-c", f"exec {shlex.join(far_end(tool))} {rest}")
    return ()

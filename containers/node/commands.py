"""Runs the node's own programs: a list of words, a time limit, an environment built from nothing."""

import subprocess
from collections.abc import Sequence

from containers.node.errors import NodeError

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": "/"}


def run(*argv: str, timeout_s: float = 60.0, stdin: bytes = b"") -> str:
    """Run a command to its good end and return what it wrote.

    Raises:
        NodeError: it cannot be started, failed, or took too long; ``failed``, with its last line.
    """
    code, told = attempt(*argv, timeout_s=timeout_s, stdin=stdin)
    if code != 0:
        last = told.strip().splitlines()[-1:] or [f"exit status {code}"]
        raise NodeError("failed", f"{program_of(argv)} failed on the build node: {last[0][:300]}")
    return told


def attempt(*argv: str, timeout_s: float = 60.0, stdin: bytes = b"") -> tuple[int, str]:
    """Run a command; return its exit status and what it wrote, stderr after stdout.

    Raises:
        NodeError: it cannot be started or took too long; ``failed``.
    """
    try:
        ended = subprocess.run(
            argv, input=stdin, capture_output=True, timeout=timeout_s, check=False, env=ENVIRONMENT, cwd="/"
        )
    except subprocess.TimeoutExpired as cause:
        raise NodeError("failed", f"{program_of(argv)} took more than {timeout_s:g} s on the build node") from cause
    except OSError as cause:
        raise NodeError(
            "failed", f"{program_of(argv)} cannot be started on the build node: {cause.strerror}"
        ) from cause
    return ended.returncode, (ended.stdout + ended.stderr).decode(errors="replace")


def program_of(argv: Sequence[str]) -> str:
    """The program's name, behind the prefixes that change who runs it."""
    words = list(argv)
    while "--" in words:
        words = words[words.index("--") + 1 :]
    return (words or list(argv))[0].rsplit("/", 1)[-1]

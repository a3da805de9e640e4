"""OpenSSH's own clients, as an author would call them, and the node's helper."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LIMIT_S = 60.0
KNOWN_HOSTS = Path("/etc/allgo-hpc/build-node-known-hosts")


def port() -> int:
    """The port of the build node's sshd."""
    words = Path("/etc/allgo-instance").read_text().split()
    return int(dict(word.split("=", 1) for word in words)["port_base"]) + 4


@dataclass
class Ended:
    rc: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode(errors="replace")


class Author:
    """Somebody with a key.

    Args:
        folder: for the key and the clients' settings.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder / "key"
        self.config = folder / "config"
        if not self.key.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "author", "-f", self.key], check=True)
        self.config.write_text(
            f"Host *\n HostName 127.0.0.1\n Port {port()}\n IdentityFile {self.key}\n IdentitiesOnly yes\n"
            f" UserKnownHostsFile {KNOWN_HOSTS}\n GlobalKnownHostsFile /dev/null\n StrictHostKeyChecking yes\n"
            " BatchMode yes\n ConnectTimeout 10\n"
        )

    @property
    def public(self) -> str:
        return self.key.with_suffix(".pub").read_text().strip()

    def run(self, program: str, *words: str, stdin: bytes = b"", timeout_s: float = LIMIT_S) -> Ended:
        """One of OpenSSH's programs, with the author's settings."""
        argv = [program, "-F", str(self.config), *words]
        done = subprocess.run(argv, input=stdin, capture_output=True, timeout=timeout_s, check=False)
        return Ended(done.returncode, done.stdout, done.stderr.decode(errors="replace"))

    def ssh(self, name: str, *words: str, stdin: bytes = b"", timeout_s: float = LIMIT_S) -> Ended:
        return self.run("ssh", f"{name}@node", *words, stdin=stdin, timeout_s=timeout_s)

    def good(self, name: str, command: str, *, stdin: bytes = b"", timeout_s: float = LIMIT_S) -> str:
        """A command that must succeed; what it wrote."""
        done = self.ssh(name, command, stdin=stdin, timeout_s=timeout_s)
        assert done.rc == 0, (done.rc, done.text, done.err)
        return done.text

    @contextmanager
    def session(self, name: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """A session that stays open during the block."""
        argv = ["ssh", "-F", str(self.config), *words]
        argv.insert(3, f"{name}@node")
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            assert process.stdout is not None
            os.set_blocking(process.stdout.fileno(), False)
            try:
                yield process
            finally:
                process.kill()


def said(process: subprocess.Popen[bytes], words: bytes, limit_s: float = 30.0) -> bytes:
    """Read from a session until it has said these words."""
    assert process.stdout is not None
    heard = b""

    def more() -> bool:
        nonlocal heard
        heard += process.stdout.read() or b""
        return words in heard

    until(more, f"a session to say {words!r}; it said {heard!r}", limit_s)
    return heard


def type_in(process: subprocess.Popen[bytes], text: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(text)
    process.stdin.flush()


def until(ask: Callable[[], object], what: str, limit_s: float = 30.0) -> None:
    """Ask until the answer is true; the only place in these tests that waits."""
    deadline = time.monotonic() + limit_s
    while not ask():
        if time.monotonic() > deadline:
            pytest.fail(f"gave up after {limit_s:g} s: {what}")
        time.sleep(0.02)


def helper(verb: str, **arguments: Any) -> dict[str, Any]:
    """Ask the node's helper, as root on the node; its whole answer."""
    return helper_told([verb], json.dumps(arguments).encode() + b"\n")


def helper_told(words: list[str], stdin: bytes) -> dict[str, Any]:
    done = subprocess.run(["allgo-node", *words], input=stdin, capture_output=True, timeout=120, check=False)
    lines = done.stdout.splitlines()
    assert len(lines) == 1, (done.stdout, done.stderr)
    answer: dict[str, Any] = json.loads(lines[0])
    assert done.returncode == (0 if "ok" in answer else 1)
    return answer


def good(verb: str, **arguments: Any) -> dict[str, Any]:
    """Ask the helper for what must succeed."""
    answer = helper(verb, **arguments)
    assert "ok" in answer, answer
    found: dict[str, Any] = answer["ok"]
    return found


def refused(verb: str, **arguments: Any) -> str:
    """Ask the helper for what must be refused; the code and the sentence."""
    answer = helper(verb, **arguments)
    assert "error" in answer, answer
    return f"{answer['error']['code']}: {answer['error']['message']}"

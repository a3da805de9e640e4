"""Talks to the program that reads as somebody's account on the cluster (conf/cluster-paths/allgo-read)."""

import json
import logging
import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from unicodedata import category

from allgo_hpc.clusterpaths import roots
from allgo_hpc.errors import BadInput, NotAllowed, NotFound, StorageAway
from allgo_hpc.models import User
from allgo_hpc.settings import Settings

_log = logging.getLogger(__name__)
SUDO = "/usr/bin/sudo"
_SILENT_S = 60.0
_LONGEST_LINE = 4 * 1024 * 1024
_CHUNK = 1024 * 1024
_LONGEST_PATH = 4096
_REFUSED = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode's categories: control, lone surrogate, line, paragraph. The file's own name must be an input's, besides."""
_NOT_THE_USERS = {"roots", "root", "asked"}
"""What the program says when it is wrongly installed."""


class Reading:
    """What the program sends."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Take the program that runs."""
        self._process = process
        self._held = b""

    def line(self) -> dict[str, Any]:
        """Return the next line's words; nothing where none came."""
        while b"\n" not in self._held and len(self._held) < _LONGEST_LINE:
            data = self._more()
            if not data:
                return {}
            self._held += data
        line, _, self._held = self._held.partition(b"\n")
        try:
            words = json.loads(line)
        except ValueError:
            return {}
        return words if isinstance(words, dict) else {}

    def data(self, size: int) -> Iterator[bytes]:
        """Yield so many bytes, fewer where the program ended."""
        while size:
            data, self._held = self._held[:size], self._held[size:]
            data = data or self._more()
            if len(data) > size:
                data, self._held = data[:size], data[size:]
            if not data:
                return
            size -= len(data)
            yield data

    def _more(self) -> bytes:
        out = self._process.stdout
        if out is None or not select.select([out], [], [], _SILENT_S)[0]:
            return b""
        return os.read(out.fileno(), _CHUNK)


@contextmanager
def asking(
    settings: Settings, user: User, verb: str, path: str, *, field: str
) -> Iterator[tuple[Reading, dict[str, Any]]]:
    """Ask the program as the user's account; gives what it sends, and its first line.

    Raises:
        Refusal: the site reads no paths, the user has no account there, or the path is none that this account may read.
    """
    account = check_asked(settings, user, path, field=field)
    words = [SUDO, "-n", "-u", account, "--", str(settings.cluster_reader)]
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/",
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        _log.error("paths of the cluster cannot be read: %s", error)
        raise _off(field) from error
    try:
        with suppress(BrokenPipeError):
            _send(process, json.dumps({"verb": verb, "path": path}).encode() + b"\n")
        reading = Reading(process)
        first = reading.line()
        if first.get("ok") is not True:
            why = first.get("why")
            if not isinstance(why, str) or why in _NOT_THE_USERS:
                _log.error("nothing can be read as the account %s: %s", account, why or _told(process))
                raise _off(field)
            raise _sentence(why, path, account, field, settings)
        yield reading, first
    finally:
        _end(process)


def check_asked(settings: Settings, user: User, path: str, *, field: str) -> str:
    """Return the user's account on the cluster, where this path may be asked for at all.

    Raises:
        NotFound: the site reads no paths.
        NotAllowed: the user has no account there.
        BadInput: the path is none, or lies elsewhere.
    """
    known = roots(settings)
    if not known:
        raise NotFound(f"{field}: this site reads no paths of the cluster", field=field, code="cluster_paths_off")
    if not user.cluster_account:
        ask = f" Ask {settings.contact}." if settings.contact else " An administrator can set it."
        raise NotAllowed(
            f"{field}: your account on the cluster is not known here.{ask}", field=field, code="no_cluster_account"
        )
    if len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH or any(category(one) in _REFUSED for one in path):
        raise BadInput(f"{field}: that is no path: it is too long or holds an invisible character", field=field)
    inside = any(path == root or path.startswith(f"{root}/") for root in known)
    if not inside or any(part in {".", ".."} for part in path.split("/")):
        raise _sentence("outside", path, user.cluster_account, field, settings)
    return user.cluster_account


def _send(process: subprocess.Popen[bytes], line: bytes) -> None:
    if process.stdin is not None:
        process.stdin.write(line)
        process.stdin.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    # It belongs to somebody else: closed pipes end it as well.
    with suppress(PermissionError, ProcessLookupError):
        process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)


def _told(process: subprocess.Popen[bytes]) -> str:
    """Return what sudo said of why it did not start the program."""
    if process.stderr is None or not select.select([process.stderr], [], [], 5)[0]:
        return "nothing came"
    return ascii(os.read(process.stderr.fileno(), 500).decode(errors="replace"))


def _off(field: str) -> StorageAway:
    return StorageAway(
        f"{field}: the portal cannot read files of the cluster for you now: sudo or its reader is missing, or does not "
        "know your account there. Tell the administrator; the portal's log says more.",
        field=field, code="cluster_paths_off",
    )  # fmt: skip


def _sentence(why: str, path: str, account: str, field: str, settings: Settings) -> BadInput:
    shown = path if len(path) <= 200 else f"{path[:197]}..."  # noqa: PLR2004  # what fits into a sentence
    shown = shown if shown.isprintable() else "that path"  # what turns the text's direction would turn the sentence's
    words = {
        "missing": "there is no such file",
        "denied": f"the account '{account}' may not read it",
        "outside": f"it does not lie below {' or '.join(roots(settings))}",
        "folder": "it is a folder: name the files",
        "no_folder": "it is no folder",
        "kind": "it is no ordinary file",
        "changed": "it was changed while it was read: try again",
    }
    return BadInput(f"{field}: {shown}: {words.get(why, 'it cannot be read')}", field=field, code="cluster_path_away")


def changed(path: str, account: str, field: str, settings: Settings) -> BadInput:
    """Return what is said of a file that did not stay as it was."""
    return _sentence("changed", path, account, field, settings)

"""Sandboxes on the instance's build node, for real: as root inside it, with OpenSSH's clients.

scripts/cluster --instance NAME exec -- python -m pytest -p no:cacheprovider /opt/allgo-hpc/src/tests/sandbox
"""

import hashlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.clients import Author, good, helper_told

_BASE = Path("/srv/allgo/bases/debian-13.sif")
_numbers = itertools.count()


@pytest.fixture(scope="session")
def author() -> Iterator[Author]:
    folder = Path(tempfile.mkdtemp(prefix="allgo-author-"))
    yield Author(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def stranger() -> Iterator[Author]:
    """Somebody whose key opens nothing."""
    folder = Path(tempfile.mkdtemp(prefix="allgo-stranger-"))
    yield Author(folder)
    shutil.rmtree(folder)


def put(image: Path) -> str:
    """Hand an image to the helper; its SHA-256."""
    data = image.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    line = b'{"sha256": "%s", "size": %d}\n' % (sha256.encode(), len(data))
    assert helper_told(["put-image"], line + data) == {"ok": {}}
    return sha256


@pytest.fixture(scope="session")
def debian() -> str:
    """SHA-256 of a Debian base that is on the node."""
    if not _BASE.exists():
        subprocess.run(
            [
                "setpriv",
                "--reuid",
                "allgo",
                "--regid",
                "allgo",
                "--init-groups",
                "allgo-hpc",
                "image",
                "base",
                "debian-13",
            ],
            check=True,
            env={**os.environ, "HOME": "/var/lib/allgo-hpc"},
            cwd="/",
        )
    return put(_BASE)


@pytest.fixture(scope="session")
def bare() -> Iterator[str]:
    """SHA-256 of an image with one file in it: no shell, no libc, no folder but /data."""
    folder = Path(tempfile.mkdtemp(prefix="allgo-bare-"))
    (folder / "tree/data").mkdir(parents=True)
    (folder / "tree/data/only").write_text("one file\n")
    subprocess.run(["mksquashfs", folder / "tree", folder / "bare.sqsh", "-quiet", "-no-progress"], check=True)
    yield put(folder / "bare.sqsh")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_sandbox(author: Author) -> Iterator[Callable[[str], str]]:
    """Makes a sandbox from an image, opened by the author's key; all are gone at the end."""
    made: list[str] = []

    def make(image: str) -> str:
        name = f"t{os.getpid()}-{next(_numbers)}"
        good("create", name=name, image=image)
        made.append(name)
        good("keys", name=name, keys=[author.public])
        return name

    yield make
    for name in made:
        if good("status", name=name)["state"] != "absent":
            good("thaw", name=name)
            good("delete", name=name)


@pytest.fixture(scope="session")
def sandbox(new_sandbox: Callable[[str], str], debian: str) -> str:
    """A Debian sandbox that tests share: they leave it as they found it."""
    return new_sandbox(debian)


@pytest.fixture(scope="session")
def neighbour(new_sandbox: Callable[[str], str], debian: str) -> str:
    """Another one beside it."""
    return new_sandbox(debian)


@pytest.fixture(scope="session")
def empty_sandbox(new_sandbox: Callable[[str], str], bare: str) -> str:
    """One whose image has nothing in it."""
    return new_sandbox(bare)

"""Sandboxes on the instance's build node, for real: as root inside it, with OpenSSH's clients.

scripts/cluster --instance NAME exec -- python -m pytest -p no:cacheprovider /opt/allgo-hpc/src/tests/sandbox
"""

import contextlib
import hashlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from containers import BuildNode, NodeAddress
from containers.remote.ssh import SshAsker
from tests.sandbox.clients import KNOWN_HOSTS, Author, good, helper_told, port

_BASE = Path("/srv/allgo/bases/debian-13.sif")
_CONF = Path("/etc/allgo-hpc/build-node.toml")
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


@contextlib.contextmanager
def small_disks() -> Iterator[None]:
    """Disks that are made in the block have 64 MB: room is really taken, and these tests make many."""
    text = _CONF.read_text()
    _CONF.write_text(text.replace("disk_mb = 1024", "disk_mb = 64"))
    try:
        yield
    finally:
        _CONF.write_text(text)


def remove(name: str) -> None:
    """Delete a sandbox and empty the trash of it."""
    if good("status", name=name)["state"] != "absent":
        good("thaw", name=name)
        good("delete", name=name)
    empty_trash(name)


def empty_trash(name: str) -> None:
    """Let what is in the trash of this name be older than any is kept."""
    folder = Path("/var/lib/allgo-node/trash") / name
    for path in folder.iterdir() if folder.is_dir() else ():
        path.rename(path.with_name(str(int(path.name) - 40 * 86_400)))
    good("stop-idle")


@contextlib.contextmanager
def made(author: Author, image: str) -> Iterator[str]:
    """A sandbox for the time of the block, opened by the author's key."""
    name = f"t{os.getpid()}-{next(_numbers)}"
    good("create", name=name, image=image)
    try:
        good("keys", name=name, keys=[author.public])
        yield name
    finally:
        remove(name)


@pytest.fixture
def own(author: Author, bare: str) -> Iterator[str]:
    """A small sandbox of the test's own."""
    with contextlib.ExitStack() as later:
        with small_disks():
            name = later.enter_context(made(author, bare))
        yield name


@pytest.fixture(scope="session")
def sandbox(author: Author, debian: str) -> Iterator[str]:
    """A Debian sandbox that tests share: they leave it as they found it."""
    with made(author, debian) as name:
        yield name


@pytest.fixture(scope="session")
def neighbour(author: Author, debian: str) -> Iterator[str]:
    """Another one beside it."""
    with made(author, debian) as name:
        yield name


@pytest.fixture(scope="session")
def empty_sandbox(author: Author, bare: str) -> Iterator[str]:
    """One whose image has nothing in it."""
    with made(author, bare) as name:
        yield name


@pytest.fixture
def address() -> NodeAddress:
    key = Path("/var/lib/allgo-hpc/build-node-key")
    return NodeAddress(host="127.0.0.1", port=port(), key=key, known_hosts=KNOWN_HOSTS)


@pytest.fixture
def node(address: NodeAddress) -> BuildNode:
    return BuildNode(SshAsker(address))

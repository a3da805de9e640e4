"""Images made of sandboxes by the node: whose files they hold, and what is left of one that is ended."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from containers import BuildNode, list_image
from tests.sandbox.clients import Author

_ENTRYPOINT = "/home/allgo/entrypoint"
_MUCH = "/home/allgo/much"


@pytest.fixture
def ready(author: Author, sandbox: str) -> Iterator[str]:
    """A sandbox that can be committed, with some files that are not root's."""
    author.good(
        sandbox, f"printf '#!/bin/sh\\n' > {_ENTRYPOINT}; chmod 755 {_ENTRYPOINT}; head -c 300M /dev/urandom > {_MUCH}"
    )
    author.good(sandbox, "touch /home/allgo/theirs && chown 33:33 /home/allgo/theirs && chmod 600 /home/allgo/theirs")
    yield sandbox
    author.good(sandbox, f"rm -f {_ENTRYPOINT} {_MUCH} /home/allgo/theirs")


def test_an_image_has_the_owners_that_the_sandbox_sees(node: BuildNode, ready: str) -> None:
    uuid = str(uuid4())
    node.begin_commit(ready, uuid, "made here")
    try:
        told = node.commit_status(ready, uuid, wait_s=30)
        assert (told.failed, told.step) == ("", "finishing")
        image = Path("/var/lib/allgo-node/built") / ready / f"{told.sha256}.sif"
        assert hashlib.sha256(image.read_bytes()).hexdigest() == told.sha256
        found = {str(entry.path): entry for entry in list_image(image)}
        assert found["/home/allgo/theirs"].owner == "33/33"
        assert found["/usr/bin"].owner == "0/0"
        assert (image.stat().st_uid, image.stat().st_mode & 0o777) == (0, 0o600)
        assert node.status(ready).state == "running", "it goes on"
    finally:
        node.end_commit(ready, uuid)
    assert not image.exists()
    assert not (Path("/var/lib/allgo-node/commits") / ready / uuid).exists()


def test_one_that_is_ended_while_it_packs_leaves_nothing(node: BuildNode, ready: str) -> None:
    uuid = str(uuid4())
    node.begin_commit(ready, uuid, "made here")
    packing = _packing(ready)
    os.kill(packing, signal.SIGSTOP)  # it would take for ever
    began = time.monotonic()
    node.end_commit(ready, uuid)
    assert time.monotonic() - began < 15, "whoever began it holds no lock that this would wait for"
    assert not Path(f"/proc/{packing}").exists()
    assert not (Path("/var/lib/allgo-node/commits") / ready / uuid).exists()
    assert node.status(ready).state == "running"


def test_a_packer_keeps_nothing_of_the_helpers_open(node: BuildNode, ready: str) -> None:
    uuid = str(uuid4())
    node.begin_commit(ready, uuid, "made here")
    try:
        packing = _packing(ready)
        os.kill(packing, signal.SIGSTOP)
        packer = int(Path(f"/proc/{packing}/stat").read_text().rpartition(")")[2].split()[1])
        files = [str(file.readlink()) for file in Path(f"/proc/{packer}/fd").iterdir()]
        assert [file for file in files if file.endswith((".lock", ".toml"))] == []
        status = Path(f"/proc/{packer}/status").read_text()
        assert "Groups:\t \n" in status or "Groups:\t\n" in status
        account = subprocess.run(["id", "-u", ready], check=True, capture_output=True, text=True).stdout.strip()
        assert f"Uid:\t{account}\t{account}\t{account}\t{account}" in status
        assert Path(f"/proc/{packer}/ns/user").readlink() != Path("/proc/self/ns/user").readlink()
    finally:
        node.end_commit(ready, uuid)


def _packing(name: str) -> int:
    """The process that packs a sandbox, as soon as there is one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = file.read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0] == b"mksquashfs" and words[1].endswith(b"/" + name.encode()):
                return int(file.parent.name)
        time.sleep(0.002)
    raise AssertionError("nothing packs")

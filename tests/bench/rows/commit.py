"""commit: from an author's "commit" to the version that is there, against mksquashfs and against ``apptainer build``.

An app of the row's own, whose sandbox holds 400 MB: the base image and files of this machine's Python environment.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from containers.node.accounts import as_root_inside, find_account
from tests.bench.figures import Figure, apart, in_turn
from tests.bench.site import Site, timed
from tests.cluster.author import Author
from tests.cluster.portal import until

_TREE_BYTES = 400_000_000
_ROUNDS = 5
_BUILDS = 2
_FILES = Path("/opt/allgo-hpc/venv/lib")
_PACKING = ("-noappend", "-quiet", "-no-progress", "-comp", "zstd", "-Xcompression-level", "1")
_PLACE = Path("/var/lib/allgo-node/bench")
"""On the disk where the build node makes images."""


def measure(site: Site) -> Iterable[Figure]:
    """Commits and mksquashfs in turn, then ``apptainer build``; at last commits whose sample runs as a job."""
    with sandbox(site, _TREE_BYTES) as (author, tree):
        commit_s(author)  # the first one reads the tree from the disk
        ours, bare = [], []
        for _ in range(_ROUNDS):
            ours.append(commit_s(author))
            bare.append(_bare_s("mksquashfs", str(tree), str(_PLACE / "bare"), *_PACKING))
        yield in_turn("commit", ours, bare, unit="s", target="<= 1.1")
        builds = [_bare_s(*_apptainer_build(tree)) for _ in range(_BUILDS)]
        yield apart("commit, by apptainer build", ours, builds, unit="s", target="<= 0.1")
        author.set_sample()
        tested = [commit_s(author) for _ in range(_ROUNDS)]
        yield apart("commit and its test, by apptainer build", tested, builds, unit="s", target="<= 0.1")


@contextmanager
def sandbox(site: Site, size: int = 0) -> Iterator[tuple[Author, Path]]:
    """Open the sandbox of a new app, filled until it has so many bytes; gives its author and its tree."""
    name = f"bench-{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        author = Author(site.portal, Path(folder), name)
        author.create()
        key = author.add_key()
        author.start()
        tree = Path("/run/allgo-node/trees") / name
        _PLACE.mkdir(mode=0o755, exist_ok=True)
        try:
            author.install("#!/bin/sh\ndate > made.out\n")
            _fill(author, size - _bytes_of(tree))
            yield author, tree
        finally:
            author.revoke_key(key)
            with suppress(AssertionError):
                author.ask("DELETE", "/sandbox")
                until("the sandbox goes", lambda: author.ask("GET", "/sandbox")["state"] != "discarding")
            shutil.rmtree(_PLACE)


def commit_s(author: Author) -> float:
    """Seconds from the question to the moment at which the version was there, by the portal's own clock of it."""
    made = author.commit_in(author.begin_commit(changelog="bench"), "ready", "failed", "aborted")
    if made["state"] != "ready":
        raise ValueError(f"a commit ended as {made['state']}: {made['reason']}")
    begun, ended = (datetime.fromisoformat(made[field]) for field in ("created_at", "finished_at"))
    # Each its own file, as an author's next commit is another one: the same again would take the place that is there.
    author.ssh("date +%s%N > /home/allgo/changed")
    return (ended - begun).total_seconds()


def _bare_s(program: str, *words: str) -> float:
    """Seconds of a bare tool, whose output goes before each time."""
    for left in _PLACE.iterdir():
        if left.is_file():
            left.unlink()
    return timed(lambda: subprocess.run([program, *words], check=True, capture_output=True, cwd="/"))


def _apptainer_build(tree: Path) -> tuple[str, ...]:
    """As Apptainer comes, and as root of the sandbox's own ids: another could not read the tree."""
    account = find_account(tree.name)
    if account is None:
        raise ValueError(f"the sandbox {tree.name} has no account")
    os.chown(_PLACE, account.uid, account.gid)
    copy = _PLACE / "tree"
    if not copy.exists():
        # Links into a folder that a sandbox has not: apptainer 1.4.5 gives up at them.
        script = 'cp -a "$1" "$2" && find "$2" -maxdepth 1 -xtype l -delete'
        subprocess.run([*as_root_inside(account), "sh", "-c", script, "sh", str(tree), str(copy)], check=True, cwd="/")
    return (*as_root_inside(account), "apptainer", "--quiet", "build", str(_PLACE / "built.sif"), str(copy))


def _fill(author: Author, most: int) -> None:
    """Copy files into the sandbox, always the same ones, until they have so many bytes together."""
    program, *words = author.ssh_argv("mkdir -p /opt/app && tar -C /opt/app -xf -")
    with subprocess.Popen([program, *words], stdin=subprocess.PIPE) as ssh:
        if ssh.stdin is None:
            raise AssertionError("ssh was started without its pipe")
        with tarfile.open(fileobj=ssh.stdin, mode="w|") as archive:
            for path in sorted(_FILES.rglob("*")):
                if path.is_symlink() or not path.is_file() or path.suffix == ".pyc":
                    continue
                most -= path.stat().st_size
                if most < 0:
                    break
                archive.add(path, str(path.relative_to(_FILES)))
    if ssh.returncode != 0:
        raise ValueError(f"the sandbox could not be filled: tar ended with {ssh.returncode}")


def _bytes_of(tree: Path) -> int:
    """Bytes of the plain files of a tree."""
    return sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file() and not path.is_symlink())

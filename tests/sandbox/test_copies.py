"""scp (both protocols), sftp and rsync, in a Debian and in an image that has nothing in it."""

import filecmp
import os
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.clients import Author


@pytest.fixture(params=["sandbox", "empty_sandbox"])
def place(request: pytest.FixtureRequest) -> str:
    name: str = request.getfixturevalue(request.param)
    return name


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "deep/er").mkdir(parents=True)
    (folder / "bytes").write_bytes(os.urandom(1_000_000))
    (folder / "deep/er/a b ü'\"").write_text("named oddly\n")
    (folder / "run").write_text("#!/bin/sh\n")
    (folder / "run").chmod(0o755)
    (folder / "link").symlink_to("bytes")
    return folder


def same(one: Path, other: Path) -> None:
    compared = filecmp.dircmp(one, other)
    assert [*compared.left_only, *compared.right_only, *compared.diff_files, *compared.funny_files] == []
    assert (other / "deep/er/a b ü'\"").read_text() == "named oddly\n"
    assert os.access(other / "run", os.X_OK)


@pytest.mark.parametrize("protocol", [(), ("-O",)], ids=["sftp", "scp"])
def test_scp(author: Author, place: str, files: Path, tmp_path: Path, protocol: tuple[str, ...]) -> None:
    done = author.run("scp", *protocol, "-rp", str(files), f"{place}@node:/data-{len(protocol)}")
    assert done.rc == 0, done.err
    done = author.run("scp", *protocol, "-rp", f"{place}@node:/data-{len(protocol)}", str(tmp_path / "back"))
    assert done.rc == 0, done.err
    same(files, tmp_path / "back")


def test_scp_of_a_pattern(author: Author, place: str, files: Path, tmp_path: Path) -> None:
    assert author.run("scp", str(files / "bytes"), str(files / "run"), f"{place}@node:").rc == 0
    (tmp_path / "got").mkdir()
    done = author.run("scp", "-O", f"{place}@node:[br]*", str(tmp_path / "got"))
    assert done.rc == 0, done.err
    assert sorted(path.name for path in (tmp_path / "got").iterdir()) == ["bytes", "run"]


def test_sftp(author: Author, place: str, files: Path, tmp_path: Path) -> None:
    lines = ("pwd", "mkdir sftp", "cd sftp", f"put {files}/bytes", "chmod 600 bytes", "rename bytes moved")
    batch = "\n".join((*lines, f"get moved {tmp_path}/moved", "rm moved", "cd ..", "rmdir sftp", ""))
    (tmp_path / "batch").write_text(batch)
    done = author.run("sftp", "-b", str(tmp_path / "batch"), f"{place}@node")
    assert done.rc == 0, done.err
    assert "Remote working directory: /home/allgo" in done.text
    assert filecmp.cmp(files / "bytes", tmp_path / "moved", shallow=False)


def test_rsync(author: Author, place: str, files: Path, tmp_path: Path) -> None:
    shell = f"ssh -F {author.config}"
    flags = ["rsync", "-aHz", "-e", shell]
    for source, target in ((f"{files}/", f"{place}@node:/rsync/"), (f"{place}@node:/rsync/", f"{tmp_path}/back/")):
        done = subprocess.run([*flags, source, target], capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
    same(files, tmp_path / "back")
    assert (tmp_path / "back/link").is_symlink()
    (files / "run").unlink()
    done = subprocess.run([*flags, "--delete", f"{files}/", f"{place}@node:/rsync/"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_copy_to_nowhere_says_so(author: Author, place: str, files: Path) -> None:
    done = author.run("scp", "-O", str(files / "run"), f"{place}@node:/no/such/folder/x")
    assert done.rc != 0
    assert "No such file" in done.err


def test_image_without_a_shell_can_be_entered(author: Author, empty_sandbox: str) -> None:
    told = author.good(empty_sandbox, "cat /data/only; ls -d /home/allgo; id -u; echo a | sed s/a/b/")
    assert told == "one file\n/home/allgo\n0\nb\n"

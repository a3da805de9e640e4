"""What a running app sees and can do, as a Slurm job of the service user."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from containers import BuiltImage, reclaim_argv
from tests.containers.conftest import Run

type Sample = Callable[[str], BuiltImage]
type RunApp = Callable[..., Run]


@pytest.fixture
def shell(sample: Sample, run_app: RunApp) -> Callable[..., Run]:
    """Runs a line of shell in the image of textstats, as a Slurm job unless told otherwise."""

    def run(script: str, *words: str, slurm: bool = True, **options: object) -> Run:
        image = sample("textstats")
        return run_app(image, "-c", script, "sh", *words, program="/bin/sh", slurm=slurm, **options)

    return run


def test_job_folder_is_tmp_and_the_working_directory(shell: Callable[..., Run], folder: Path) -> None:
    (folder / "in.txt").write_text("hello\n")
    run = shell("pwd; cat in.txt /tmp/in.txt; echo out > result; ls -A", files=(folder / "in.txt",))
    assert run.log.splitlines() == ["/tmp", "hello", "hello", "in.txt", "result"]
    assert (run.job_dir / "result").read_text() == "out\n"
    assert (run.job_dir / "result").stat().st_uid == os.getuid()


def test_root_inside_may_write_anywhere_and_nothing_stays(shell: Callable[..., Run], sample: Sample) -> None:
    before = sample("textstats").path.stat()
    script = "id -u; mkdir /rundir; echo x > /usr/bin/x; rm /etc/debian_version; ls /usr/bin/x; "
    big = "head -c 200000000 /dev/zero > /rundir/big && stat -c %s /rundir/big"
    run = shell(script + big)
    assert run.log.splitlines() == ["0", "/usr/bin/x", "200000000"]
    again = shell("ls -d /rundir /usr/bin/x; cat /etc/debian_version")
    assert "13." in again.log
    assert again.log.count("No such file") == 2
    assert sample("textstats").path.stat() == before


def test_scratch_folder_takes_what_is_written(shell: Callable[..., Run], folder: Path) -> None:
    scratch = folder / "scratch"
    scratch.mkdir()
    run = shell(
        "mkdir /rundir && head -c 80000000 /dev/zero > /rundir/big; stat -c %s /rundir/big", scratch_dir=scratch
    )
    assert run.log.splitlines() == ["80000000"]
    assert [path.stat().st_size for path in scratch.rglob("big")] == [80000000]


def test_the_images_own_home_is_there(shell: Callable[..., Run]) -> None:
    assert shell("ls /home; ls /home/allgo").log.split() == ["allgo", "entrypoint"]


def test_no_folder_of_the_node(shell: Callable[..., Run], folder: Path) -> None:
    secret = folder / "secret"
    secret.write_text("of another job")
    shared = Path("/srv/allgo")
    here = f"{secret} {shared} /opt/allgo-hpc /etc/munge /etc/slurm /run/munge /var/spool/slurmd {Path.home()}"
    run = shell(
        f"ls -d {here} 2>/dev/null; ls -A /srv /var/tmp /dev/shm; ls -A /dev; cut -d' ' -f5 /proc/self/mountinfo"
    )
    lines = run.log.splitlines()
    assert not set(lines) & set(here.split())
    assert lines[:5] == ["/dev/shm:", "", "/srv:", "", "/var/tmp:"]
    assert "fuse" not in lines
    # Every mount is Apptainer's own (on memory), or the job folder.
    allowed = {"/", "/tmp", "/var/tmp", "/etc/hosts", "/etc/resolv.conf", "/etc/localtime", "/etc/passwd", "/etc/group"}
    mounts = [line for line in lines if line.startswith("/") and not line.endswith(":")]
    assert {mount for mount in mounts if not mount.startswith(("/dev", "/proc", "/sys"))} <= allowed


def test_no_process_of_the_node(shell: Callable[..., Run]) -> None:
    run = shell("for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done 2>/dev/null; kill -0 -1 2>&1; echo")
    commands = [line.split()[0] for line in run.log.splitlines() if line.strip()]
    assert "slurmd" not in run.log
    assert "slurmstepd" not in run.log
    assert len(commands) <= 4, run.log


def test_no_variable_of_the_job(shell: Callable[..., Run]) -> None:
    run = shell("env")
    names = {line.partition("=")[0] for line in run.log.splitlines()}
    assert "PATH" in names
    assert not {name for name in names if name.startswith(("SLURM", "SECRET", "ALLGO"))}


def test_stdin_is_empty_and_no_file_is_open(shell: Callable[..., Run]) -> None:
    run = shell("cat; readlink /proc/self/fd/0; ls /proc/self/fd | wc -w")
    assert run.log.splitlines()[0] == "/dev/null"
    assert int(run.log.splitlines()[1]) <= 5, run.log


def test_no_network_unless_asked_for(shell: Callable[..., Run]) -> None:
    devices = "sed -n 's/^ *\\([^:]*\\):.*/\\1/p' /proc/net/dev"
    assert shell(devices).log.split() == ["lo"]
    mine = str(Path("/proc/self/ns/net").readlink())
    look = "readlink /proc/self/ns/net"
    assert shell(look, slurm=False).log.strip() != mine
    assert shell(look, slurm=False, network=True).log.strip() == mine


@pytest.mark.parametrize(("script", "rc"), [("exit 3", 3), ("kill -9 $$", 137), ("kill -TERM $$", 143), ("true", 0)])
def test_exit_status(script: str, rc: int, shell: Callable[..., Run]) -> None:
    assert shell(script).rc == rc


def test_words_arrive_as_they_are(shell: Callable[..., Run]) -> None:
    words = ["--help", "-rf", "a b", "$(id)", "`id`", "*", "", "'\"\\", "é 🙂", "--", "--bind=/:/host"]
    run = shell('for word; do printf "<%s>\\n" "$word"; done', *words, slurm=False)
    assert run.log.splitlines() == [f"<{word}>" for word in words]


def test_what_other_ids_own_is_taken_back(shell: Callable[..., Run]) -> None:
    run = shell("mkdir -m 700 d; touch d/f; ln -s /etc/passwd d/l; chmod 0 d/f; chown -hR 33:33 d; chmod 4000 d/f")
    assert run.rc == 0, run.log
    left = run.job_dir / "d"
    with pytest.raises(PermissionError):
        list(left.iterdir())
    subprocess.run(reclaim_argv(run.job_dir), check=True, timeout=60)
    assert {path.name for path in left.iterdir()} == {"f", "l"}
    assert (left / "f").read_text() == ""
    assert not (left / "f").stat().st_mode & 0o6000
    assert Path("/etc/passwd").stat().st_uid == 0

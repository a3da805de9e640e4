"""Builds as jobs: what is asked by a file is done under Slurm and answered by a file, whatever happens to it."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from containers import BuildRequest, BuildResult, ImageLimits, inspect_image, job_argv, read_result, write_request
from containers.building.room import RoomWatch
from tests.containers.conftest import _by_slurm, in_namespace, until

HEADER = "Bootstrap: localimage\nFrom: debian-13\n\n%post\n"
ENTRY = "    printf '#!/bin/sh\\necho run\\n' > /home/allgo/entrypoint\n    chmod +x /home/allgo/entrypoint\n"


class Site:
    """Folders for one build job."""

    def __init__(self, folder: Path, bases: Path) -> None:
        self.folder, self.bases = folder, bases
        self.job, self.recipe, self.out, self.work = (folder / name for name in ("job", "recipe", "out", "work"))
        for path in (self.job, self.recipe, self.out, self.work):
            path.mkdir()

    def ask(self, post: str, **changes: object) -> list[str]:
        (self.recipe / "app.def").write_text(HEADER + post)
        values: dict[str, object] = {
            "kind": "recipe",
            "source": self.recipe,
            "target_dir": self.out,
            "bases": self.bases,
            "work_dir": self.work,
            "timeout_s": 100.0,
        }
        write_request(self.job, BuildRequest(**(values | changes)))
        return list(job_argv(self.job))

    def run(self, post: str, **changes: object) -> tuple[int, BuildResult]:
        argv = self.ask(post, **changes)
        done = subprocess.run(argv, capture_output=True, text=True, timeout=200, check=False)
        assert (done.stdout, done.stderr) == ("", "")
        return done.returncode, self.result()

    def result(self) -> BuildResult:
        result = read_result(self.job)
        assert result is not None
        return result

    def nothing_left(self) -> None:
        assert list(self.out.iterdir()) == []
        assert list(self.work.iterdir()) == []


@pytest.fixture
def site(folder: Path, bases: Path) -> Iterator[Site]:
    yield Site(folder, bases)
    in_namespace("rm", "-rf", folder)


def test_under_slurm(site: Site) -> None:
    status, output = _by_slurm(site.ask("    echo from the recipe\n" + ENTRY), site.folder)
    result = site.result()
    assert (status, output, result.sentence) == (0, "", "")
    assert result.base == "debian-13"
    assert inspect_image(site.out / f"{result.sha256}.sif", sha256=result.sha256).size == result.size
    assert "from the recipe" in (site.job / "build.log").read_text().splitlines()
    assert list(site.work.iterdir()) == []


def test_the_log_grows_while_it_builds(site: Site) -> None:
    with subprocess.Popen(site.ask("    echo so far\n    sleep 600\n")) as process:
        log = site.job / "build.log"
        try:
            until(lambda: log.exists() and "so far" in log.read_text(), "the log's first line", 60)
            assert read_result(site.job) is None
        finally:
            process.terminate()
        assert process.wait(60) == 1
    assert site.result().sentence.startswith("the build was ended before its end")
    assert site.result().transient
    site.nothing_left()


def test_a_recipe_that_never_ends(site: Site) -> None:
    status, result = site.run("    sleep 600\n", timeout_s=3.0)
    assert status == 1
    assert "took more than 3 s and was ended" in result.sentence
    site.nothing_left()


def test_a_recipe_that_eats_the_disk(site: Site) -> None:
    status, result = site.run(
        "    while true; do head -c 20M /dev/zero >> /eaten; sleep 0.1; done\n",
        limits=ImageLimits(tree_bytes=300 * 1024**2),
    )
    assert status == 1
    assert "the limit is 300.0 MiB; it was ended" in result.sentence
    site.nothing_left()


def test_what_other_ids_own_counts(site: Site) -> None:
    watch = RoomWatch(site.work, 10 * 1024**2, keep_free=0)
    (site.work / "theirs").mkdir()
    (site.work / "theirs/file").write_bytes(bytes(20 * 1024**2))
    in_namespace("chmod", "700", site.work / "theirs")
    in_namespace("chown", "-R", "33:33", site.work / "theirs")
    with pytest.raises(PermissionError), contextlib.suppress(FileNotFoundError):
        list((site.work / "theirs").iterdir())
    assert "the build has written 20.0 MiB, the limit is 10.0 MiB" in watch()


@pytest.mark.parametrize("post", ["mknod /dev/x b 7 200", "modprobe loop", "echo 1 > /proc/sys/kernel/sysrq"])
def test_a_recipe_that_asks_for_privileges(post: str, site: Site) -> None:
    status, result = site.run(f"    {post}\n" + ENTRY)
    assert status == 1
    assert "the build of app.def failed: see its log" in result.sentence
    assert result.log_tail
    site.nothing_left()


def test_a_recipe_does_not_reach_the_machine(site: Site) -> None:
    """With ``apptainer build`` it did: ``%post`` was root of the namespace of a first process outside of the image."""
    secret = site.folder / "secret"
    secret.write_text("of the portal")
    look = f"""
    for process in /proc/[0-9]*; do
        cat $process/root{secret} $process/cwd{secret} 2>/dev/null && echo reached by $process
        echo mine > $process/root{secret} && echo changed by $process
    done
    umount /proc || true
    umount -l /.allgo-recipe || true
    mount -t tmpfs none /mnt && ls /mnt
    nsenter -t 1 -m cat {secret} && echo entered
    cat {secret} && echo seen
    true
"""
    status, _ = site.run(look + ENTRY)
    log = (site.job / "build.log").read_text()
    assert status == 0, log
    assert not {word for word in ("reached", "changed", "entered", "seen", "of the portal") if word in log}
    assert secret.read_text() == "of the portal"


def test_an_import(site: Site) -> None:
    _, built = site.run(ENTRY)
    image = site.out / f"{built.sha256}.sif"
    source = site.folder / "an upload.sif"
    image.rename(source)
    status, result = site.run("", kind="import", source=source)
    assert (status, result.sha256, result.size) == (0, built.sha256, built.size)
    source.unlink()
    source.write_text("no image")
    status, result = site.run("", kind="import", source=source)
    assert status == 1
    assert "neither a SIF image nor an archive" in result.sentence

"""Builds that succeed in odd ways, and builds that fail: what they say and what they leave."""

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from containers import BuildFailed, BuiltImage, ContainerError, build_base, build_image
from containers.building.apt_settings import AptSettings
from tests.containers.conftest import Run, until

HEADER = "Bootstrap: localimage\nFrom: debian-13\n\n"
ENTRY = "    printf '#!/bin/sh\\necho run \"$@\"\\n' > /home/allgo/entrypoint\n    chmod +x /home/allgo/entrypoint\n"


class Site:
    """Folders for one test's build."""

    def __init__(self, folder: Path, bases: Path) -> None:
        self.recipe, self.images, self.work, self.log = (folder / name for name in ("recipe", "images", "work", "log"))
        self.bases = bases
        for path in (self.recipe, self.images, self.work):
            path.mkdir()

    def build(self, text: str, *, name: str = "app.def", timeout_s: float = 120.0, **options: object) -> BuiltImage:
        (self.recipe / name).write_text(text)
        return build_image(
            self.recipe,
            bases=self.bases,
            target_dir=self.images,
            work_dir=self.work,
            log=self.log,
            timeout_s=timeout_s,
            **options,
        )

    def nothing_left(self) -> None:
        assert list(self.images.iterdir()) == []
        assert list(self.work.iterdir()) == []


@pytest.fixture
def site(folder: Path, bases: Path) -> Site:
    return Site(folder, bases)


def test_image_is_named_by_its_digest_and_read_only(site: Site) -> None:
    lines: list[str] = []
    built = site.build(HEADER + "%post\n    echo from the recipe\n" + ENTRY, on_line=lines.append)
    assert built.path.name == f"{hashlib.sha256(built.path.read_bytes()).hexdigest()}.sif"
    assert built.path.stat().st_mode & 0o777 == 0o444
    assert built.size == built.path.stat().st_size
    assert list(site.images.iterdir()) == [built.path]
    assert list(site.work.iterdir()) == []
    assert "from the recipe" in lines
    assert site.log.read_text().splitlines() == lines
    assert "mount point" not in site.log.read_text()


def test_dockerfile_in_its_order(site: Site, run_app: Callable[..., Run]) -> None:
    (site.recipe / "files/deep").mkdir(parents=True)
    (site.recipe / "files/deep/a b.txt").write_text("copied\n")
    (site.recipe / "over").write_text("from COPY\n")
    (site.recipe / "entrypoint").write_text(
        "#!/bin/sh\ncat /opt/deep/a* /etc/over made; echo $NAME $PLAIN; cat /percent\n"
    )
    (site.recipe / "entrypoint").chmod(0o755)
    built = site.build(
        """FROM debian:trixie
ENV NAME="two words" PLAIN='$HOME'
RUN echo from RUN > /etc/over
COPY over /etc/over
WORKDIR /srv/work
RUN echo "made in $(pwd) for $NAME" > made \\
    # a comment
    && cp made /tmp/ && cp made /made
COPY files/ /opt
RUN ["sh", "-c", "printf '%s {{ this }}\\\\n%d\\\\n' '\\n%files' 7 > /percent; printf '{{ x }}\\\\n' >> /percent"]
COPY entrypoint /home/allgo/
RUN test ! -e /tmp/made || rm /tmp/made; sed -i s,made,/made, /home/allgo/entrypoint
ENTRYPOINT ["/home/allgo/entrypoint"]
""",
        name="Dockerfile",
    )
    run = run_app(built)
    assert run.rc == 0, run.log
    assert run.log.splitlines() == [
        "copied",
        "from COPY",
        "made in /srv/work for two words",
        "two words $HOME",
        "",
        "%files {{ this }}",
        "7",
        "{{ x }}",
    ]


def test_here_document_keeps_its_indentation(site: Site, run_app: Callable[..., Run]) -> None:
    code = "    cat > /home/allgo/entrypoint <<'END'\n#!/usr/bin/perl\n\nif (1) {\n    # bootstrap: from: {{ name }}\n"
    code += '    print "  indented\\n"; }\nEND\n    chmod 755 /home/allgo/entrypoint\n'
    built = site.build(HEADER + "%post\n" + code)
    assert run_app(built).log == "  indented\n"


def test_failing_post_leaves_nothing_but_the_log(site: Site) -> None:
    with pytest.raises(BuildFailed, match=r"app\.def failed") as failure:
        site.build(HEADER + "%post\n    echo so far\n    false\n    echo not here\n")
    site.nothing_left()
    assert "so far" in failure.value.log_tail
    assert "not here" not in site.log.read_text()


def test_failing_run_leaves_nothing(site: Site) -> None:
    with pytest.raises(BuildFailed):
        site.build("FROM debian:13\nRUN echo one && false\nRUN echo two\n", name="Dockerfile")
    site.nothing_left()
    assert "two" not in site.log.read_text().replace("Step 2 of 2", "")


def test_files_of_other_ids_are_removed_too(site: Site) -> None:
    with pytest.raises(BuildFailed):
        site.build(HEADER + "%post\n    mkdir -m 700 /tmp/d /opt/d\n    chown 33:33 /tmp/d /opt/d\n    false\n")
    site.nothing_left()


def _processes_with(mark: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark in path.read_bytes().decode(errors="replace"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def test_time_limit_kills_all_of_the_build(site: Site) -> None:
    mark = f"98765{os.getpid()}"
    text = f"%post\n    setsid sleep {mark} &\n    sleep {mark} &\n    echo started\n    sleep {mark}\n"
    with pytest.raises(BuildFailed, match="took more than 4 s"):
        site.build(HEADER + text, timeout_s=4.0)
    assert "started" in site.log.read_text()
    until(lambda: not _processes_with(f"sleep\0{mark}"), "the build's processes to be gone")
    site.nothing_left()


def test_output_without_end_is_bounded_and_does_not_block(site: Site) -> None:
    with pytest.raises(BuildFailed, match="took more than"):
        site.build(HEADER + "%post\n    yes 0123456789012345678901234567890\n", timeout_s=4.0)
    assert 1_000_000 < site.log.stat().st_size <= 16 * 1024 * 1024 + 4096
    site.nothing_left()


@pytest.mark.parametrize(
    ("post", "sentence"),
    [
        ("true", "entrypoint /home/allgo/entrypoint does not exist in the image"),
        ("mkdir /home/allgo/entrypoint", "is not a file"),
        ("echo '#!/bin/sh' > /home/allgo/entrypoint", "is not executable"),
        ("echo '#!/bin/bahs' > {e}; chmod +x {e}", "interpreter /bin/bahs does not exist in the image"),
        ("echo '#!/usr/bin/env pyhton3' > {e}; chmod +x {e}", "interpreter pyhton3 is not on the PATH of the image"),
        ("printf '#!/bin/sh\\r\\n' > {e}; chmod +x {e}", "line ends of Windows"),
        ("echo 'echo hello' > {e}; chmod +x {e}", "neither a program nor a script"),
        ("ln -s /no/where {e}", "does not exist in the image"),
        ("ln -s entrypoint {e}", "links go round"),
        (
            "sed s/ld-linux-x86-64/ld-other-x86-64/ /bin/true > {e}; chmod +x {e}",
            "which it was linked for, does not exist in the image",
        ),
        ("cp /bin/true /x; chmod 644 /x; echo '#!/x' > {e}; chmod +x {e}", "interpreter /x is not executable"),
        (
            "echo '#!/no/such' > /x; echo '#!/x' > {e}; chmod +x /x {e}",
            "interpreter /x: interpreter /no/such does not exist",
        ),
    ],
)
def test_entrypoint_that_cannot_run_is_named(post: str, sentence: str, site: Site) -> None:
    entry = "/home/allgo/entrypoint"
    with pytest.raises(BuildFailed) as failure:
        site.build(HEADER + f"%post\n    {post.replace('{e}', entry)}\n")
    assert f"entrypoint {entry}" in str(failure.value)
    assert sentence in str(failure.value)
    site.nothing_left()


def test_entrypoint_through_links_to_a_program(site: Site, run_app: Callable[..., Run]) -> None:
    built = site.build(HEADER + "%post\n    ln -s ../../usr/bin/../bin/echo /home/allgo/entrypoint\n")
    assert run_app(built, "hello").log == "hello\n"


def test_post_sees_nothing_of_the_machine(site: Site, bases: Path, folder: Path) -> None:
    look = f"ls -d {folder} {bases} /opt/allgo-hpc /srv/allgo 2>/dev/null | sed s/^/seen:/;"
    look += " ls -A /tmp /var/tmp /dev/shm; env;"
    look += " for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done"
    left = [Path(place) / f"of-the-machine-{os.getpid()}" for place in ("/tmp", "/var/tmp", "/dev/shm")]
    os.environ["SECRET_OF_THE_PORTAL"] = "1"
    try:
        for path in left:
            path.touch()
        site.build(HEADER + f"%post\n    true\n    {look}\n" + ENTRY)
    finally:
        del os.environ["SECRET_OF_THE_PORTAL"]
        for path in left:
            path.unlink()
    log = site.log.read_text()
    assert not [line for line in log.splitlines() if line.startswith("seen:")]
    assert "SECRET_OF_THE_PORTAL" not in log
    assert "slurm" not in log
    assert "of-the-machine" not in log
    assert "/dev/shm:\n\n/tmp:\n\n/var/tmp:\n" in log


def test_a_listener_that_fails_ends_the_build(site: Site) -> None:
    def listen(line: str) -> None:
        raise RuntimeError(line)

    with pytest.raises(RuntimeError):
        site.build(HEADER + "%post\n" + ENTRY, on_line=listen)
    site.nothing_left()


def test_two_builds_at_once(site: Site, bases: Path, folder: Path) -> None:
    sites = [site, *(Site(_made(folder / str(number)), bases) for number in range(2))]
    built: list[BuiltImage] = []
    threads = [
        threading.Thread(
            target=lambda one=one, n=n: built.append(one.build(HEADER + f"%post\n    echo {n} > /n\n" + ENTRY))
        )
        for n, one in enumerate(sites)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len({image.sha256 for image in built}) == 3


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def test_missing_base_and_missing_program(site: Site, folder: Path) -> None:
    with pytest.raises(ContainerError, match="base debian-12 is not there"):
        site.build("Bootstrap: localimage\nFrom: debian-12\n")
    with pytest.raises(ContainerError, match="cannot be built here"):
        site.build(HEADER + "%post\n" + ENTRY, apptainer="/no/apptainer")
    site.nothing_left()


def test_base_with_a_mirror_that_is_not_there(folder: Path) -> None:
    settings = AptSettings(("deb http://127.0.0.1:9/debian trixie main",), ('Acquire::Retries "0";',))
    with pytest.raises(BuildFailed, match="package mirror") as failure:
        build_base("debian-13", folder / "debian-13.sif", settings=settings, work_dir=_made(folder / "work"))
    assert failure.value.transient
    assert "127.0.0.1" in failure.value.log_tail
    assert [path.name for path in folder.iterdir()] == ["work"]
    assert list((folder / "work").iterdir()) == []


def test_base_can_install_packages(site: Site, run_app: Callable[..., Run]) -> None:
    built = site.build(
        HEADER + "%post\n    apt-get update\n    apt-get install -y --no-install-recommends jq\n" + ENTRY
    )
    assert run_app(built, "-n", "1 + 1", program="/usr/bin/jq").log == "2\n"
    left = run_app(built, "-A", "/var/lib/apt/lists", "/dev/full", program="/bin/ls").log
    assert "debian" not in left

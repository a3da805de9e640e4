"""From a tree to an image, by mksquashfs and seen by Apptainer: what is in it and what is not; what a fault leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from containers import (
    BuiltImage,
    Done,
    Entry,
    Failed,
    ImageError,
    ImageLimits,
    Message,
    Progress,
    commit_argv,
    compare,
    inspect_image,
    list_image,
    open_contents,
    read_message,
)
from tests import trees
from tests.containers.conftest import NAMESPACE, Run, as_root, in_namespace, until


class Site:
    """A tree, a folder for images, and the command between them."""

    def __init__(self, folder: Path) -> None:
        self.tree, self.out = folder / "tree", folder / "out"
        self.out.mkdir()

    def start(
        self, tree: Path | None = None, limits: ImageLimits | None = None, **options: object
    ) -> subprocess.Popen[str]:
        argv = commit_argv(tree or self.tree, self.out, "what is new\nand “why”", limits, prefix=NAMESPACE, **options)
        return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def commit(self, tree: Path | None = None, limits: ImageLimits | None = None, **options: object) -> list[Message]:
        out, err = self.start(tree, limits, **options).communicate(timeout=120)
        assert err == ""
        messages = [read_message(line) for line in out.splitlines()]
        assert messages, "it said nothing"
        return [message for message in messages if message is not None]

    def image(self, tree: Path | None = None, **options: object) -> tuple[Path, Done]:
        last = self.commit(tree, **options)[-1]
        assert isinstance(last, Done), last
        return self.out / f"{last.sha256}.sif", last

    def refused(self, sentence: str, limits: ImageLimits | None = None, **options: object) -> Failed:
        last = self.commit(None, limits, **options)[-1]
        assert isinstance(last, Failed), last
        assert sentence in last.sentence
        assert list(self.out.iterdir()) == []
        return last


@pytest.fixture
def site(folder: Path) -> Iterator[Site]:
    site = Site(folder)
    trees.plain_tree(site.tree)
    yield site
    in_namespace("rm", "-rf", folder)


def apptainer(*words: str | Path) -> str:
    done = subprocess.run(["apptainer", "--quiet", *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_sandbox_becomes_an_image_that_apptainer_runs(box: Path, site: Site, run_app: Callable[..., Run]) -> None:
    messages = site.commit(box)
    done = messages[-1]
    assert isinstance(done, Done)
    steps = [message for message in messages if isinstance(message, Progress)]
    assert [message.step for message in steps if message.step != "packing"] == ["counting", "finishing"]
    assert steps[-2].percent == 100
    assert steps[-1].written == done.size
    assert 50_000_000 < steps[-1].total < 300_000_000
    image = site.out / f"{done.sha256}.sif"
    assert list(site.out.iterdir()) == [image]
    assert image.stat().st_mode & 0o777 == 0o444
    found = inspect_image(image, sha256=done.sha256)
    assert (found.size, found.entrypoint, found.signed) == (done.size, PurePosixPath("/home/allgo/entrypoint"), False)
    assert "bash" in {package.name for package in found.packages.packages}
    run = run_app(BuiltImage(image, done.sha256, done.size, found.entrypoint), "a  b")
    assert (run.rc, run.log) == (0, "run a  b\n0\n")
    assert apptainer("run", "--containall", image, "c").splitlines()[0] == "run c"
    labels = json.loads(apptainer("inspect", "--json", image))["data"]["attributes"]["labels"]
    assert labels["org.opencontainers.image.description"] == "what is new\nand “why”"
    assert "entrypoint" in apptainer("inspect", "--runscript", image)
    assert "localimage" in apptainer("inspect", "--deffile", image)
    assert "Squashfs/*System/amd64" in apptainer("sif", "list", image)
    assert "labels" in apptainer("exec", "--containall", image, "ls", "/.singularity.d")


def test_a_tree_without_anything_of_apptainer(box: Path, site: Site) -> None:
    in_namespace("rm", "-r", site.tree)
    in_namespace("cp", "-a", box, site.tree)
    in_namespace("rm", "-rf", site.tree / ".singularity.d", site.tree / "environment", site.tree / "singularity")
    image, _ = site.image()
    assert apptainer("exec", "--containall", image, "/home/allgo/entrypoint", "x").splitlines()[0] == "run x"
    assert apptainer("run", "--containall", image, "x").splitlines()[0] == "run x"


def entries(image: Path) -> dict[str, Entry]:
    return {str(entry.path): entry for entry in list_image(image)}


def test_what_is_odd_is_kept_or_left_out(site: Site) -> None:
    trees.add_hostile(site.tree)
    in_namespace("chown", "0:42", site.tree / "etc/one")
    in_namespace("chown", "33:33", site.tree / "etc/secret")
    os.setxattr(site.tree / "bin/sh", "user.note", b"kept nowhere")
    with as_root():
        os.mknod(site.tree / "etc/disk", 0o60666, os.makedev(7, 200))
    image, done = site.image()
    found = entries(image)
    for gone in ("/etc/pipe", "/etc/socket", "/etc/disk", "/proc/kcore", "/tmp/scratch", "/dev/null"):
        assert gone not in found
    for kept in (
        "/proc",
        "/tmp",
        "/dev",
        "/etc/-rf",
        "/etc/say 'hi' \\ $(id) \"",
        "/" + "/".join(["etc", *["deep" * 10] * 40]),
    ):
        assert kept in found
    assert "/etc/" + os.fsdecode(trees.RAW_NAME) in found
    assert found["/home/allgo/raise"].mode == "-rwxr-xr-x"
    assert (found["/out"].target, found["/far"].target) == ("/etc/passwd", "../../../../../../etc/passwd")
    assert (found["/etc/one"].owner, found["/etc/secret"].owner, found["/bin/sh"].owner) == ("0/42", "33/33", "0/0")
    assert found["/etc/sparse"].size == 256 * 1024**2
    assert image.stat().st_size < 1024**2
    root = open_contents(image)
    assert root.text(PurePosixPath("/etc/two"), 100) == "linked\n"
    assert root.text(PurePosixPath("/etc") / os.fsdecode(trees.RAW_NAME), 100) == "raw\n"
    assert root.text(PurePosixPath("/etc/secret"), 100) == "mine\n"
    assert root.find(PurePosixPath("/far")) is None
    assert [note.split(":")[0] for note in done.notes] == [
        "left out, as an image holds no devices, pipes and sockets",
        "set-uid and set-gid bits were taken off, they mean nothing in a job",
    ]
    assert "/etc/disk" in done.notes[0]
    stat = ["unsquashfs", "-offset", str(root.header.offset), "-stat", str(image)]
    assert "Xattrs are not stored" in subprocess.run(stat, capture_output=True, text=True, check=True).stdout
    assert (site.tree / "etc/pipe").exists(), "the tree is left as it was"


@pytest.mark.parametrize("name", trees.BAD_ENTRYPOINTS)
def test_entrypoints_that_cannot_run(name: str, site: Site) -> None:
    make, sentence = trees.BAD_ENTRYPOINTS[name]
    make(site.tree)
    site.refused(sentence)


@pytest.mark.parametrize("name", trees.BAD_ENTRYPOINTS)
def test_an_image_is_told_the_same(name: str, site: Site) -> None:
    """An image may come from elsewhere: what the commit refuses, the portal refuses as well."""
    make, sentence = trees.BAD_ENTRYPOINTS[name]
    make(site.tree)
    image = site.out / "x.sqfs"
    command = ["mksquashfs", str(site.tree), str(image), "-noappend", "-no-progress", "-quiet"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    with pytest.raises(ImageError) as error:
        inspect_image(image)
    assert sentence in str(error.value)


def test_good_links(site: Site) -> None:
    trees.good_links(site.tree)
    image, _ = site.image()
    assert inspect_image(image).entrypoint == PurePosixPath("/usr/bin/app")


def test_a_file_that_is_not_the_authors_fails_the_commit(site: Site) -> None:
    """Mksquashfs itself would put an empty file in its place and call that success."""
    with as_root():
        (site.tree / "etc/roots").write_text("of the machine's root")
        (site.tree / "etc/roots").chmod(0o600)
    assert site.refused("/etc/roots cannot be read").log_tail
    with as_root():
        (site.tree / "etc/roots").unlink()
        (site.tree / "etc/closed").mkdir(mode=0o700)
    site.refused("/etc/closed cannot be read")
    with as_root():
        (site.tree / "etc/closed").rmdir()
    site.image()


def random_file(path: Path, mebibytes: int) -> None:
    with path.open("wb") as file:
        for _ in range(mebibytes):
            file.write(os.urandom(1024**2))


def test_limits(site: Site) -> None:
    random_file(site.tree / "etc/random", 8)
    site.refused("holds more than 10 files", ImageLimits(files=10))
    site.refused("holds more than 4.0 MiB", ImageLimits(tree_bytes=4 * 1024**2))
    failed = site.refused("the image would have more than 4.0 MiB", ImageLimits(image_bytes=4 * 1024**2))
    assert failed.transient is False
    site.refused("packing took more than 0.001 s", timeout_s=0.001)
    image, done = site.image(limits=ImageLimits(image_bytes=9 * 1024**2))
    with pytest.raises(ImageError, match=r"the image has 8\.0 MiB, the limit is 4\.0 MiB"):
        inspect_image(image, limits=ImageLimits(image_bytes=4 * 1024**2))
    with pytest.raises(ImageError, match="files, the limit is 10"):
        inspect_image(image, limits=ImageLimits(files=10))
    with pytest.raises(ImageError, match="have more than 4"):
        inspect_image(image, limits=ImageLimits(tree_bytes=4 * 1024**2))
    with pytest.raises(ImageError, match="not the one that was announced"):
        inspect_image(image, sha256="0" * 64)
    with pytest.raises(ImageError, match="is for x86_64, the cluster is aarch64"):
        inspect_image(image, machine="aarch64")
    assert inspect_image(image, sha256=done.sha256).sha256 == done.sha256


def test_a_full_disk(site: Site) -> None:
    random_file(site.tree / "etc/random", 8)
    with as_root():
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4M,mode=1777", "tmpfs", str(site.out)], check=True)
    try:
        failed = site.refused("no room left on the disk")
        assert failed.transient is True
        (site.tree / "etc/random").unlink()
        site.image()
    finally:
        with as_root():
            subprocess.run(["umount", str(site.out)], check=True)


_HOLE = 40 * 1024**3


def packing(site: Site) -> subprocess.Popen[str]:
    """Start a commit that is far from done; returns when mksquashfs has said its first word."""
    # A hole takes no room and keeps mksquashfs busy for long; 300 MB of noise were packed before a busy machine looked.
    with (site.tree / "etc/random").open("wb") as file:
        file.truncate(_HOLE)
    process = site.start()
    assert process.stdout is not None
    for line in process.stdout:
        message = read_message(line)
        if isinstance(message, Progress) and message.step == "packing":
            assert message.percent < 100
            return process
    raise AssertionError("it has not begun to pack")


def packers(site: Site) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if words.startswith("mksquashfs\0") and str(site.out) in words:
            found.append(words)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_ended_in_the_middle(number: signal.Signals, site: Site) -> None:
    process = packing(site)
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    last = read_message(out.splitlines()[-1])
    assert last == Failed("the commit was ended before its end", transient=True)
    assert process.returncode == 1
    assert list(site.out.iterdir()) == []
    until(lambda: not packers(site), "mksquashfs to be gone")


def test_a_reader_that_goes_away(site: Site) -> None:
    with packing(site) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(30) == 1
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert list(site.out.iterdir()) == []


def test_killed_in_the_middle(site: Site) -> None:
    process = packing(site)
    process.kill()
    process.communicate(timeout=30)
    until(lambda: not packers(site), "mksquashfs to be gone as well")
    assert [path.suffix for path in site.out.iterdir()] == [".committing"]
    (site.tree / "etc/random").unlink()
    image, _ = site.image()
    assert list(site.out.iterdir()) == [image]


_PACKS_AND_WAITS = """
import signal, subprocess, sys
from pathlib import Path
from containers.committing.packing import pack_argv
tree, image = map(Path, sys.argv[1:])
subprocess.Popen(pack_argv(tree, image, offset=0, most_bytes=2**40, folders=[], added=[]), stdout=subprocess.DEVNULL)
signal.pause()
"""


def test_the_packer_dies_with_its_parent_though_it_has_nothing_to_say(site: Site) -> None:
    random_file(site.tree / "etc/random", 400)
    image = site.out / "image"
    with subprocess.Popen([sys.executable, "-c", _PACKS_AND_WAITS, site.tree, image]) as parent:
        until(lambda: image.exists() and image.stat().st_size > 1024**2, "the packer's first megabyte")
        parent.kill()
    until(lambda: not packers(site), "mksquashfs to be gone as well")
    with pytest.raises(ImageError):
        inspect_image(image)  # had it come to its end, there would be a file system


def test_two_at_once(site: Site) -> None:
    random_file(site.tree / "etc/random", 20)
    processes = [site.start() for _ in range(2)]
    last = [read_message(process.communicate(timeout=60)[0].splitlines()[-1]) for process in processes]
    assert all(isinstance(message, Done) for message in last)
    assert all(path.suffix == ".sif" for path in site.out.iterdir())


def test_what_changed_between_two_images(box: Path, site: Site) -> None:
    old, _ = site.image(box)
    in_namespace("rm", "-r", site.tree)
    in_namespace("cp", "-a", box, site.tree)
    with (site.tree / "home/allgo/entrypoint").open("a") as file:
        file.write("# more\n")
    (site.tree / "opt/new").write_text("new\n")
    in_namespace("rm", site.tree / "etc/issue")
    status = site.tree / "var/lib/dpkg/status"
    text = status.read_text()
    status.write_text(text.replace("Package: bash\n", "Package: rebash\n", 1))
    (site.tree / "usr/lib/python3/dist-packages/numpy-2.1.0.dist-info").mkdir(parents=True)
    new, _ = site.image()
    found = compare(old, new)
    assert [name for name in found.files.added.first if "python3" not in name] == ["/opt/new"]
    assert found.files.removed.first == ["/etc/issue"]
    assert found.files.changed.first == ["/home/allgo/entrypoint"]
    assert [name.split()[:2] for name in found.packages.added.first] == [["deb", "rebash"], ["pip", "numpy"]]
    assert [name.split()[:2] for name in found.packages.removed.first] == [["deb", "bash"]]
    assert found.packages.changed.count == 0
    same = compare(old, old)
    assert same.files.none
    assert same.packages.none


def test_a_damaged_image_is_told_or_the_same(site: Site) -> None:
    random_file(site.tree / "etc/random", 1)
    image, _ = site.image()
    whole = image.read_bytes()
    damaged = site.out / "damaged.sif"
    told = 0
    for at in range(36864 + 8, len(whole), len(whole) // 60):
        damaged.write_bytes(whole[:at] + bytes(64) + whole[at + 64 :])
        began = time.monotonic()
        try:
            inspect_image(damaged, limits=ImageLimits(seconds=10))
        except ImageError:
            told += 1
        assert time.monotonic() - began < 60
    damaged.write_bytes(whole[: len(whole) - 3000])
    with pytest.raises(ImageError, match="is cut"):
        inspect_image(damaged)
    damaged.write_bytes(whole[:-3500] + bytes(3500))
    with pytest.raises(ImageError):
        inspect_image(damaged)


def test_a_name_with_a_line_feed(site: Site) -> None:
    (site.tree / "etc/two\nlines").touch()
    image = site.out / "x.sqfs"
    subprocess.run(
        ["mksquashfs", str(site.tree), str(image), "-no-progress", "-quiet"], check=True, capture_output=True
    )
    with pytest.raises(ImageError, match="a name with a line feed"):
        inspect_image(image)
    image.unlink()
    site.refused("a file's name holds a line feed")

"""Looking at trees: entrypoints that cannot run, links that lead out, too much of everything."""

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from containers import Entrypoint, ImageError, ImageLimits, TreeRoot, check_entrypoint
from containers.surveying.census import take_census
from containers.surveying.limits import amount
from tests import trees
from tests.hostile import CONTROLS

ENTRYPOINT = PurePosixPath("/home/allgo/entrypoint")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return trees.plain_tree(tmp_path / "tree")


@pytest.mark.parametrize("name", trees.BAD_ENTRYPOINTS)
def test_entrypoints_that_cannot_run(name: str, tree: Path) -> None:
    make, sentence = trees.BAD_ENTRYPOINTS[name]
    make(tree)
    with pytest.raises(ImageError) as error:
        check_entrypoint(TreeRoot(tree))
    assert str(error.value).startswith("entrypoint /home/allgo/entrypoint")
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("make", "interpreter"),
    [
        (lambda _tree: None, "/bin/sh"),
        (lambda tree: trees.program(tree / trees.ENTRYPOINT, b"#! /usr/bin/env -S sh -e\n"), "/usr/bin/env"),
        (lambda tree: trees.program(tree / trees.ENTRYPOINT, trees.elf()), None),
        (lambda tree: trees.program(tree / trees.ENTRYPOINT, trees.elf(loader="/bin/sh")), "/bin/sh"),
        (trees.good_links, None),
    ],
)
def test_entrypoints_that_run(make: Callable[[Path], None], interpreter: str | None, tree: Path) -> None:
    (tree / "usr/bin/sh").symlink_to("/bin/sh")
    make(tree)
    found = check_entrypoint(TreeRoot(tree))
    path = PurePosixPath("/usr/bin/app") if (tree / "srv").is_symlink() else ENTRYPOINT
    assert found == Entrypoint(path, PurePosixPath(interpreter) if interpreter else None)


def test_no_link_leads_out_of_the_tree(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tree / "a").symlink_to(tmp_path / "secret")
    (tree / "b").symlink_to("../secret")
    (tree / "c").symlink_to("..")
    root = TreeRoot(tree)
    for path in ("/a", "/b", "/c/secret", f"/c/c/c{tmp_path}/secret"):
        assert root.find(PurePosixPath(path)) is None
        assert root.text(PurePosixPath(path), 100) == ""
    found = root.find(PurePosixPath("/c/c/bin/sh"))
    assert found is not None
    assert found.path == PurePosixPath("/bin/sh")


def test_a_folder_that_became_a_link_is_not_followed(tree: Path) -> None:
    """Between finding a path and reading it, its owner may swap a folder."""
    root = TreeRoot(tree)
    (tree / "etc/passwd").write_text("inside")
    entry = root.find(PurePosixPath("/etc/passwd"))
    assert entry is not None
    assert root.head(entry, 100) == b"inside"
    (tree / "etc").rename(tree / "was")
    (tree / "etc").symlink_to("/etc")
    with pytest.raises(ImageError, match="/etc/passwd cannot be read"):
        root.head(entry, 100)
    (tree / "was/fifo").mkdir()
    os.mkfifo(tree / "was/pipe")
    pipe = root.look(PurePosixPath("/was/pipe"))
    assert pipe is not None
    assert root.head(pipe, 100) == b""  # and does not wait for a writer


@pytest.mark.parametrize("text", ["relative", "/a/../b", *("/" + text for text in CONTROLS)])
def test_entrypoint_paths(text: str, tree: Path) -> None:
    with pytest.raises(ValueError, match="the entrypoint"):
        check_entrypoint(TreeRoot(tree), PurePosixPath(text))


def test_census(tree: Path) -> None:
    before = take_census(tree, ImageLimits())
    trees.add_hostile(tree)
    census = take_census(tree, ImageLimits())
    # raise, out, far, raw, quoting, -rf, secret, one, two, sparse and forty folders; not what is the system's
    assert census.entries - before.entries == 10 + 40
    assert census.special.count == 2
    assert sorted(census.special.names) == ["/etc/pipe", "/etc/socket"]
    assert census.privileged.names == ["/home/allgo/raise"]
    # once for both links, and the sparse file as it says
    contents = len("#!/bin/sh\n" + "raw\n" + "quoting\n" + "option\n" + "mine\n" + "linked\n")
    assert census.total - before.total == contents + 256 * 1024**2
    assert len(census.notes()) == 2


def test_a_tree_of_too_many_files(tree: Path) -> None:
    for number in range(50):
        (tree / f"etc/{number}").touch()
    entries = take_census(tree, ImageLimits()).entries
    assert take_census(tree, ImageLimits(files=entries)).entries == entries
    with pytest.raises(ImageError, match=rf"more than {entries - 1} files \(counting stopped in /"):
        take_census(tree, ImageLimits(files=entries - 1))


def test_a_tree_of_too_many_bytes(tree: Path) -> None:
    with (tree / "etc/huge").open("wb") as file:
        file.truncate(2**42)  # no block of the disk is taken
    with pytest.raises(ImageError, match=r"more than 64\.0 GiB \(counting stopped at 4\.0 TiB, with /etc/huge\)"):
        take_census(tree, ImageLimits())


def test_a_tree_that_takes_too_long(tree: Path) -> None:
    with pytest.raises(ImageError, match="took more than 1e-09 s"):
        take_census(tree, ImageLimits(seconds=1e-9))


def test_names_that_no_list_could_hold(tree: Path) -> None:
    (tree / "etc/two\nlines").touch()
    with pytest.raises(ImageError, match=r"holds a line feed: /etc/two\\x0alines"):
        take_census(tree, ImageLimits())


def test_no_tree(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="the tree cannot be read"):
        take_census(tmp_path / "missing", ImageLimits())


@pytest.mark.parametrize("name", ["files", "tree_bytes", "image_bytes", "seconds"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_limits(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        ImageLimits(**{name: value})


def test_amounts() -> None:
    assert [amount(size) for size in (0, 1023, 1024, 1536, 2**30, 2**40, 2**52)] == [
        *("0 bytes", "1023 bytes", "1.0 KiB", "1.5 KiB", "1.0 GiB", "1.0 TiB", "4096.0 TiB")
    ]

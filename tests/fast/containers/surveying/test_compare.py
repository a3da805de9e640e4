"""Packages and differences."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers import Entry, ImageError, ImageLimits, Package, TreeRoot
from containers.inspect import Counter
from containers.surveying.compare import MOST_LINES, compare_files, compare_packages
from containers.surveying.entry import shown
from containers.surveying.packages import apk_packages, dpkg_packages, pip_package, read_packages

STATUS = """\
Package: base-files
Status: install ok installed
Version: 13.8
Description: a
 Package: not-this
 .

Package: gone
Status: deinstall ok config-files
Version: 1

Package: half
Status: install reinstreq half-installed
Version: 1

Package: no-version
Status: install ok installed

Status: install ok installed
Version: 2
Package: zlib\x1b[31m
"""


def test_dpkg() -> None:
    assert dpkg_packages(STATUS) == [Package("deb", "base-files", "13.8"), Package("deb", "zlib\\x1b[31m", "2")]
    assert dpkg_packages("") == []


def test_apk() -> None:
    assert apk_packages("C:Q1\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nP:only\n\n") == [Package("apk", "musl", "1.2.5-r0")]


@pytest.mark.parametrize(
    ("folder", "package"),
    [
        ("numpy-2.1.0.dist-info", Package("pip", "numpy", "2.1.0")),
        ("Flask_SQLAlchemy-3.1.1.dist-info", Package("pip", "flask-sqlalchemy", "3.1.1")),
        ("pip-25.egg-info", Package("pip", "pip", "25")),
        ("-1.dist-info", None),
        ("numpy.dist-info", None),
        ("x-1.dist-info.bak", None),
    ],
)
def test_pip(folder: str, package: Package | None) -> None:
    assert pip_package(folder) == package


def test_all_managers(tmp_path: Path) -> None:
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/rpm").mkdir()
    (tmp_path / "var/lib/dpkg/status").write_text(STATUS)
    entries = [Entry(PurePosixPath("/usr/lib/python3/dist-packages/a-1.dist-info"), "drwxr-xr-x")]
    found = read_packages(TreeRoot(tmp_path), entries)
    assert [package.name for package in found.packages] == ["base-files", "zlib\\x1b[31m", "a"]
    assert found.left_off == 0
    assert "RPM" in found.notes[0]


def entry(path: str, mode: str = "-rw-r--r--", **rest: object) -> Entry:
    return replace(Entry(PurePosixPath(path), mode, "", "0/0", 1, "2026-01-01 00:00:00"), **rest)


def test_packages_side_by_side() -> None:
    old = [Package("deb", "a", "1"), Package("deb", "b", "1"), Package("pip", "b", "1"), Package("pip", "b", "2")]
    new = [Package("deb", "b", "2"), Package("pip", "b", "1"), Package("pip", "c", "1")]
    changes = compare_packages(old, new)
    assert changes.added.first == ["pip c 1"]
    assert changes.removed.first == ["deb a 1"]
    assert changes.changed.first == ["deb b 1 → 2", "pip b 1, 2 → 1"]
    assert compare_packages(old, reversed(old)).none


def test_files_side_by_side() -> None:
    kept = [entry("/"), entry("/etc"), entry("/etc/a"), entry("/etc-1")]
    old = [*kept[:2], kept[2], entry("/etc/b"), kept[3], entry("/z", "lrwxrwxrwx", target="x")]
    new = [*kept[:3], entry("/etc/b", size=2), entry("/etc/c"), kept[3], entry("/z", "lrwxrwxrwx", target="y")]
    changes = compare_files(old, new)
    assert (changes.added.first, changes.removed.first) == (["/etc/c"], [])
    assert changes.changed.first == ["/etc/b", "/z"]
    assert compare_files(new, old).removed.first == ["/etc/c"]
    assert compare_files(old, old).none


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"mode": "-rwxr-xr-x"}, True),
        ({"owner": "0/42"}, True),
        ({"size": 2}, True),
        ({"changed": "2026-01-01 00:00:01"}, True),
        ({}, False),
    ],
)
def test_what_counts_as_a_change(change: dict[str, object], differs: bool) -> None:
    assert compare_files([entry("/f")], [entry("/f", **change)]).none is not differs


@pytest.mark.parametrize(
    "path",
    [
        "/var/lib/dpkg/status",
        "/var/cache/x",
        "/.singularity.d/labels.json",
        "/etc/ld.so.cache",
        "/usr/__pycache__/a.pyc",
    ],
)
def test_noise(path: str) -> None:
    assert compare_files([], [entry(path)]).none


def test_a_folder_is_not_changed_by_its_files() -> None:
    old, new = (entry("/d", "drwxr-xr-x", size=size, changed=str(size)) for size in (3, 4))
    assert compare_files([old], [new]).none
    assert not compare_files([old], [replace(new, mode="drwx------")]).none


def test_lists_are_bounded() -> None:
    changes = compare_files([], (entry(f"/{number:06}") for number in range(3 * MOST_LINES)))
    assert changes.added.count == 3 * MOST_LINES
    assert len(changes.added.first) == MOST_LINES


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0\n"), min_size=1, max_size=5).filter(
    lambda name: name not in {".", "..", "__pycache__", ".singularity.d"}
)


@given(
    st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join)), st.sets(st.lists(NAMES, min_size=1).map("/".join))
)
def test_as_sets_would_say(old: set[str], new: set[str]) -> None:
    def walk(names: set[str]) -> list[Entry]:
        paths = sorted((PurePosixPath("/" + name) for name in names), key=lambda path: [p.encode() for p in path.parts])
        return [entry(str(path)) for path in paths]

    changes = compare_files(walk(old), walk(new))
    assert set(changes.added.first) == {shown("/" + name) for name in new - old}
    assert set(changes.removed.first) == {shown("/" + name) for name in old - new}
    assert changes.changed.count == 0


def test_too_much_in_an_image() -> None:
    walk = iter([entry("/a", size=600), entry("/b", size=600)])
    with pytest.raises(ImageError, match="more than 1000 bytes together"):
        list(Counter(walk, ImageLimits(tree_bytes=1000)))


@given(st.text())
def test_shown_hides_nothing_and_is_one_line(name: str) -> None:
    text = shown(name)
    assert text.isprintable() or not name.isprintable()
    assert len(text.splitlines()) <= 1
    assert len(text) <= 201 * 6

"""What is different between two images: packages, and files."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from containers.surveying.entry import Entry, shown
from containers.surveying.packages import Package

MOST_LINES = 1000
# What a build or an installation writes anew each time, and what packages bring: their own line says enough.
_NOISE = re.compile(r"/(\.singularity\.d|var/(cache|log|lib/(dpkg|apt))|etc/ld\.so\.cache)(/|$)|/__pycache__(/|$)")


@dataclass
class Names:
    """Files or packages: how many, and the first of them."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Count one more."""
        self.count += 1
        if len(self.first) < MOST_LINES:
            self.first.append(name)


@dataclass
class Changes:
    """What came, what went, and what is there in another form."""

    added: Names = field(default_factory=Names)
    removed: Names = field(default_factory=Names)
    changed: Names = field(default_factory=Names)

    @property
    def none(self) -> bool:
        """Nothing is different."""
        return not (self.added.count or self.removed.count or self.changed.count)


@dataclass(frozen=True)
class Comparison:
    """Two images beside each other. Each list has at most ``MOST_LINES`` names, its count is of all."""

    packages: Changes
    files: Changes


def compare_packages(old: Iterable[Package], new: Iterable[Package]) -> Changes:
    """Compare two lists; a package in several versions on both sides is one line."""
    changes = Changes()
    before, after = _by_name(old), _by_name(new)
    for key in sorted(before.keys() | after.keys()):
        name = " ".join(key)
        if key not in before:
            changes.added.add(f"{name} {after[key]}")
        elif key not in after:
            changes.removed.add(f"{name} {before[key]}")
        elif before[key] != after[key]:
            changes.changed.add(f"{name} {before[key]} → {after[key]}")
    return changes


def compare_files(old: Iterable[Entry], new: Iterable[Entry]) -> Changes:
    """Compare two walks, as they come: neither is kept.

    A file is changed when its kind, mode, owner, size, target or time differs; a folder's size and time, which follow
    from its files, do not count. Lists that managers rewrite (``/var/lib/dpkg``, caches, logs) are left out.

    Args:
        old: in the order of ``ImageRoot.walk``.
        new: in the same order.
    """
    changes = Changes()
    left, right = _wanted(old), _wanted(new)
    before, after = next(left, None), next(right, None)
    while before is not None or after is not None:
        if before is None or (after is not None and _order(after) < _order(before)):
            if after is not None:
                changes.added.add(shown(str(after.path)))
            after = next(right, None)
        elif after is None or _order(before) < _order(after):
            changes.removed.add(shown(str(before.path)))
            before = next(left, None)
        else:
            if _facts(before) != _facts(after):
                changes.changed.add(shown(str(after.path)))
            before, after = next(left, None), next(right, None)
    return changes


def _wanted(entries: Iterable[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if not _NOISE.search(str(entry.path)))


def _order(entry: Entry) -> tuple[bytes, ...]:
    """A folder comes before its content, names by their bytes, as squashfs keeps them."""
    return tuple(part.encode(errors="surrogateescape") for part in entry.path.parts)


def _facts(entry: Entry) -> tuple[object, ...]:
    if entry.mode.startswith("d"):
        return (entry.mode, entry.owner)
    time = "" if entry.mode.startswith("l") else entry.changed
    return (entry.mode, entry.owner, entry.size, entry.target, time)


def _by_name(packages: Iterable[Package]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], list[str]] = {}
    for package in packages:
        found.setdefault((package.kind, package.name), []).append(package.version)
    return {key: ", ".join(sorted(versions)) for key, versions in found.items()}

"""Which packages a root file system holds, read from what their managers keep. Nothing is run."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from containers.surveying.entry import Entry, shown
from containers.surveying.roots import Root

MOST_PACKAGES = 20_000
_DPKG = PurePosixPath("/var/lib/dpkg/status")
_APK = PurePosixPath("/lib/apk/db/installed")
_RPM = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
_MOST_BYTES = 64 * 1024**2
_DIST_INFO = re.compile(r"([A-Za-z0-9][A-Za-z0-9._]*)-([^-/]+)\.(?:dist-info|egg-info)")
_LONGEST = 100


@dataclass(frozen=True, order=True)
class Package:
    """A package: ``deb``, ``pip`` or ``apk``, its name, its version."""

    kind: str
    name: str
    version: str


@dataclass(frozen=True)
class PackageList:
    """What was found, in order.

    Attributes:
        packages: at most ``MOST_PACKAGES``.
        left_off: how many more there are.
        notes: what is there and was not read.
    """

    packages: tuple[Package, ...] = ()
    left_off: int = 0
    notes: tuple[str, ...] = ()


def read_packages(root: Root, entries: Iterable[Entry] = ()) -> PackageList:
    """List the packages.

    Args:
        root: where the managers' own lists are read.
        entries: all files, for the packages of pip, which keeps no list of its own.

    Raises:
        ImageError: the file system cannot be read.
    """
    found = set(dpkg_packages(root.text(_DPKG, _MOST_BYTES))) | set(apk_packages(root.text(_APK, _MOST_BYTES)))
    for entry in entries:
        if entry.path.name.endswith("-info") and (package := pip_package(entry.path.name)):
            found.add(package)
    ordered = sorted(found)
    rpm = any(root.find(PurePosixPath(folder)) for folder in _RPM)
    notes = ("there is a database of RPM packages, which is not read",) if rpm else ()
    return PackageList(tuple(ordered[:MOST_PACKAGES]), max(0, len(ordered) - MOST_PACKAGES), notes)


def dpkg_packages(status: str) -> list[Package]:
    """Read dpkg's status file (deb-control(5)): what is installed, without what is only configured or half there."""
    found = []
    for stanza in re.split(r"\n\s*\n", status):
        fields = dict(re.findall(r"^(Package|Status|Version):[ \t]*(.*?)[ \t]*$", stanza, re.MULTILINE))
        if fields.get("Status", "").endswith(" installed") and fields.get("Package") and fields.get("Version"):
            found.append(_package("deb", fields["Package"], fields["Version"]))
    return found


def apk_packages(installed: str) -> list[Package]:
    """Read Alpine's list of packages."""
    found = []
    for stanza in re.split(r"\n\s*\n", installed):
        fields = dict(re.findall(r"^([PV]):(.*)$", stanza, re.MULTILINE))
        if len(fields) == 2:  # noqa: PLR2004  # name and version
            found.append(_package("apk", fields["P"], fields["V"]))
    return found


def pip_package(folder: str) -> Package | None:
    """Read the name of a folder such as ``numpy-2.1.0.dist-info``; one name in all its spellings (PEP 503)."""
    found = _DIST_INFO.fullmatch(folder)
    if found is None:
        return None
    return _package("pip", re.sub(r"[-_.]+", "-", found[1]).lower(), found[2])


def _package(kind: str, name: str, version: str) -> Package:
    return Package(kind, shown(name[:_LONGEST]), shown(version[:_LONGEST]))

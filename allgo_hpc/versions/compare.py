"""What differs between two versions: the packages that are installed in them, and the files."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from allgo_hpc.models import App, Version
from allgo_hpc.services import Services
from containers import Changes, ContainerError, ImageLimits, compare


@dataclass(frozen=True)
class PackageChange:
    """One package; None where it is not installed."""

    name: str
    old: str | None
    new: str | None


_log = logging.getLogger(__name__)
_LOOKS_S = 60.0
"""Seconds for listing one image: somebody waits for the answer."""


def compare_files(services: Services, app: App, old: Version, new: Version) -> Changes | None:
    """Return the files that were added, removed or changed; None where one of the images cannot be looked at."""
    before, after = (services.layout.image(app.name, version.sha256) for version in (old, new))
    try:
        return compare(before, after, ImageLimits(seconds=_LOOKS_S)).files
    except ContainerError as error:
        _log.warning("versions %s and %s of %s are not compared: %s", old.number, new.number, app.name, error)
        return None


def compare_packages(
    old: Sequence[dict[str, str]] | None, new: Sequence[dict[str, str]] | None
) -> list[PackageChange] | None:
    """Return the packages that were added, removed or changed, by name; None where a list is not known.

    A package that is there in several versions, as Python's may be beside Debian's, stands with all of them.
    """
    if old is None or new is None:
        return None
    before, after = _by_name(old), _by_name(new)
    return [
        PackageChange(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _by_name(packages: Sequence[dict[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for package in packages:
        found.setdefault(package["name"], set()).add(package["version"])
    return {name: ", ".join(sorted(versions)) for name, versions in found.items()}

"""What differs between two versions: the packages that are installed in them; pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PackageChange:
    """One package; None where it is not installed."""

    name: str
    old: str | None
    new: str | None


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

"""Which files of a recipe's folder go into an image, and their way there.

A source may not leave the folder: not by ``..``, not by an absolute path, not through a link. All are copied to a
fresh folder under the number of their step, so that no name of an author's is ever read by Apptainer, whose ``%files``
expands wildcards and cuts lines at spaces.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from containers.recipes.model import Copy, Recipe


def matching(folder: Path, pattern: str) -> list[str]:
    """Return the sources that ``pattern`` names: itself, or what its wildcards match, in order.

    Raises:
        ValueError: it leaves the folder, or there is no such file; the sentence says which.
    """
    relative = PurePosixPath(pattern)
    if relative.is_absolute() or ".." in relative.parts or pattern.startswith("~"):
        raise ValueError(f"{pattern!r} must be a path inside the recipe's folder, without '..'")
    if any(character in pattern for character in "*?["):
        found = sorted(str(path.relative_to(folder)) for path in folder.glob(pattern))
    else:
        found = [str(relative)]
    if not found or not os.path.lexists(folder / found[0]):
        raise ValueError(f"there is no {pattern!r} in the recipe's folder")
    for source in found:
        for path in _tree(folder / source):
            _check(path, folder)
    return found


def stage(recipe: Recipe, folder: Path, target: Path) -> None:
    """Copy what the recipe's steps need to ``target/<number of the step>``.

    Args:
        recipe: the recipe.
        folder: where its files lie.
        target: a new folder.

    Raises:
        ValueError: a source has become one that is not allowed.
        OSError: a file cannot be read or written.
    """
    target.mkdir(mode=0o755)
    for number, step in enumerate(recipe.steps, start=1):
        if isinstance(step, Copy):
            for source in matching(folder, step.source):
                _copy(folder / source, target / str(number))


def _tree(path: Path) -> Iterator[Path]:
    """The path and all that is below it; links are named, not followed."""
    yield path
    if path.is_dir() and not path.is_symlink():
        for entry in sorted(path.iterdir()):
            yield from _tree(entry)


def _check(path: Path, folder: Path) -> None:
    """Refuse what leaves the folder and what is neither a file, a folder nor a link."""
    name = str(path.relative_to(folder))
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} is a link that leads out of the recipe's folder")
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        if path.readlink().is_absolute():
            raise ValueError(f"{name!r} is a link with an absolute target: make it relative")
    elif not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise ValueError(f"{name!r} is neither a file nor a folder")


def _copy(source: Path, target: Path) -> None:
    """Copy a file (through a link) or a folder (links in it stay links), readable for all as an image's files are."""
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy(source, target)
    for path in _tree(target):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)

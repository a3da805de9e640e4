"""Builds an app's image from its recipe."""

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO

from containers.building.built import BuiltImage
from containers.building.command import environment, proxies
from containers.building.image_step import StepBounds, run_step
from containers.building.recipe_command import NAMESPACE, run_steps_argv, unpack_argv
from containers.building.recipe_tree import prepare_tree
from containers.building.workshop import workshop
from containers.committing.command import commit_argv
from containers.committing.run import image_path, run_commit
from containers.errors import BuildFailed, ContainerError, RecipeError
from containers.recipe import find_recipe, read_recipe
from containers.recipes.files import stage
from containers.recipes.model import Recipe
from containers.recipes.script import render_script
from containers.sif.reading import read_header
from containers.surveying.limits import ImageLimits
from containers.surveying.program import ENTRYPOINT

_TREE = "tree"
_log = logging.getLogger(__name__)


def build_image(
    recipe_dir: Path,
    *,
    bases: Path,
    target_dir: Path,
    entrypoint: PurePosixPath = ENTRYPOINT,
    timeout_s: float = 1800.0,
    limits: ImageLimits | None = None,
    log: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    work_dir: Path | None = None,
    apptainer: str = "apptainer",
) -> BuiltImage:
    """Build, check and put in place. To be called as the unprivileged service user.

    A failed build leaves nothing but its log.

    Args:
        recipe_dir: holds one recipe and the files that it copies.
        bases: the folder of ``<base>.sif``.
        target_dir: where the image goes.
        entrypoint: the program that the image must hold.
        timeout_s: seconds for the build itself.
        limits: how large the image may be, and the unpacked one while it is built.
        log: a file for the build's output; it is written anew.
        on_line: is given each line of it.
        work_dir: a folder on a local disk with room for the unpacked image; None for the machine's temporary folder.
        apptainer: the program.

    Raises:
        RecipeError: the recipe cannot be honoured.
        BuildFailed: the build failed, took too long or too much room, or its entrypoint cannot run.
        ContainerError: the machine cannot build: no base, no room, no Apptainer.
    """
    limits = limits or ImageLimits()
    recipe_path = find_recipe(recipe_dir)
    recipe = read_recipe(recipe_path)
    base = bases / f"{recipe.base}.sif"
    if not base.is_file():
        raise ContainerError(f"the base {recipe.base} is not there: an administrator builds it once ({base})")
    deadline = time.monotonic() + timeout_s
    try:
        with workshop(work_dir) as place, _opened(log) as log_file:
            bounds = StepBounds(place, limits, timeout_s, log_file, on_line)
            tail = _make_tree(recipe, recipe_path, base, bounds, apptainer)
            _say(bounds, "Packing the image")
            left_s = max(1.0, deadline - time.monotonic())
            argv = commit_argv(
                *(place / _TREE, target_dir, "", limits), entrypoint=entrypoint, timeout_s=left_s, prefix=NAMESPACE
            )
            try:
                done = run_commit(argv, env=environment(place), timeout_s=left_s)
            except BuildFailed as cause:
                raise BuildFailed(str(cause), log_tail=cause.log_tail or tail, transient=cause.transient) from cause
    except OSError as cause:
        raise ContainerError(f"the image cannot be built here: {cause}", transient=True) from cause
    except ValueError as cause:
        raise RecipeError(str(cause), file=recipe_path.name) from cause
    final = image_path(target_dir, done)
    _log.info("built %s from %s on %s", final.name, recipe_dir.name, recipe.base)
    return BuiltImage(final, done.sha256, done.size, entrypoint, recipe.base, done.notes)


def _make_tree(recipe: Recipe, recipe_path: Path, base: Path, bounds: StepBounds, apptainer: str) -> str:
    """Copy the base and do the recipe's steps in the copy; return the last lines of their output."""
    place = bounds.place
    tree, staged, work = place / _TREE, place / "files", place / "work"
    run_step(unpack_argv(base, read_header(base).offset, tree), bounds, what=f"unpacking the base {recipe.base}")
    prepare_tree(tree, recipe, recipe_path.read_text(errors="replace"))
    stage(recipe, recipe_path.parent, staged)
    (staged / "script").write_text(render_script(recipe))
    work.mkdir()
    argv = run_steps_argv(tree, staged, work, proxies(), apptainer=apptainer)
    return run_step(argv, bounds, what=f"the build of {recipe_path.name}")


def _say(bounds: StepBounds, line: str) -> None:
    if bounds.log is not None:
        bounds.log.write(line.encode() + b"\n")
        bounds.log.flush()
    if bounds.on_line is not None:
        bounds.on_line(line)


def _opened(log: Path | None) -> contextlib.AbstractContextManager[IO[bytes] | None]:
    return contextlib.nullcontext() if log is None else log.open("wb")
